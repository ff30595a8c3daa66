import { GradebridgeError } from '../../core/errors.ts';
import { isSafeSourcedId, type LineItemReference } from '../../core/identity.ts';
import { isContextOf, type NamedCaller } from '../../core/names.ts';
import { createOwnUrls, type PublicUrls } from '../own-urls.ts';

/** The addresses of the AGS face: absolute, without query and trailing slash, because tools append to them. */
export interface AgsAddresses {
  lineItems(context: string): string;
  /** The address of a line item, which is its id on every face unless another platform named it. */
  lineItem(sourcedId: string, context: string): string;
  /** Where a tool reads what has become of a promise. */
  receipt(id: string, context: string): string;
  /**
   * The line item of an address that this gateway gave out, now or under an earlier public URL.
   *
   * @returns undefined for an address that is none of ours
   * @throws GradebridgeError LINE_ITEM_NOT_FOUND for one of ours that is another context's
   */
  recognise(url: string, caller: NamedCaller): LineItemReference | undefined;
  /** @throws GradebridgeError LINE_ITEM_NOT_FOUND for an address that is none of a line item in the caller's context */
  read(url: string, caller: NamedCaller): LineItemReference;
}

const LINE_ITEM = /^\/lti\/contexts\/([^/?#]+)\/lineitems\/([^/?#]+)\/?$/;

/** @param urls the gateway's own, now and before */
export function createAgsAddresses(urls: PublicUrls): AgsAddresses {
  const { publicUrl } = urls;
  const ownUrl = createOwnUrls(urls, '/lti/contexts/');
  const lineItems = (context: string): string => `${publicUrl}/lti/contexts/${context}/lineitems`;
  const recognise: AgsAddresses['recognise'] = (url, caller) => {
    const own = ownUrl(url);
    const [, context, segment] = (own && LINE_ITEM.exec(own.path)) ?? [];
    if (own === undefined || context === undefined || segment === undefined) return undefined;
    const [isTheirs, sourcedId] = [isContextOf(context, caller), decodeSourcedId(segment)];
    // Under an unknown host the path alone proves nothing: whether it fits, the line item itself must say.
    if (!own.isKnown) return isTheirs && sourcedId !== undefined ? { url, pathId: sourcedId } : undefined;
    return isTheirs && sourcedId !== undefined ? { sourcedId } : notFound();
  };
  return {
    lineItems,
    lineItem: (sourcedId, context) => `${lineItems(context)}/${encodeURIComponent(sourcedId)}`,
    receipt: (id, context) => `${publicUrl}/lti/contexts/${context}/receipts/${id}`,
    recognise,
    read: (url, caller) => recognise(url, caller) ?? notFound(),
  };
}

function notFound(): never {
  throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
}

function decodeSourcedId(segment: string): string | undefined {
  try {
    const sourcedId = decodeURIComponent(segment);
    return isSafeSourcedId(sourcedId) ? sourcedId : undefined;
  } catch {
    // A segment that cannot be decoded names nothing.
    return undefined;
  }
}
