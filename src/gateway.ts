import { GradebridgeError } from './core/errors.ts';
import { markedBase, nameBasedId, ownerOf, sourcedIdOf, urlOf } from './core/identity.ts';
import { equal, type JsonObject, own } from './core/json.ts';
import type { Lens, Note } from './core/lens.ts';
import type {
  Caller,
  LineItemFilter,
  LineItemReference,
  LineItemView,
  Operation,
  Outcome,
} from './core/operation.ts';
import { cutPage } from './core/paging.ts';
import { checkConditions, isReachable, tagOf, writable } from './core/policy.ts';
import { inToolWords } from './core/refusal.ts';

/** One call's share of the request's time and name. */
export interface Call {
  readonly requestId: string;
  /** Milliseconds since 1970 by which the answer must be there. */
  readonly deadline: number;
}

/** The line items of one family at one upstream. */
export interface LineItems {
  read(sourcedId: string, call: Call): Promise<JsonObject | undefined>;
  /** @returns the document as the upstream answered it, undefined when it answers without one */
  write(document: JsonObject, call: Call): Promise<JsonObject | undefined>;
  remove(sourcedId: string, call: Call): Promise<void>;
  /** All of a class, page by page, those that are deleted possibly included. */
  listOf(classId: string, call: Call): AsyncIterable<readonly JsonObject[]>;
  /** One writer at a time per object. */
  alone<Result>(sourcedId: string, work: () => Promise<Result>): Promise<Result>;
}

/** What the gateway knows of a context. */
export interface ContextPorts {
  readonly key: string;
  readonly classId: string;
  readonly ownership: 'tool' | 'class';
  readonly resourceLinks: ReadonlySet<string> | 'any';
  readonly lens: Lens;
  readonly lineItems: LineItems;
  /** What `$context.NAME` stands for, looked up where it is not configured. */
  placement(call: Call): Promise<JsonObject>;
}

export interface GatewayPorts {
  contextOf(key: string): ContextPorts;
  readonly clock: () => number;
  readonly newId: () => string;
  /** The most line items in one answer. */
  readonly pageCap: number;
  /** Told what each mapping did, for logs and for people. */
  readonly observe?: (caller: Caller, call: Call, notes: readonly Note[]) => void;
}

export interface Gateway {
  /** @throws GradebridgeError of the catalogue */
  perform(operation: Operation, caller: Caller, call: Call): Promise<Outcome>;
}

/** The main path: each operation from the tool's words to OneRoster's and back. */
export function createGateway(ports: GatewayPorts): Gateway {
  return {
    perform: (operation, caller, call) => {
      const at = { ports, caller, call, context: ports.contextOf(caller.context) };
      switch (operation.kind) {
        case 'listLineItems':
          return list(operation, at);
        case 'createLineItem':
          return save(operation, { sourcedId: ports.newId() }, at);
        case 'replaceLineItem':
          return save(operation, operation.line, at);
        case 'getLineItem':
          return get(operation.line, at);
        case 'deleteLineItem':
          return remove(operation, at);
      }
    },
  };
}

interface At {
  readonly ports: GatewayPorts;
  readonly caller: Caller;
  readonly call: Call;
  readonly context: ContextPorts;
}

type Save = Extract<Operation, { kind: 'createLineItem' | 'replaceLineItem' }>;

async function list(
  { filter, page }: Extract<Operation, { kind: 'listLineItems' }>,
  at: At,
): Promise<Outcome> {
  const { lens, lineItems, classId } = at.context;
  const wanted = Object.entries(filter) as [keyof LineItemFilter, string][];
  // A page of the upstream may shift while it is read, so that a line item arrives twice.
  const views = new Map<string, LineItemView>();
  for await (const documents of lineItems.listOf(classId, at.call)) {
    for (const document of documents) {
      if (!isReachable(document, at)) continue;
      if (!wanted.every(([member, value]) => equal(lens.read(document, `/${member}`), value))) continue;
      const view = viewOf(document, lens);
      views.set(view.sourcedId, view);
    }
  }
  const keyOf = (view: LineItemView): string => view.sourcedId;
  const cut = cutPage({ items: [...views.values()], keyOf, request: page, cap: at.ports.pageCap });
  return { kind: 'lineItems', filter, page: cut };
}

async function get(line: LineItemReference, at: At): Promise<Outcome> {
  const document = await at.context.lineItems.read(idOf(line, at), at.call);
  if (document === undefined || !isReachable(document, at, line))
    throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
  return outcomeOf(document, at, 'read');
}

/** Creates or replaces: read what stands there, write over it, and show what OneRoster made of it. */
function save(operation: Save, line: LineItemReference, at: At): Promise<Outcome> {
  const { lineItems, lens } = at.context;
  const sourcedId = idOf(line, at);
  return lineItems.alone(sourcedId, async () => {
    const isNew = operation.kind === 'createLineItem';
    const [found, context] = await Promise.all([
      isNew ? undefined : lineItems.read(sourcedId, at.call),
      at.context.placement(at.call),
    ]);
    const standing = found && writable(found, line, at);
    admit(operation, standing, at);
    const base = baseOf(sourcedId, found, line, at);
    const { document, notes } = lens.toOneRoster(operation.lineItem, {
      base,
      context,
      now: at.ports.clock(),
    });
    at.ports.observe?.(at.caller, at.call, notes);
    const answered = await inToolWords(lens, () => lineItems.write(document, at.call));
    if (answered !== undefined && ownerOf(answered) !== ownerOf(document)) {
      throw new GradebridgeError('UPSTREAM_DROPS_METADATA');
    }
    return outcomeOf(answered ?? document, at, standing === undefined ? 'created' : 'replaced');
  });
}

function remove(
  { line, conditions }: Extract<Operation, { kind: 'deleteLineItem' }>,
  at: At,
): Promise<Outcome> {
  const { lineItems, lens } = at.context;
  const sourcedId = idOf(line, at);
  return lineItems.alone(sourcedId, async () => {
    const document = await lineItems.read(sourcedId, at.call);
    if (document === undefined || !isReachable(document, at, line))
      throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
    checkConditions(conditions, viewOf(document, lens));
    await lineItems.remove(sourcedId, at.call);
    return { kind: 'deleted' };
  });
}

function admit(operation: Save, standing: JsonObject | undefined, at: At): void {
  const { lens, resourceLinks } = at.context;
  if (operation.kind === 'replaceLineItem') {
    if (standing === undefined && !operation.orCreate) throw new GradebridgeError('LINE_ITEM_NOT_FOUND');
    checkConditions(operation.conditions, standing && viewOf(standing, lens));
  }
  // AGS §3.2.9: the link must exist in the context, otherwise 404.
  const link = own(operation.lineItem, 'resourceLinkId');
  if (resourceLinks === 'any' || typeof link !== 'string' || resourceLinks.has(link)) return;
  if (standing !== undefined && lens.read(standing, '/resourceLinkId') === link) return;
  throw new GradebridgeError('RESOURCE_LINK_NOT_FOUND');
}

/** A new line item carries the marks of its tool; one that stands is given back those that somebody has cleared. */
function baseOf(
  sourcedId: string,
  found: JsonObject | undefined,
  line: LineItemReference,
  at: At,
): JsonObject {
  if (found !== undefined && !('url' in line)) return found;
  const url = 'url' in line ? line.url : undefined;
  return markedBase({ sourcedId, tool: at.caller.tool, url, standing: found });
}

function idOf(line: LineItemReference, { caller }: At): string {
  return 'url' in line ? nameBasedId(caller.tool, caller.context, line.url) : line.sourcedId;
}

function viewOf(document: JsonObject, lens: Lens): LineItemView {
  const url = urlOf(document);
  return {
    sourcedId: sourcedIdOf(document) ?? '',
    lineItem: lens.toAgs(document).document,
    ...(url !== undefined && { url }),
  };
}

function outcomeOf(document: JsonObject, at: At, how: 'read' | 'created' | 'replaced'): Outcome {
  const view = viewOf(document, at.context.lens);
  return { kind: 'lineItem', how, view, etag: tagOf(view) };
}
