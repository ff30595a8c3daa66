import { GradebridgeError } from '../../core/errors.ts';
import { isSafeSourcedId, type LineItemReference } from '../../core/identity.ts';

/** The addresses of the AGS face: absolute, without query and trailing slash, because tools append to them. */
export interface AgsAddresses {
  lineItems(context: string): string;
  /** The address of a line item, which is its id on every face unless another platform named it. */
  lineItem(sourcedId: string, context: string): string;
  /** Where a tool reads what has become of a promise. */
  receipt(id: string, context: string): string;
  /** @throws GradebridgeError LINE_ITEM_NOT_FOUND for an address that is none of a line item in this context */
  read(url: string, context: string): LineItemReference;
}

/** @param publicUrl without a trailing slash */
export function createAgsAddresses(publicUrl: string): AgsAddresses {
  const lineItems = (context: string): string => `${publicUrl}/lti/contexts/${context}/lineitems`;
  return {
    lineItems,
    lineItem: (sourcedId, context) => `${lineItems(context)}/${encodeURIComponent(sourcedId)}`,
    receipt: (id, context) => `${publicUrl}/lti/contexts/${context}/receipts/${id}`,
    read: (url, context) => {
      const prefix = `${lineItems(context)}/`;
      const segment = url.startsWith(prefix) ? url.slice(prefix.length) : '';
      if (segment === '' || /[/?#]/.test(segment)) throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
      return { sourcedId: decodeSourcedId(segment) };
    },
  };
}

function decodeSourcedId(segment: string): string {
  try {
    const sourcedId = decodeURIComponent(segment);
    if (isSafeSourcedId(sourcedId)) return sourcedId;
  } catch {
    // A segment that cannot be decoded names nothing.
  }
  throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
}
