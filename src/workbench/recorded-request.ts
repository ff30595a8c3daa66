import type { JsonObject } from '../core/json.ts';
import type { Operation } from '../core/operation.ts';

/** A write of a tool, with everything that its mapping was given. */
export interface RecordedRequest {
  /** The request id. */
  readonly id: string;
  /** Milliseconds since 1970, when it came. */
  readonly at: number;
  readonly tool: string;
  readonly context: string;
  readonly operation: Operation;
  /** The OneRoster document as it stood, with the marks of the gateway; absent for a new one. */
  readonly base?: JsonObject;
  /** What `$context.NAME` stood for. */
  readonly values: JsonObject;
  /** Milliseconds since 1970, for `$now`. */
  readonly now: number;
  /** Of a score: its line item in AGS words as it stood, of which the maximum is needed. */
  readonly lineItem?: JsonObject;
}
