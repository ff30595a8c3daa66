import type { GradebridgeError } from './errors.ts';
import type { Json } from './json.ts';
import type { WrittenNumber } from './numbers.ts';
import type { Caller, Operation, Outcome, Scope } from './operation.ts';

/** A request as a dialect sees it: no web framework, nothing to wait for. */
export interface PlainRequest {
  readonly method: string;
  /** The parameters of the route's path, percent-decoded once. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON; absent when the route takes none. */
  readonly body?: Json;
  /** The numbers of the body that are written in a way of their own. */
  readonly numbers?: readonly WrittenNumber[];
}

/** A response as a dialect makes it. */
export interface PlainResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/** One row of a dialect's table: everything protocol-like about a route is declared here. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** What `decode` makes of its requests; known of a request that is refused before, too. */
  readonly operation: Operation['kind'];
  /** Any one of these suffices. */
  readonly scopes: readonly Scope[];
  /** Media types of the body; absent when the route takes none. */
  readonly body?: readonly string[];
  /** @param now milliseconds since 1970 */
  readonly decode: (request: PlainRequest, caller: Caller, now: number) => Operation;
}

/** The wire form of one standard. Pure: adding a dialect is a folder and one line in the composition root. */
export interface Dialect {
  readonly name: string;
  /** The path under which every route of this dialect lies. */
  readonly root: string;
  readonly routes: readonly Route[];
  encode(outcome: Outcome, caller: Caller): PlainResponse;
  encodeError(error: GradebridgeError, requestId: string): PlainResponse;
}
