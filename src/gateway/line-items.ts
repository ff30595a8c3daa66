import { formatInstant } from '../core/date-time.ts';
import { GradebridgeError } from '../core/errors.ts';
import { nextGeneration } from '../core/generation.ts';
import {
  digestOf,
  type LineItemReference,
  marked,
  markedBase,
  onceOf,
  sourcedIdOf,
  urlOf,
} from '../core/identity.ts';
import { equal, type JsonObject, own } from '../core/json.ts';
import { keptNames } from '../core/names.ts';
import type { LineItemFilter, LineItemView, Operation, Outcome } from '../core/operation.ts';
import { cutPage } from '../core/paging.ts';
import { checkConditions, isReachable, keepsMetadata, tagOf, writable } from '../core/policy.ts';
import { inToolWords } from '../core/refusal.ts';
import { minimumOf } from '../core/result.ts';
import { promiseAlignment } from './alignment.ts';
import { meetDeletion, writeOver } from './edits.ts';
import { locate, mayMean, urlFor } from './locate.ts';
import type { At } from './ports.ts';

type Of<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>;
type Save = Of<'createLineItem' | 'replaceLineItem'>;

/** The line items that the tool may know of, filtered here: a filter of the upstream would only save time (AGS §3.2.4). */
export async function listLineItems({ filter, page }: Of<'listLineItems'>, at: At): Promise<Outcome> {
  const { lens, lineItems, classId } = at.context;
  const wanted = Object.entries(filter) as [keyof LineItemFilter, string][];
  // A page of the upstream may shift while it is read, so that a line item arrives twice.
  const views = new Map<string, LineItemView>();
  for await (const documents of lineItems.listOf(classId, at.call)) {
    for (const document of documents) {
      if (!isReachable(document, at)) continue;
      if (!wanted.every(([member, value]) => equal(lens.read(document, `/${member}`), value))) continue;
      const view = viewOf(document, at);
      views.set(view.sourcedId, view);
    }
  }
  const keyOf = (view: LineItemView): string => view.sourcedId;
  const cut = cutPage({ items: [...views.values()], keyOf, request: page, cap: at.ports.pageCap });
  return { kind: 'lineItems', filter, page: cut };
}

/** One line item as it stands; what the tool may not know of is not there. */
export async function getLineItem({ line }: Of<'getLineItem'>, at: At): Promise<Outcome> {
  const document = await readOwn(line, at);
  return outcomeOf(document, at, 'read');
}

/**
 * The line item that a tool names, as it stands.
 *
 * @throws GradebridgeError LINE_ITEM_NOT_FOUND for one that the tool may not know of
 */
export async function readOwn(
  named: LineItemReference,
  at: At,
  read = at.context.lineItems.read,
): Promise<JsonObject> {
  const { sourcedId, line } = await locate(named, at, read);
  const document = await read(sourcedId, at.call);
  if (document === undefined || !isReachable(document, at, line))
    throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
  return document;
}

/** Creates or replaces: read what stands there, write over it, and show what OneRoster made of it. */
export async function saveLineItem(operation: Save, named: LineItemReference, at: At): Promise<Outcome> {
  const { lineItems, lens } = at.context;
  const { sourcedId, line } = await locate(named, at);
  return lineItems.alone(sourcedId, at.call, async () => {
    const isNew = operation.kind === 'createLineItem' && operation.once === undefined;
    // One after the other: should the upstream just be coming back, the first call is the one that may go.
    const found = isNew ? undefined : await lineItems.read(sourcedId, at.call);
    const context = await at.context.placement(at.call);
    const standing = found && writable(found, line, at);
    if (operation.kind === 'createLineItem' && standing !== undefined)
      return repeated(operation, standing, at);
    const isSeen = admit(operation, { sourcedId, standing }, at);
    const deleted = standing ? undefined : found;
    const base = baseOf(operation, { sourcedId, found: standing, deleted, line }, at);
    const said = settleLink(operation, standing, at);
    const write = { thing: 'lineItem', lens, said, base, standing, context, isSeen } as const;
    const to = writeOver(write, at);
    if (standing !== undefined) checkMaximum(standing, to, at);
    const document = await aligning(found, to, at);
    const answered = await inToolWords(lens, () => lineItems.write(document, at.call));
    if (!keepsMetadata(document, answered))
      throw await dropped({ sourcedId, isNew: found === undefined }, at);
    return outcomeOf(answered ?? document, at, standing === undefined ? 'created' : 'replaced');
  });
}

/** The line item as it is to be written, when it is durable what is to be done with its results. */
async function aligning(found: JsonObject | undefined, to: JsonObject, at: At): Promise<JsonObject> {
  const mark = found === undefined ? undefined : await promiseAlignment({ from: found, to }, at);
  return mark === undefined ? to : marked(to, { ltiAligning: mark });
}

/** The same POST again, whose first answer was lost on its way, or was given by another process. */
function repeated({ once }: Of<'createLineItem'>, standing: JsonObject, at: At): Outcome {
  if (once === undefined || onceOf(standing) !== digestOf(once.said)) {
    throw new GradebridgeError('IDEMPOTENCY_KEY_REUSED');
  }
  return outcomeOf(standing, at, 'created');
}

/** A new line item without its marks would stay in the gradebook with nobody who could reach it: it is taken away again. */
async function dropped(
  { sourcedId, isNew }: { sourcedId: string; isNew: boolean },
  at: At,
): Promise<GradebridgeError> {
  if (isNew) await at.context.lineItems.remove(sourcedId, at.call).catch(() => undefined);
  return new GradebridgeError('UPSTREAM_DROPS_METADATA');
}

/** OneRoster deletes softly, and leaves the results of the line item active: they follow it. */
export async function deleteLineItem(
  { line: named, conditions }: Of<'deleteLineItem'>,
  at: At,
): Promise<Outcome> {
  const { lineItems } = at.context;
  const { sourcedId, line } = await locate(named, at);
  return lineItems.alone(sourcedId, at.call, async () => {
    const document = await lineItems.read(sourcedId, at.call);
    if (document === undefined || !isReachable(document, at, line))
      throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
    const isSeen = checkConditions(conditions, () => viewOf(document, at));
    meetDeletion(document, isSeen, at);
    await promiseAlignment({ from: document, to: undefined }, at);
    await lineItems.remove(sourcedId, at.call);
    return { kind: 'deleted' };
  });
}

/** @returns whether the tool has seen what stands */
function admit(operation: Save, { sourcedId, standing }: Standing, at: At): boolean {
  let isSeen = false;
  if (operation.kind === 'replaceLineItem') {
    if (standing === undefined && !operation.orCreate) throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
    isSeen = checkConditions(operation.conditions, () => standing && viewOf(standing, at));
    checkNamed(operation, { sourcedId, standing }, at);
  }
  admitLink(operation, standing, at);
  return isSeen;
}

interface Standing {
  readonly sourcedId: string;
  readonly standing: JsonObject | undefined;
}

function admitLink(operation: Save, standing: JsonObject | undefined, at: At): void {
  const { lens, resourceLinks } = at.context;
  // AGS §3.2.9: the link must exist in the context, otherwise 404.
  const link = own(operation.lineItem, 'resourceLinkId');
  if (resourceLinks === 'any' || typeof link !== 'string' || resourceLinks.has(link)) return;
  if (standing !== undefined && lens.read(standing, '/resourceLinkId') === link) return;
  throw new GradebridgeError('RESOURCE_LINK_NOT_FOUND');
}

/** A tool may not change an id (AGS §3.2.6): one in the body must be a name of the line item that the path names. */
function checkNamed({ named }: Of<'replaceLineItem'>, { sourcedId, standing }: Standing, at: At): void {
  if (named === undefined || mayMean(named, sourcedId, at.caller)) return;
  if ('url' in named && standing !== undefined && urlOf(standing) === named.url) return;
  throw invalid('id', 'Must be the id of the line item that the path names, or be left out.');
}

/** In AGS the resource link of a line item cannot change (§3.2.6); leaving it out leaves it as it is. */
function settleLink(operation: Save, standing: JsonObject | undefined, at: At): JsonObject {
  if (operation.kind === 'createLineItem' || !operation.keepsLink || standing === undefined)
    return operation.lineItem;
  const before = at.context.lens.read(standing, '/resourceLinkId');
  const link = own(operation.lineItem, 'resourceLinkId');
  if (link !== undefined && link !== before) throw invalid('resourceLinkId', 'Cannot be changed.');
  return before === undefined ? operation.lineItem : { ...operation.lineItem, resourceLinkId: before };
}

/** On a lower scale, grades could fall below the minimum that a school has set; nothing is known to be right for them then. */
function checkMaximum(standing: JsonObject, document: JsonObject, { context: { lens } }: At): void {
  const minimum = minimumOf(document) ?? 0;
  const [before, after] = [standing, document].map((one) => Number(lens.read(one, '/scoreMaximum')));
  if (minimum <= 0 || Number(after) >= Number(before)) return;
  throw invalid('scoreMaximum', `Cannot be lowered: the line item has a minimum of ${minimum} in OneRoster.`);
}

function invalid(member: string, message: string): GradebridgeError {
  return new GradebridgeError('INVALID_LINE_ITEM', {
    issues: [{ pointer: `/${member}`, code: 'invalid', message }],
  });
}

/**
 * A new line item carries the marks of its tool; one that stands is given back those that somebody has cleared. Of one that was deleted
 * nothing comes back but its id.
 */
function baseOf(operation: Save, { sourcedId, found, deleted, line }: Target, at: At): JsonObject {
  if (found !== undefined && !('url' in line) && operation.kind === 'replaceLineItem') return found;
  const once = operation.kind === 'createLineItem' ? operation.once : undefined;
  return markedBase({
    sourcedId,
    tool: keptNames(at.caller).tool,
    url: 'url' in line ? line.url : undefined,
    once: once && digestOf(once.said),
    others: deleted && nextGeneration(deleted, formatInstant(at.ports.clock()) ?? ''),
    standing: found,
  });
}

interface Target {
  readonly sourcedId: string;
  readonly found: JsonObject | undefined;
  readonly deleted: JsonObject | undefined;
  readonly line: LineItemReference;
}

/** A line item as faces show it. The URL of another platform is a name for the tool and context that gave it, and for no other. */
export function viewOf(document: JsonObject, at: At): LineItemView {
  const sourcedId = sourcedIdOf(document) ?? '';
  const url = urlFor(document, sourcedId, at.caller);
  const { document: lineItem } = at.context.lens.toAgs(document);
  return { sourcedId, lineItem, ...(url !== undefined && { url }) };
}

/** A line item as the outcome of an operation. */
export function outcomeOf(document: JsonObject, at: At, how: 'read' | 'created' | 'replaced'): Outcome {
  const view = viewOf(document, at);
  return { kind: 'lineItem', how, view, etag: tagOf(view) };
}
