import type { Recording } from './recording.ts';
import type { TraceParent } from './trace.ts';

/** One call's share of a request: its name in logs on both sides, and its time. */
export interface Call {
  readonly requestId: string;
  /** Milliseconds since 1970 by which the answer must be there. */
  readonly deadline: number;
  /** The tool that waits for it; absent for work of the gateway's own. */
  readonly tool?: string;
  /** What it is part of, where traces are kept. */
  readonly trace?: TraceParent;
  /** Where it leaves what it did, when somebody may look at it later. */
  readonly recording?: Recording | undefined;
}
