import { GradebridgeError } from '../../core/errors.ts';
import type { LineItemFilter, PageRequest } from '../../core/operation.ts';

const FILTERS = ['resourceLinkId', 'resourceId', 'tag'] as const;

/** The filters of a list; LTIAAS spells them in camel case. An empty one filters for nothing, as if it were not there. */
export function decodeFilter(query: URLSearchParams): LineItemFilter {
  const pairs = FILTERS.map((name) => [name, query.get(name)] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== null && value !== ''));
}

/** The page that is wanted: `limit`, and `after`, the hexadecimal sourcedId in our own page links. */
export function decodePage(query: URLSearchParams): PageRequest {
  const [limit, after] = [query.get('limit'), query.get('after')];
  if (limit !== null && !/^0*[1-9]\d{0,8}$/.test(limit)) {
    throw invalid('limit', 'Must be a whole number of at least 1.');
  }
  if (after !== null && !/^([0-9a-f]{2})+$/i.test(after))
    throw invalid('after', 'Must come from a page link.');
  return {
    ...(limit !== null && { limit: Number(limit) }),
    ...(after !== null && { after: Buffer.from(after, 'hex').toString() }),
  };
}

/** The query of a page link. Lower case only: a client is known to lower-case the link before it follows it. */
export function encodePage(filter: LineItemFilter, { limit, after }: PageRequest): URLSearchParams {
  const query = new URLSearchParams(Object.entries(filter));
  if (limit !== undefined) query.set('limit', String(limit));
  if (after !== undefined) query.set('after', Buffer.from(after).toString('hex'));
  return query;
}

function invalid(parameter: string, message: string): GradebridgeError {
  return new GradebridgeError('INVALID_QUERY', {
    issues: [{ pointer: `?${parameter}`, code: 'invalid', message }],
  });
}
