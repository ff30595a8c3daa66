import { Problem } from './problem.ts';
import type { Profile } from './profiles.ts';
import type { Store } from './store.ts';
import type { BulkPairs, Document, MetadataHabit, PutHabit } from './types.ts';

/** What every route works with. */
export interface Context {
  readonly profile: Profile;
  readonly store: Store;
  readonly clock: () => number;
  readonly uuid: () => string;
  readonly bulkPairs: BulkPairs;
  readonly danglingStatus: number;
  readonly metadata: MetadataHabit;
  readonly put: PutHabit;
  /** Set when the server listens. */
  origin: string;
}

/** One request to a route. */
export interface Call {
  readonly context: Context;
  readonly params: Readonly<Record<string, string>>;
  /** Absolute address without the query, for page links. */
  readonly address: string;
  /** Without the question mark. */
  readonly query: string;
  /** Parsed JSON; undefined where the route takes no body. */
  readonly body: unknown;
  /** A fault asks for stores without `metadata`. */
  readonly dropMetadata: boolean;
}

/** What goes back: `body` is sent as JSON, `text` as it is, `fill` as that many bytes of JSON. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly text?: { readonly type: string; readonly value: string };
  readonly fill?: number;
}

/** A path parameter. Throws if the route's pattern does not name it: that is a mistake in the route table. */
export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`The route has no parameter ${name}.`);
  return value;
}

/** The document, or a 404 Problem with this description. */
export function found(document: Document | undefined, missing: string): Document {
  if (document) return document;
  throw new Problem(404, missing);
}

/** Now, the way Timeback writes it: UTC with milliseconds. */
export function timestamp(context: Pick<Context, 'clock'>): string {
  return new Date(context.clock()).toISOString();
}
