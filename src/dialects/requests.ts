import { GradebridgeError } from '../core/errors.ts';
import type { PlainRequest } from '../core/exchange.ts';
import { canonical, type LineItemReference } from '../core/identity.ts';
import { isObject, type JsonObject, own } from '../core/json.ts';
import { checkLineItem } from '../core/line-item.ts';
import type { Caller, Conditions, Repeatable } from '../core/operation.ts';

/** What the faces read out of a request in the same way, because AGS and HTTP say how. */

/** @throws GradebridgeError INVALID_LINE_ITEM */
export function lineItemOf({ body, numbers }: PlainRequest): JsonObject {
  const checked = checkLineItem(body, numbers);
  if ('issues' in checked) throw new GradebridgeError('INVALID_LINE_ITEM', { issues: checked.issues });
  return checked.document;
}

/** The conditions of RFC 9110 §13.1. */
export function conditionsOf({ headers }: PlainRequest): Conditions {
  const [ifMatch, ifNoneMatch] = [headers['if-match'], headers['if-none-match']];
  return { ...(ifMatch !== undefined && { ifMatch }), ...(ifNoneMatch !== undefined && { ifNoneMatch }) };
}

/** The Idempotency-Key of a POST, with what the body says: the same body under the same key is the same request. */
export function onceOf({ headers, body = null }: PlainRequest): { readonly once?: Repeatable } {
  const key = headers['idempotency-key'];
  return key === undefined ? {} : { once: { key, said: canonical(body) } };
}

interface ReadsIds {
  read(id: string, caller: Caller): LineItemReference;
}

/** The line item that a body names itself; what is no id at all names none that could be meant. */
export function namedIn(
  { body }: PlainRequest,
  caller: Caller,
  addresses: ReadsIds,
): { readonly named?: LineItemReference } {
  const id = isObject(body) ? own(body, 'id') : undefined;
  if (id === undefined || id === null) return {};
  try {
    if (typeof id === 'string') return { named: addresses.read(id, caller) };
  } catch (error) {
    if (!(error instanceof GradebridgeError)) throw error;
  }
  const message = 'Must be the id of the line item that the path names, or be left out.';
  throw new GradebridgeError('INVALID_LINE_ITEM', { issues: [{ pointer: '/id', code: 'invalid', message }] });
}
