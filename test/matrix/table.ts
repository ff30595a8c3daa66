import type { ErrorCode } from '../../src/core/errors.ts';
import type { Fault } from '../../src/sandbox/sandbox.ts';

/** What an operation does at OneRoster: the troubles of writes are none of what only reads. */
export const OPERATIONS = {
  list: 'reads',
  read: 'reads',
  results: 'reads',
  create: 'writes',
  'create with a key': 'writes',
  replace: 'writes',
  delete: 'writes',
  score: 'scores',
  receipt: 'nothing',
  'api list': 'reads',
  'api PUT': 'writes',
  'api score': 'scores',
} as const;
/** Operations as the table names them; those of the LTIAAS face begin with `api`, the others are of the AGS face. */
export type OperationName = keyof typeof OPERATIONS;

/** What is out of order, and for which of the gateway's calls. */
export type Trouble =
  /** The sandbox treats these calls badly. `the token`: those to the token endpoint, after the token has been revoked. */
  | { readonly at: 'every call' | 'the write' | 'the token'; readonly fault: Fault }
  /** Nobody listens at the address of the upstream. */
  | { readonly at: 'the network' }
  /** The store cannot be written; with `fault`, OneRoster fails as well. */
  | { readonly at: 'the store'; readonly fault?: Fault };

/** What a tool is told, and what is so then and afterwards. */
export interface Expected {
  /** The refusal, or why a score is promised; undefined when the operation is done as if nothing were wrong. */
  readonly code?: ErrorCode | undefined;
  /** Seconds, when they are others than the 5 of the catalogue. */
  readonly retryAfter?: number;
  /** Told 202. */
  readonly isPromised?: boolean;
  /** Whether OneRoster has done it, when that is not what was told. */
  readonly isDone?: boolean;
  /** How many calls were made of those that the trouble is for. */
  readonly calls?: number;
  /** How the same request is refused when the trouble is over; undefined when it is done then. */
  readonly again?: ErrorCode;
  /** How many objects there are in the end, when it is not one. */
  readonly objects?: number;
}

/** A fault, and what becomes of every operation under it. */
export interface Row extends Expected {
  /** For people. */
  readonly name: string;
  readonly trouble: Trouble;
  /** Most of its time is waiting, for which it has a gateway of its own; for what is not answered, time-outs are short. */
  readonly waits?: 'for itself' | 'for time-outs';
  /** Operations that it strikes in another way. */
  readonly but?: Readonly<Partial<Record<OperationName, Expected>>>;
}

/** The cell of the table: what a row says of an operation. */
export function expectedOf({ trouble, but = {}, ...row }: Row, name: OperationName): Expected {
  const does = OPERATIONS[name];
  if (does === 'nothing' || (does === 'reads' && trouble.at === 'the write')) return {};
  const { code, retryAfter, isPromised = false, isDone, calls, again, objects } = { ...row, ...but[name] };
  const isOfScores = does === 'scores';
  return {
    code,
    isPromised: isPromised && isOfScores,
    ...(retryAfter !== undefined && { retryAfter }),
    // A list has nothing that could be done, and a promise counts on.
    ...(isDone !== undefined && does !== 'reads' && { isDone }),
    ...(calls !== undefined && !(isPromised && isOfScores) && { calls }),
    ...(again !== undefined && { again }),
    ...(objects !== undefined && { objects }),
  };
}
