import { isObject, type Json } from '../core/json.ts';
import { isDeeper, isNestedDeeper } from '../core/nesting.ts';
import type { Recording } from '../core/recording.ts';
import type { Exchange } from './ports.ts';

/** Members that hold ids. A search that looked into others would tell what is hidden: whose comment holds a word. */
const ID_MEMBERS: ReadonlySet<string> = new Set([
  ...['id', 'userId', 'scoringUserId', 'resourceId', 'resourceLinkId', 'scoreOf', 'resultUrl'],
  ...['sourcedId', 'ltiLineItemUrl', 'ltiResourceId', 'ltiResourceLinkId', 'requestId', 'lineItem'],
]);

/**
 * Whether an exchange has to do with an id of either side: it is its request id, or stands in an address, or in a member of a
 * body that holds ids. The whole id counts, not a part of it.
 *
 * @example concerns(exchange, 'student-1')
 */
export function concerns(exchange: Exchange, id: string): boolean {
  const { requestId, tool, context, recording } = exchange;
  if (requestId === id || tool === id || context === id) return true;
  if (recording === undefined || id === '') return false;
  const urls = [recording.url, ...recording.calls.map(({ url }) => url)];
  return urls.some((url) => isInAddress(url, id)) || isInBodies(recording, id);
}

function isInBodies({ body, said, calls }: Recording, id: string): boolean {
  const documents = [body, ...calls.map(({ sent }) => sent)];
  if (documents.some((document) => document !== undefined && !isDeeper(document) && isIn(document, id)))
    return true;
  // Most texts do not hold it at all, and need not be read.
  const written = JSON.stringify(id).slice(1, -1);
  return [said, ...calls.map(({ text }) => text)].some(
    (text) => text?.includes(written) && isIn(parseQuietly(text), id),
  );
}

const BASE = 'http://localhost';

/** Ids in addresses are whole steps of the path, whole parameters, or in the quotes of a filter. */
function isInAddress(url: string, id: string): boolean {
  // A tool may have written anything, such as `http://[/`, which is no address and names nothing.
  if (!URL.canParse(url, BASE)) return false;
  const { pathname, searchParams } = new URL(url, BASE);
  if (pathname.split('/').some((step) => decodeQuietly(step) === id)) return true;
  return [...searchParams.values()].some(
    (value) => value === id || value.includes(`'${id.replaceAll("'", "''")}'`),
  );
}

function isIn(value: Json, id: string, member = ''): boolean {
  if (typeof value === 'string') {
    if (!ID_MEMBERS.has(member)) return false;
    // Our own ids are addresses that end in OneRoster's.
    return value === id || (value.includes('/') && isInAddress(value, id));
  }
  if (Array.isArray(value)) return value.some((item: Json) => isIn(item, id, member));
  return isObject(value) && Object.entries(value).some(([name, inner]) => isIn(inner, id, name));
}

function parseQuietly(text: string): Json {
  try {
    return isNestedDeeper(text) ? null : (JSON.parse(text) as Json);
  } catch {
    return null;
  }
}

function decodeQuietly(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
