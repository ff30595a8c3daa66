/** One kind of error: what every face, log line and page of the documentation says of it. */
export interface ErrorRow {
  readonly status: number;
  /** What happened, in one sentence. */
  readonly title: string;
  /** What to do next. */
  readonly remedy: string;
  /** Whether the same request may succeed later without being changed. */
  readonly retryable: boolean;
  /** Seconds that a caller should wait when nobody knows better; retryable rows have them. */
  readonly retryAfter?: number;
}

/** An error that the same request meets again: `row(404, 'There is …', 'List …')`. */
export const row = (status: number, title: string, remedy: string): ErrorRow => ({
  status,
  title,
  remedy,
  retryable: false,
});
/** One that the same request may not meet later. */
export const passing = (status: number, title: string, remedy: string): ErrorRow => ({
  ...row(status, title, remedy),
  retryable: true,
  retryAfter: 5,
});
