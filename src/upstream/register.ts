import { GradebridgeError } from '../core/errors.ts';
import { isObject, type JsonObject, own } from '../core/json.ts';
import { type Dressing, dress } from './profile.ts';
import type { Upstream } from './upstream.ts';

interface Call {
  readonly requestId: string;
  readonly deadline: number;
}

/** The rostering reads that a gradebook gateway needs, and categories. */
export interface Register {
  classOf(sourcedId: string, call: Call): Promise<JsonObject | undefined>;
  categoriesTitled(title: string, call: Call): Promise<readonly JsonObject[]>;
  writeCategory(category: JsonObject, call: Call): Promise<void>;
}

/** @example const register = createRegister(upstream, dressing) */
export function createRegister(upstream: Upstream, dressing: Dressing): Register {
  const { gradebook, rostering } = dressing.services;
  return {
    classOf: async (sourcedId, call) => {
      const url = `${rostering}/classes/${encodeURIComponent(sourcedId)}`;
      const { status, body } = await upstream.call({ method: 'GET', url, ...call });
      if (status === 404) return undefined;
      const found = body && own(body, 'class');
      if (!isObject(found))
        throw new GradebridgeError('UPSTREAM_BAD_ANSWER', { detail: 'no class in the answer' });
      return found;
    },
    categoriesTitled: async (title, call) => {
      const query = new URLSearchParams({ filter: `title='${title.replaceAll("'", "''")}'`, limit: '100' });
      const { body } = await upstream.call({
        method: 'GET',
        url: `${gradebook}/categories?${query}`,
        ...call,
      });
      const found = body && own(body, 'categories');
      if (!Array.isArray(found))
        throw new GradebridgeError('UPSTREAM_BAD_ANSWER', { detail: 'no categories in the answer' });
      return found.filter(isObject);
    },
    writeCategory: async (category, call) => {
      const url = `${gradebook}/categories/${encodeURIComponent(String(category['sourcedId']))}`;
      await upstream.call({ method: 'PUT', url, body: { category: dress(category, dressing) }, ...call });
    },
  };
}
