import { GradebridgeError } from '../../core/errors.ts';
import { isSafeSourcedId } from '../../core/identity.ts';
import type { LineItemReference } from '../../core/operation.ts';

/** The addresses of the AGS face: absolute, without query and trailing slash, because tools append to them. */
export interface AgsAddresses {
  lineItems(context: string): string;
  /** The address of a line item, which is its id on every face unless another platform named it. */
  lineItem(sourcedId: string, context: string): string;
  /** @throws GradebridgeError LINE_ITEM_NOT_FOUND for an address that is none of a line item in this context */
  read(url: string, context: string): LineItemReference;
}

/** @param publicUrl without a trailing slash */
export function createAgsAddresses(publicUrl: string): AgsAddresses {
  const lineItems = (context: string): string => `${publicUrl}/lti/contexts/${context}/lineitems`;
  return {
    lineItems,
    lineItem: (sourcedId, context) => `${lineItems(context)}/${encodeURIComponent(sourcedId)}`,
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
