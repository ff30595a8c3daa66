import { type Issue, isObject, type Json, own } from '../core/json.ts';
import { pointerTooLarge } from '../core/pointer.ts';

/** As the schema says, which looks at every row before it counts them. */
const MOST_ROWS = 500;
/** Far above any example; each is a line to find in documents of its own. */
const MOST_EXAMPLES = 200;

/**
 * Finds in the document of a mapping what would cost more than any mapping is worth, before anything works with it: rows, examples,
 * and the pointers of rows and of the stash.
 *
 * @returns the first issue, undefined when there is none; whether it is a mapping at all is for the schema to say
 * @example mappingTooLarge({ fields: [{ oneroster: '/a'.repeat(40) }] })?.pointer // '/fields/0/oneroster'
 */
export function mappingTooLarge(document: Json): Issue | undefined {
  if (!isObject(document)) return undefined;
  const [rows, examples] = [own(document, 'fields'), own(document, 'examples')];
  return (
    tooMany(rows, '/fields', MOST_ROWS) ??
    tooMany(examples, '/examples', MOST_EXAMPLES) ??
    first([own(document, 'stash') ?? null], (stash) => pointerIssue(stash, '/stash')) ??
    (Array.isArray(rows) ? first(rows, (row, index) => rowIssue(row as Json, `/fields/${index}`)) : undefined)
  );
}

function tooMany(list: Json | undefined, pointer: string, most: number): Issue | undefined {
  if (!Array.isArray(list) || list.length <= most) return undefined;
  return { pointer, code: 'tooMany', message: `has ${list.length} entries, more than ${most}` };
}

function rowIssue(row: Json, place: string): Issue | undefined {
  if (!isObject(row)) return undefined;
  const fallback = own(row, 'default');
  const rule = isObject(fallback) ? own(fallback, 'oneroster') : undefined;
  return pointerIssue(row, place) ?? pointerIssue(rule ?? null, `${place}/default/oneroster`);
}

/** The members of a mapping that are pointers. */
const POINTERS = ['ags', 'oneroster', 'after'] as const;

function pointerIssue(holder: Json, place: string): Issue | undefined {
  if (!isObject(holder)) return undefined;
  return first(POINTERS, (member) => {
    const value = own(holder, member);
    const why = typeof value === 'string' ? pointerTooLarge(value) : undefined;
    return why && { pointer: `${place}/${member}`, code: 'pointerTooLarge', message: `the pointer ${why}` };
  });
}

function first<Item>(
  items: readonly Item[],
  find: (item: Item, index: number) => Issue | '' | undefined,
): Issue | undefined {
  for (const [index, item] of items.entries()) {
    const found = find(item, index);
    if (found) return found;
  }
  return undefined;
}
