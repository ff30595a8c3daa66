import type { Call } from '../core/call.ts';
import { type LineItemReference, urlOf } from '../core/identity.ts';
import type { JsonObject } from '../core/json.ts';
import { type NamedCaller, urlIds } from '../core/names.ts';
import { isOwn, isReachable } from '../core/policy.ts';
import type { At } from './ports.ts';

/** A line item that a reference means: its sourcedId, and the reference that proves whose it is. */
export interface Located {
  readonly sourcedId: string;
  readonly line: LineItemReference;
}

/** The line items that a reference may mean; the first is taken where there is none of them yet. */
function placesOf(line: LineItemReference, caller: NamedCaller): readonly Located[] {
  if (!('url' in line)) return [{ sourcedId: line.sourcedId, line }];
  const { url, pathId } = line;
  const named = urlIds(url, caller).map((sourcedId) => ({ sourcedId, line: { url } }));
  // Its own mark must say that it is the tool's: anybody can write such a URL.
  return pathId === undefined ? named : [...named, { sourcedId: pathId, line: { sourcedId: pathId } }];
}

/**
 * The sourcedId that a reference most likely means, without asking OneRoster: what is promised in an outage is kept under it.
 *
 * @example idOf({ url: 'https://lms.example/1' }, { caller }) // a UUID of tool, context and URL
 */
export function idOf(line: LineItemReference, { caller }: { readonly caller: NamedCaller }): string {
  if (!('url' in line)) return line.sourcedId;
  return line.pathId ?? (urlIds(line.url, caller)[0] as string);
}

/** True where a reference may mean the line item with this sourcedId. */
export function mayMean(line: LineItemReference, sourcedId: string, caller: NamedCaller): boolean {
  return placesOf(line, caller).some((place) => place.sourcedId === sourcedId);
}

/**
 * Finds the line item that a reference means. There is a choice only for a URL: of a tool or a context that was renamed, or with a
 * path of ours under a host that is not known. One that stands goes before one that is deleted, and either before a new one.
 *
 * @param read reads a line item
 */
export async function locate(
  line: LineItemReference,
  at: At,
  read: (sourcedId: string, call: Call) => Promise<JsonObject | undefined> = at.context.lineItems.read,
): Promise<Located> {
  const places = placesOf(line, at.caller);
  const [first] = places as readonly [Located, ...Located[]];
  if (places.length === 1) return first;
  let deleted: Located | undefined;
  for (const place of places) {
    const document = await read(place.sourcedId, at.call);
    if (document === undefined || !isOwn(document, at, place.line)) continue;
    if (isReachable(document, at, place.line)) return place;
    deleted ??= place;
  }
  return deleted ?? first;
}

/** The URL by which the caller knows a line item, when that is its own name for it. */
export function urlFor(document: JsonObject, sourcedId: string, caller: NamedCaller): string | undefined {
  const url = urlOf(document);
  return url !== undefined && urlIds(url, caller).includes(sourcedId) ? url : undefined;
}
