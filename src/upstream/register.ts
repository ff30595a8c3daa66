import type { Call } from '../core/call.ts';
import { GradebridgeError } from '../core/errors.ts';
import { isObject, type JsonObject, own } from '../core/json.ts';
import { isActive } from '../core/status.ts';
import type { GradebookParts } from './gradebook.ts';
import { contains, is, listUrl, pagesOf } from './listing.ts';
import { dress } from './profile.ts';

/** The rostering reads that a gradebook gateway needs, and categories. */
export interface Register {
  classOf(sourcedId: string, call: Call): Promise<JsonObject | undefined>;
  /** Active classes with a text in their title, or whose id it is: at most one more than is asked for. */
  classesWith(text: string, most: number, call: Call): Promise<readonly JsonObject[]>;
  categoriesTitled(title: string, call: Call): Promise<readonly JsonObject[]>;
  writeCategory(category: JsonObject, call: Call): Promise<void>;
  enrollmentsOf(classId: string, call: Call): Promise<readonly JsonObject[]>;
  studentsOf(classId: string, call: Call): Promise<readonly JsonObject[]>;
  userOf(sourcedId: string, call: Call): Promise<JsonObject | undefined>;
  usersBy(field: string, value: string, call: Call): Promise<readonly JsonObject[]>;
}

/** @example const register = createRegister(parts) */
export function createRegister({
  upstream,
  dressing,
}: Pick<GradebookParts, 'upstream' | 'dressing'>): Register {
  const { gradebook, rostering } = dressing.services;
  const one = async (url: string, single: string, call: Call): Promise<JsonObject | undefined> => {
    const { status, body } = await upstream.call({ method: 'GET', url, ...call });
    if (status === 404) return undefined;
    const found = body && own(body, single);
    if (!isObject(found))
      throw new GradebridgeError('UPSTREAM_BAD_ANSWER', { detail: `no ${single} in the answer` });
    return found;
  };
  const all = (url: URL, key: string, call: Call): Promise<readonly JsonObject[]> =>
    collect(pagesOf(url, { key, parts: { upstream, dressing }, call }));
  return {
    classOf: (id, call) => one(`${rostering}/classes/${encodeURIComponent(id)}`, 'class', call),
    classesWith: async (text, most, call) => {
      const wanted = text === '' ? [] : [`${contains('title', text)} OR ${is('sourcedId', text)}`];
      const url = listUrl(`${rostering}/classes`, wanted);
      url.searchParams.set('limit', String(most + 1));
      const { status, body } = await upstream.call({ method: 'GET', url: url.href, ...call });
      const rows = body && own(body, 'classes');
      if (status !== 200 || !Array.isArray(rows))
        throw new GradebridgeError('UPSTREAM_BAD_ANSWER', { detail: 'no classes in the answer' });
      return rows.filter(isObject).filter(isActive);
    },
    categoriesTitled: (title, call) =>
      all(listUrl(`${gradebook}/categories`, [is('title', title)]), 'categories', call),
    writeCategory: async (category, call) => {
      const url = `${gradebook}/categories/${encodeURIComponent(String(category['sourcedId']))}`;
      await upstream.call({ method: 'PUT', url, body: { category: dress(category, dressing) }, ...call });
    },
    enrollmentsOf: (classId, call) =>
      all(
        listUrl(`${rostering}/enrollments`, [is('class.sourcedId', classId), "status='active'"]),
        'enrollments',
        call,
      ),
    studentsOf: (classId, call) =>
      all(listUrl(`${rostering}/classes/${encodeURIComponent(classId)}/students`, []), 'users', call),
    userOf: (id, call) => one(`${rostering}/users/${encodeURIComponent(id)}`, 'user', call),
    usersBy: (field, value, call) => all(listUrl(`${rostering}/users`, [is(field, value)]), 'users', call),
  };
}

async function collect(pages: AsyncIterable<readonly JsonObject[]>): Promise<readonly JsonObject[]> {
  const all = new Map<string, JsonObject>();
  for await (const page of pages) for (const row of page) all.set(String(row['sourcedId']), row);
  return [...all.values()];
}
