import type { Answer, Call } from './call.ts';
import { Problem } from './problem.ts';
import type { SandboxProfile } from './types.ts';

/** One operation. `path` starts at the root and names parameters as `{id}`. */
export interface Route {
  readonly method: string;
  readonly path: string;
  /** One of these is enough for a token that is limited to scopes. */
  readonly scopes: readonly string[];
  /** Profiles that have the route; all if absent. */
  readonly profiles?: readonly SandboxProfile[];
  readonly run: (call: Call) => Answer;
}

export interface Match<R> {
  readonly route: R;
  readonly params: Readonly<Record<string, string>>;
}

export type Router<R> = (method: string, segments: readonly string[]) => Match<R> | undefined;

interface Compiled<R> {
  readonly route: R;
  readonly pattern: readonly { readonly text: string; readonly parameter: boolean }[];
}

/**
 * Compiles a route table.
 *
 * @example createRouter([{ method: 'GET', path: '/a/{id}' }])('GET', ['a', 'x'])?.params // { id: 'x' }
 */
export function createRouter<R extends Pick<Route, 'method' | 'path'>>(routes: readonly R[]): Router<R> {
  const groups = new Map<string, Compiled<R>[]>();
  for (const route of routes) {
    const pattern = route.path
      .split('/')
      .slice(1)
      .map((part) => ({ text: part.replace(/^\{|\}$/g, ''), parameter: part.startsWith('{') }));
    const key = `${route.method} ${pattern.length}`;
    groups.set(key, [...(groups.get(key) ?? []), { route, pattern }]);
  }
  return (method, segments) => {
    for (const { route, pattern } of groups.get(`${method} ${segments.length}`) ?? []) {
      const fits = pattern.every((part, index) => part.parameter || part.text === segments[index]);
      if (fits) return { route, params: parametersOf(pattern, segments) };
    }
    return undefined;
  };
}

/**
 * The segments of a raw path, each percent-decoded once: a sourcedId may hold `:`, `/` or anything else. A trailing
 * slash is dropped, for Timeback's documentation writes one behind collections. Throws a 400 Problem on bad encoding.
 *
 * @example decodeSegments('/lineItems/urn%3Auuid%2F1/') // ['lineItems', 'urn:uuid/1']
 */
export function decodeSegments(pathname: string): string[] {
  const segments = pathname.split('/').slice(1);
  if (segments.at(-1) === '') segments.pop();
  if (!pathname.includes('%')) return segments;
  try {
    return segments.map(decodeURIComponent);
  } catch {
    throw new Problem(400, 'The path is not percent-encoded correctly.');
  }
}

function parametersOf(
  pattern: Compiled<unknown>['pattern'],
  segments: readonly string[],
): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    if (part.parameter) params[part.text] = segments[index] ?? '';
  }
  return params;
}
