import type { Page, PageRequest } from './operation.ts';

/** What a page of a list is cut from: every item, in any order. */
export interface PageCut<Item> {
  readonly items: Item[];
  readonly keyOf: (item: Item) => string;
  readonly request: PageRequest;
  /** The most that one page may hold when the caller names no limit, or a larger one. */
  readonly cap: number;
}

/**
 * Cuts a page out of a list. The order is that of the keys, and a page is found by the key it follows: an item that is
 * deleted or added in the meantime never shifts another one over a boundary.
 *
 * @param cut its items are sorted in place
 * @example cutPage({ items, keyOf: (item) => item.sourcedId, request: { limit: 2 }, cap: 10_000 })
 */
export function cutPage<Item>({ items, keyOf, request, cap }: PageCut<Item>): Page<Item> {
  items.sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  const limit = Math.min(request.limit ?? cap, cap);
  const { after } = request;
  const found = after === undefined ? 0 : items.findIndex((item) => keyOf(item) > after);
  const start = found < 0 ? items.length : found;
  const pageAt = (index: number): PageRequest => {
    const before = items[index - 1];
    return { limit, ...(before !== undefined && index > 0 && { after: keyOf(before) }) };
  };
  const end = start + limit;
  const isWhole = start === 0 && end >= items.length;
  return {
    items: items.slice(start, end),
    ...(end < items.length && { next: pageAt(end) }),
    ...(start > 0 && { prev: pageAt(Math.max(0, start - limit)) }),
    ...(!isWhole && { first: { limit }, last: pageAt(Math.floor((items.length - 1) / limit) * limit) }),
  };
}
