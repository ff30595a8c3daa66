import type { Issue, JsonObject } from './json.ts';

/** What an error can say besides its row. */
export interface ErrorDetails {
  readonly issues?: readonly Issue[];
  /** What a problem of the admin API says besides, under names that no other error has: `{ findings: [ … ] }`. */
  readonly members?: JsonObject;
  /** A sentence for the caller, in place of the row's title. Holds ids at most, never content of a student. */
  readonly description?: string;
  /** For the log only. */
  readonly detail?: string;
  /** What administrators are told besides, and no tool. */
  readonly forAdmins?: JsonObject;
  /** Seconds that the upstream asked for, or that are known to be right. */
  readonly retryAfter?: number;
  /** Header fields that HTTP wants with this status, such as Allow. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}
