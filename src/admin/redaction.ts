import { instantOf } from '../core/date-time.ts';
import { ERRORS, type ErrorRow } from '../core/errors.ts';
import { isObject, type Json, type MutableJsonObject } from '../core/json.ts';
import type { Lens } from '../core/lens.ts';
import { parsePointer } from '../core/pointer.ts';
import { STANDARD_NAMES } from '../core/standard-names.ts';

/** Stands for whatever is not shown. */
export const HIDDEN = '•••';

/**
 * The names of members that may be shown: those of the standards, and those that mappings name.
 *
 * @example wordsOf([lens]).has('resultValueMax') // true
 */
export function wordsOf(lenses: Iterable<Lens>): ReadonlySet<string> {
  const words = new Set(STANDARD_NAMES);
  for (const { plan } of lenses) {
    for (const { ags, oneroster } of plan.mapping.fields)
      for (const pointer of [ags, oneroster])
        for (const token of (pointer === undefined ? undefined : parsePointer(pointer)) ?? [])
          words.add(token);
  }
  return words;
}

const isDate = (value: Json): boolean => typeof value === 'string' && instantOf(value) !== undefined;
const isNumber = (value: Json): boolean => typeof value === 'number';
const isId = (value: Json): boolean => typeof value === 'string' && /^[\w.:@-]{1,128}$/.test(value);
const isStatus = (value: Json): boolean => typeof value === 'string' && /^(active|tobedeleted)$/i.test(value);

const SENTENCES: ReadonlySet<Json> = new Set(
  Object.entries<ErrorRow>(ERRORS).flatMap(([code, { title, remedy }]) => [code, title, remedy]),
);
const isOfCatalogue = (value: Json): boolean => SENTENCES.has(value);

/** What a column of a gradebook says: nothing of it is of a student. */
const COLUMN = {
  sourcedId: isId,
  status: isStatus,
  assignDate: isDate,
  dueDate: isDate,
  resultValueMin: isNumber,
  resultValueMax: isNumber,
  'class/sourcedId': isId,
  'school/sourcedId': isId,
  'category/sourcedId': isId,
};

/** The places whose values are shown, each if it has the form that it should have. Lists do not count as steps. */
const SHOWN: ReadonlyMap<string, (value: Json) => boolean> = new Map([
  ...['lineItem', 'lineItems', 'assessmentLineItem', 'assessmentLineItems'].flatMap((name) =>
    Object.entries(COLUMN).map(([place, test]) => [`${name}/${place}`, test] as const),
  ),
  ...['result', 'results'].map((name) => [`${name}/lineItem/sourcedId`, isId] as const),
  ...['assessmentResult', 'assessmentResults'].map(
    (name) => [`${name}/assessmentLineItem/sourcedId`, isId] as const,
  ),
  ...['', 'lineItems/'].flatMap((list) => [
    [`${list}scoreMaximum`, isNumber] as const,
    [`${list}startDateTime`, isDate] as const,
    [`${list}endDateTime`, isDate] as const,
  ]),
  ...['code', 'title', 'detail', 'remedy', 'details/message', 'details/code', 'details/description'].map(
    (place) => [place, isOfCatalogue] as const,
  ),
]);

/**
 * A document as it is shown to those who need not know what it says: its structure stays, and every value but some of the column
 * is `•••`. So is the name of a member that nobody has defined, with all that is in it: a tool may have written anything there.
 *
 * @param words the names that may be shown
 * @example redact({ scoreGiven: 8, 'https://x/y': { a: 1 } }, words) // { scoreGiven: '•••', '•••': '•••' }
 */
export function redact(document: Json, words: ReadonlySet<string>): Json {
  const walk = (value: Json, place: string): Json => {
    if (value === null) return null;
    if (Array.isArray(value)) return value.map((item: Json) => walk(item, place));
    if (!isObject(value)) return SHOWN.get(place)?.(value) ? value : HIDDEN;
    const copy: MutableJsonObject = {};
    for (const [name, member] of Object.entries(value)) {
      if (words.has(name)) copy[name] = walk(member, place === '' ? name : `${place}/${name}`);
      else copy[HIDDEN] = HIDDEN;
    }
    return copy;
  };
  return walk(document, '');
}

/** Collections whose members are people, or belong to one. */
const OF_PEOPLE: ReadonlySet<string> = new Set([
  'users',
  'students',
  'enrollments',
  'results',
  'assessmentResults',
  'scores',
]);
/** Parameters that say which part of a list is wanted, or how it is sorted. */
const OF_LISTS: ReadonlySet<string> = new Set(['limit', 'offset', 'sort', 'orderBy', 'fields']);

/**
 * The path and query of an address, without ids of people.
 *
 * @example hiddenPath('/ims/results/r-1?filter=student.sourcedId%3D%27s-1%27&limit=10') // '/ims/results/•••?filter=•••&limit=10'
 */
export function hiddenPath(url: string): string {
  const at = url.indexOf('?');
  const steps = (at < 0 ? url : url.slice(0, at)).split('/');
  const path = steps.map((step, index) => (OF_PEOPLE.has(steps[index - 1] ?? '') ? HIDDEN : step)).join('/');
  if (at < 0) return path;
  const query = [...new URLSearchParams(url.slice(at + 1))].map(([name, value]) =>
    OF_LISTS.has(name) && /^[\w.,-]*$/.test(value) ? `${name}=${value}` : `${nameOf(name)}=${HIDDEN}`,
  );
  return `${path}?${query.join('&')}`;
}

const PARAMETERS: ReadonlySet<string> = new Set([
  ...['filter', 'userId', 'user_id', 'resourceId', 'resource_id', 'resourceLinkId', 'resource_link_id'],
  ...['tag', 'page', 'url', 'context'],
]);

function nameOf(parameter: string): string {
  return PARAMETERS.has(parameter) || OF_LISTS.has(parameter) ? parameter : HIDDEN;
}
