import { GradebridgeError } from '../../core/errors.ts';
import type { LineItemFilter, LineItemReference, LineItemView, PageRequest } from '../../core/operation.ts';
import { encodePage } from './query.ts';

/** The two directions between ids on the wire and line items. */
export interface Addresses {
  /** @throws GradebridgeError INVALID_LINE_ITEM_ID, or LINE_ITEM_NOT_FOUND for an address of ours that is another context's */
  read(id: string, context: string): LineItemReference;
  /** @throws GradebridgeError INVALID_LINE_ITEM_ID for a bare id that no new line item may have */
  writable(line: LineItemReference): LineItemReference;
  write(view: LineItemView, context: string): string;
  pageLink(filter: LineItemFilter, page: PageRequest, context: string): string;
  /** The query of the page link in `url`, undefined when there is none; every other parameter is ignored then. */
  pageQuery(query: URLSearchParams, context: string): URLSearchParams | undefined;
}

const ENCODED_URL = /^https?%3a/i;
const ABSOLUTE_URL = /^https?:\/\//i;
const LONGEST_ID = 2048;

/** What every OneRoster service is seen to take in a sourcedId; a slash is legal in its CSV binding but not in all paths. */
const NEW_SOURCED_ID = /^[A-Za-z0-9._:@-]{1,255}$/;
const DOTS = /^\.{1,2}$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Addresses of line items as LTIAAS has them: an id that Gradebridge gave out, which is the AGS address of the line item; a
 * bare sourcedId; or any other absolute URL, which stays the tool's name for it.
 *
 * @param publicUrl without a trailing slash
 */
export function createAddresses(publicUrl: string): Addresses {
  const contexts = `${publicUrl}/lti/contexts/`;
  const ownPrefix = (context: string): string => `${contexts}${context}/lineitems/`;
  const list = `${publicUrl}/api/lineitems`;
  return {
    read: (id, context) => {
      const name = decodeTwice(id);
      checkId(name);
      if (name.startsWith(ownPrefix(context))) return { sourcedId: lastSegment(name, ownPrefix(context)) };
      if (name.startsWith(`${publicUrl}/`)) throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
      return ABSOLUTE_URL.test(name) ? { url: name } : { sourcedId: name };
    },
    writable: (line) => {
      if ('url' in line || NEW_SOURCED_ID.test(line.sourcedId)) return line;
      throw invalidId('A sourcedId is 1 to 255 letters, digits and . _ : @ -');
    },
    write: ({ sourcedId, url }, context) => url ?? ownPrefix(context) + encodeURIComponent(sourcedId),
    pageLink: (filter, page, context) => {
      const query = encodePage(filter, page);
      query.set('context', context);
      return `${list}?${query}`;
    },
    pageQuery: (query, context) => {
      const link = query.get('url');
      if (link === null) return undefined;
      const name = decodeTwice(link);
      const linked = name.startsWith(`${list}?`)
        ? new URLSearchParams(name.slice(list.length + 1))
        : undefined;
      if (linked?.get('context') !== context) throw new GradebridgeError('INVALID_PAGE_URL');
      return linked;
    },
  };
}

/** A README of the LTIAAS SDK has its readers encode an id that the SDK encodes again. */
function decodeTwice(id: string): string {
  if (!ENCODED_URL.test(id)) return id;
  try {
    return decodeURIComponent(id);
  } catch {
    throw invalidId('It is percent-encoded twice, the inner time badly.');
  }
}

function checkId(id: string): void {
  if (id.length > LONGEST_ID) throw invalidId(`It is longer than ${LONGEST_ID} characters.`);
  // A dot segment would be taken for a step in the path of the upstream, even percent-encoded.
  if (id === '' || DOTS.test(id) || CONTROL.test(id))
    throw invalidId('It is empty, dots only, or has control characters.');
  if (ABSOLUTE_URL.test(id) && !URL.canParse(id)) throw invalidId('It begins like a URL and is none.');
}

function lastSegment(url: string, prefix: string): string {
  const segment = url.slice(prefix.length);
  try {
    const sourcedId = decodeURIComponent(segment);
    checkId(sourcedId);
    if (!/[/?#]/.test(segment)) return sourcedId;
  } catch (error) {
    if (error instanceof GradebridgeError) throw error;
  }
  throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
}

function invalidId(message: string): GradebridgeError {
  return new GradebridgeError('INVALID_LINE_ITEM_ID', {
    description: `The line item id cannot be used. ${message}`,
    issues: [{ pointer: 'id', code: 'invalid', message }],
  });
}
