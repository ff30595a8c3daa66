import type { AdminRequest, AdminRoute } from '../core/admin.ts';
import type { Call } from '../core/call.ts';
import { referenceOf } from '../core/identity.ts';
import { type JsonObject, own } from '../core/json.ts';
import { entryOf, isoOf, json, type Loose } from './answers.ts';
import { invalidQuery } from './lists.ts';
import type { KeySetLook } from './ports.ts';

export interface LookupParts {
  readonly tools: Readonly<Record<string, unknown>>;
  /** The key set of a tool, as it was found some seconds ago at most. */
  readonly keySetOf: (tool: string) => Promise<KeySetLook>;
  /** By the name of an upstream: its classes in whose title or id a text stands, one more than `most` when there are more. */
  readonly classesOf: Readonly<
    Record<string, (search: string, most: number, call: Call) => Promise<readonly JsonObject[]>>
  >;
  /** Milliseconds for one request. */
  readonly patience: number;
}

/** What somebody has to look up who registers a tool or a context. */
export function lookupRoutes(parts: LookupParts): readonly AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/tools/:name/key-set',
      role: 'viewer',
      answer: async ({ params }) => {
        const name = params['name'] ?? '';
        entryOf(parts.tools, name);
        const { lookedAt, ...look } = await parts.keySetOf(name);
        return json({ ...(look as unknown as Loose), lookedAt: isoOf(lookedAt) });
      },
    },
    {
      method: 'GET',
      path: '/upstreams/:name/classes',
      role: 'operator',
      answer: (request) => classes(request, parts),
    },
  ];
}

/** More than somebody reads who could have typed a letter more. */
const MOST_CLASSES = 50;
const LONGEST_SEARCH = 100;

async function classes({ params, query, requestId, now }: AdminRequest, parts: LookupParts) {
  const find = entryOf(parts.classesOf, params['name']);
  const search = (query.get('search') ?? '').trim();
  if (search.length > LONGEST_SEARCH)
    throw invalidQuery('search', `Must be at most ${LONGEST_SEARCH} characters.`);
  const found = await find(search, MOST_CLASSES, { requestId, deadline: now + parts.patience });
  const items = found.slice(0, MOST_CLASSES).map(
    (one): Loose => ({
      sourcedId: own(one, 'sourcedId'),
      title: own(one, 'title'),
      school: referenceOf(one, 'school'),
    }),
  );
  return json({ items, isMore: found.length > MOST_CLASSES });
}
