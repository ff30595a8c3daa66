import { GradebridgeError } from './errors.ts';
import { entityTag, type LineItemReference, ownerOf, referenceOf, WROTE_MARK } from './identity.ts';
import { equal, isObject, type Json, type JsonObject, own } from './json.ts';
import { isToolOf } from './names.ts';
import type { Caller, Conditions, LineItemView } from './operation.ts';
import { isActive } from './status.ts';

/** Whose eyes a line item is looked at with. */
export interface Viewpoint {
  readonly caller: Caller;
  readonly context: { readonly classId: string; readonly ownership: 'tool' | 'class' };
}

/** True when the tool may know of a line item at all; everything else is 404 to it. */
export function isReachable(document: JsonObject, at: Viewpoint, line?: LineItemReference): boolean {
  return isActive(document) && isOwn(document, at, line);
}

/**
 * What the tool may write over: the document, or undefined when it is deleted and may come to life again.
 *
 * @throws GradebridgeError LINE_ITEM_NOT_FOUND for a line item that is not the tool's: it is as good as absent, but its
 *   id is not free
 */
export function writable(
  document: JsonObject,
  line: LineItemReference,
  at: Viewpoint,
): JsonObject | undefined {
  if (!isOwn(document, at, line)) throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
  return isActive(document) ? document : undefined;
}

/** True for a line item, deleted or not, that is the tool's. */
export function isOwn(
  document: JsonObject,
  { caller, context }: Viewpoint,
  line?: LineItemReference,
): boolean {
  if (referenceOf(document, 'class') !== context.classId) return false;
  const owner = ownerOf(document);
  if (context.ownership === 'class' || (owner !== undefined && isToolOf(owner, caller))) return true;
  // The id that is made of the tool's own URL proves the owner, should somebody have cleared the metadata.
  return owner === undefined && line !== undefined && 'url' in line;
}

/**
 * Holds a line item, absent or standing, against the conditions of a request (RFC 9110 §13.1.1 and §13.1.2).
 *
 * @returns whether the caller has named what stands by its tag, and so has seen it; `*` names whatever stands
 * @throws GradebridgeError PRECONDITION_FAILED
 */
export function checkConditions(
  { ifMatch, ifNoneMatch }: Conditions,
  viewNow: () => LineItemView | undefined,
): boolean {
  if (ifMatch === undefined && ifNoneMatch === undefined) return false;
  const view = viewNow();
  const tags = (list: string): readonly string[] => list.split(',').map((tag) => tag.trim());
  const matches = (list: readonly string[]): boolean =>
    view !== undefined && (list.includes('*') || list.includes(tagOf(view)));
  if (ifMatch !== undefined && !matches(tags(ifMatch))) throw new GradebridgeError('PRECONDITION_FAILED');
  // If-None-Match compares weakly (RFC 9110 §13.1.2): a tag that a proxy has weakened still names the line item.
  const strengthened = ifNoneMatch && tags(ifNoneMatch).map((tag) => tag.replace(/^W\//, ''));
  if (strengthened && matches(strengthened)) throw new GradebridgeError('PRECONDITION_FAILED');
  return ifMatch !== undefined && !tags(ifMatch).includes('*');
}

/** The entity tag of a line item, the same on every face. */
export function tagOf({ sourcedId, lineItem }: LineItemView): string {
  return entityTag({ sourcedId, lineItem });
}

/**
 * Whether an upstream has kept the metadata of what was written, all of it and inside its objects, too: without it, a line
 * item or a result could not be found, or not be read, again. An upstream that answers without a document says nothing about
 * it. What was written last is no such mark: without it, an object counts as not edited.
 */
export function keepsMetadata(written: JsonObject, answered: JsonObject | undefined): boolean {
  return keepsAll(written, answered, WROTE_MARK[1]);
}

/**
 * Whether an upstream has kept every member of the metadata, but for one that may be missing.
 *
 * @example keepsAll({ metadata: { a: { b: 1 } } }, { metadata: { a: {} } }) // false
 */
export function keepsAll(written: JsonObject, answered: JsonObject | undefined, spared?: string): boolean {
  if (answered === undefined) return true;
  const [sent, kept] = [own(written, 'metadata'), own(answered, 'metadata') ?? {}];
  if (!isObject(sent) || !isObject(kept)) return !isObject(sent) || Object.keys(sent).length === 0;
  return Object.keys(sent).every(
    (name) => name === spared || holds(own(kept, name), own(sent, name) as Json),
  );
}

/** Whether every member is there as it was sent; what a service adds of its own does no harm. */
function holds(kept: Json | undefined, sent: Json): boolean {
  if (!isObject(sent) || !isObject(kept)) return equal(kept, sent);
  return Object.keys(sent).every((name) => holds(own(kept, name), own(sent, name) as Json));
}
