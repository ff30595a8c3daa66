import { GradebridgeError } from '../../core/errors.ts';
import { isSafeSourcedId, type LineItemReference } from '../../core/identity.ts';

import { isContextOf, type NamedCaller } from '../../core/names.ts';
import { createAgsAddresses } from '../ags/addresses.ts';
import { createOwnUrls, type PublicUrls } from '../own-urls.ts';
import { encodeCursor, type ListQuery } from '../query.ts';

/** The two directions between ids on the wire and line items. */
export interface Addresses {
  /** @throws GradebridgeError INVALID_LINE_ITEM_ID, or LINE_ITEM_NOT_FOUND for an address of ours that is another context's */
  read(id: string, caller: NamedCaller): LineItemReference;
  /** @throws GradebridgeError INVALID_LINE_ITEM_ID for a bare id that no new line item may have */
  writable(line: LineItemReference): LineItemReference;
  write(view: LineItemName, caller: NamedCaller): string;
  receipt(id: string, context: string): string;
  /** The link of a page: of line items, or of the results of one. */
  pageLink(list: ListQuery, context: string): string;
  /** The query of the page link in `url`, undefined when there is none; every other parameter is ignored then. */
  pageQuery(
    query: URLSearchParams,
    of: 'lineitems' | 'scores',
    caller: NamedCaller,
  ): URLSearchParams | undefined;
}

/** What is known of a line item that is to be named. */
interface LineItemName {
  readonly sourcedId: string;
  readonly url?: string;
}

const ENCODED_URL = /^https?%3a/i;
const ABSOLUTE_URL = /^https?:\/\//i;

/** What every OneRoster service is seen to take in a sourcedId; a slash is legal in its CSV binding but not in all paths. */
const NEW_SOURCED_ID = /^[A-Za-z0-9._:@-]{1,255}$/;

/**
 * Addresses of line items as LTIAAS has them: an id that Gradebridge gave out, which is the AGS address of the line item; a
 * bare sourcedId; or any other absolute URL, which stays the tool's name for it.
 *
 * @param urls the gateway's own, now and before
 */
export function createAddresses(urls: PublicUrls): Addresses {
  const { publicUrl } = urls;
  const ags = createAgsAddresses(urls);
  const ownUrl = createOwnUrls(urls, LIST);
  const list = publicUrl + LIST;
  const isOurs = (url: string, caller: NamedCaller): boolean => {
    if (url.startsWith(`${publicUrl}/`)) return true;
    try {
      return 'sourcedId' in (ags.recognise(url, caller) ?? {});
    } catch {
      return true;
    }
  };
  return {
    read: (id, caller) => {
      const name = decodeTwice(id);
      if (!isSafeSourcedId(name))
        throw invalidId('It is empty, dots only, too long, or has control characters.');
      if (!ABSOLUTE_URL.test(name)) return { sourcedId: name };
      const line = ags.recognise(name, caller);
      if (line !== undefined) return line;
      if (name.startsWith(`${publicUrl}/`)) throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
      if (!URL.canParse(name)) throw invalidId('It begins like a URL and is none.');
      return { url: name };
    },
    writable: (line) => {
      if ('url' in line || NEW_SOURCED_ID.test(line.sourcedId)) return line;
      throw invalidId('A sourcedId is 1 to 255 letters, digits and . _ : @ -');
    },
    // A URL that would be read as an id of ours names another line item than the one it was once given to.
    write: ({ sourcedId, url }, caller) =>
      url === undefined || isOurs(url, caller) ? ags.lineItem(sourcedId, caller.context) : url,
    receipt: (id, context) => `${publicUrl}/api/receipts/${id}?${new URLSearchParams({ context })}`,
    pageLink: (query, context) => {
      const path = query.sourcedId === undefined ? '' : `/${encodeURIComponent(query.sourcedId)}/scores`;
      return `${list}${path}?${new URLSearchParams({ context, page: encodeCursor(query) })}`;
    },
    pageQuery: (query, of, caller) => {
      const link = query.get('url');
      if (link === null) return undefined;
      const name = decodeTwice(link);
      const own = ownUrl(name);
      // Nothing but its address says whose a page link is: under an unknown host it is none of ours.
      const path = own?.isKnown ? own.path : '';
      const isLink = path.startsWith(LIST) && PAGE_LINKS[of].test(path.slice(LIST.length));
      const linked = isLink ? new URLSearchParams(path.slice(path.indexOf('?') + 1)) : undefined;
      const context = linked?.get('context') ?? undefined;
      if (linked === undefined || context === undefined || !isContextOf(context, caller))
        throw new GradebridgeError('INVALID_PAGE_URL');
      return linked;
    },
  };
}

const LIST = '/api/lineitems';

/** What follows the list's own address in the links of our pages. */
const PAGE_LINKS = { lineitems: /^\?/, scores: /^\/[^/?#]+\/scores\?/ } as const;

/** A README of the LTIAAS SDK has its readers encode an id that the SDK encodes again. */
function decodeTwice(id: string): string {
  if (!ENCODED_URL.test(id)) return id;
  try {
    return decodeURIComponent(id);
  } catch {
    throw invalidId('It is percent-encoded twice, the inner time badly.');
  }
}

function invalidId(message: string): GradebridgeError {
  return new GradebridgeError('INVALID_LINE_ITEM_ID', {
    description: `The line item id cannot be used. ${message}`,
    issues: [{ pointer: 'id', code: 'invalid', message }],
  });
}
