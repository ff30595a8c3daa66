import type { Call } from '../core/call.ts';
import { OPEN_STATES } from '../core/delivery.ts';
import { canonical, isSafeSourcedId, ownerOf, referenceOf, sourcedIdOf, urlOf } from '../core/identity.ts';
import { equal, type JsonObject } from '../core/json.ts';
import type { Lens } from '../core/lens.ts';
import { isActive } from '../core/status.ts';
import type { Receipts, ToldLine } from '../core/told.ts';
import type { ComparedContext } from './ports.ts';

/** A line item of a class, and what tools were told of it. */
export interface Column {
  readonly id: string;
  /** As it stands in OneRoster; absent when the list of its class does not show it, and it was not read by itself. */
  readonly document: JsonObject | undefined;
  readonly stands: 'active' | 'deleted' | 'absent' | 'elsewhere';
  /** The tool that made it; undefined when it is the school's own. */
  readonly owner: string | undefined;
  readonly url: string | undefined;
  readonly told: Told;
}

/** Deliveries for one line item. */
export interface Told {
  readonly waiting: number;
  readonly failed: number;
  readonly acknowledged: number;
  /** By which its receipts are asked for. */
  readonly keys: readonly string[];
  readonly tools: readonly string[];
}

/** Every line item of a class that somebody may count on. */
export interface Columns {
  /** In the order of their ids. */
  readonly all: readonly Column[];
  readonly byId: ReadonlyMap<string, Column>;
  /** The ids of line items of one tool for one thing, by the id of each. */
  readonly twins: ReadonlyMap<string, readonly string[]>;
  /** The ids of those that stand, by what they are for. */
  readonly byThing: ReadonlyMap<string, readonly string[]>;
}

/** The id of an object that was read: `idOf({ sourcedId: 'li-1' })`. */
export function idOf(document: JsonObject): string {
  return sourcedIdOf(document) ?? '';
}

/**
 * Reads the line items of a class. Those that only receipts are about are named as well, and not read.
 *
 * @throws GradebridgeError UPSTREAM_…, CONTEXT_UNRESOLVED, STORE_UNAVAILABLE
 */
export async function readColumns(
  context: ComparedContext,
  receipts: Receipts,
  callOf: () => Call,
): Promise<Columns> {
  const told = toldByLine(await receipts.lines(context.key));
  const found = new Map<string, JsonObject>();
  // A line item that moves while it is read comes twice.
  for await (const documents of context.lineItems.everOf(context.classId, callOf())) {
    for (const document of documents)
      if (referenceOf(document, 'class') === context.classId && isSafeSourcedId(idOf(document)))
        found.set(idOf(document), document);
  }
  const ids = [...new Set([...found.keys(), ...told.keys()])].sort((left, right) => (left < right ? -1 : 1));
  const all = ids.map((id) => columnOf(id, found.get(id), { told: told.get(id), context }));
  const byThing = groupsOf(all, context);
  const twins = [...byThing.values()].filter(({ length }) => length > 1);
  return {
    all,
    byId: new Map(all.map((column) => [column.id, column])),
    twins: new Map(twins.flatMap((group) => group.map((id) => [id, group] as const))),
    byThing,
  };
}

/**
 * A line item that the list did not show, read by itself: some services leave out what is deleted, and it may have another class.
 *
 * @throws GradebridgeError UPSTREAM_…
 */
export async function readAlone(column: Column, context: ComparedContext, call: Call): Promise<Column> {
  const { id, document, told } = column;
  if (document !== undefined || !isSafeSourcedId(id)) return column;
  return columnOf(id, await context.lineItems.read(id, call), { told, context });
}

const NOTHING_TOLD: Told = { waiting: 0, failed: 0, acknowledged: 0, keys: [], tools: [] };

function columnOf(
  id: string,
  document: JsonObject | undefined,
  { told = NOTHING_TOLD, context }: { readonly told: Told | undefined; readonly context: ComparedContext },
): Column {
  const owner = document === undefined ? told.tools[0] : ownerOf(document);
  const url = document && urlOf(document);
  return { id, document, stands: standing(document, context), owner, url, told };
}

function standing(document: JsonObject | undefined, { classId }: ComparedContext): Column['stands'] {
  if (document === undefined) return 'absent';
  if (referenceOf(document, 'class') !== classId) return 'elsewhere';
  return isActive(document) ? 'active' : 'deleted';
}

function toldByLine(lines: readonly ToldLine[]): Map<string, Told> {
  const told = new Map<string, Told>();
  for (const { key, lineItem, tool, state, count } of lines) {
    const before = told.get(lineItem) ?? NOTHING_TOLD;
    const isOpen = OPEN_STATES.some((open) => open === state);
    const isTaken = state === 'acknowledged' || state === 'verified';
    told.set(lineItem, {
      waiting: before.waiting + (isOpen ? count : 0),
      failed: before.failed + (state === 'failed' ? count : 0),
      acknowledged: before.acknowledged + (isTaken ? count : 0),
      keys: before.keys.includes(key) ? before.keys : [...before.keys, key],
      tools: before.tools.includes(tool) ? before.tools : [...before.tools, tool],
    });
  }
  // What was superseded or given up is counted on by nobody.
  for (const [id, { waiting, failed, acknowledged }] of told)
    if (waiting + failed + acknowledged === 0) told.delete(id);
  return told;
}

/** By these a tool finds its line item again (AGS §3.2.9 to §3.2.11): two of one tool with the same are one too many. */
const NAMES = ['resourceLinkId', 'resourceId', 'tag'] as const;

/** What a line item of a tool is for; undefined when it is for nothing in particular. */
export function thingOf(document: JsonObject, lens: Lens): string | undefined {
  const owner = ownerOf(document);
  const names = NAMES.map((name) => lens.read(document, `/${name}`) ?? null);
  if (owner === undefined || (names[0] === null && names[1] === null)) return undefined;
  return canonical([owner, ...names]);
}

/** Whether two line items show the same to people, too: another label may well be another column for the same resource. */
export function looksSame(left: JsonObject, right: JsonObject, lens: Lens): boolean {
  return ['/label', '/scoreMaximum'].every((place) => equal(lens.read(left, place), lens.read(right, place)));
}

function groupsOf(all: readonly Column[], { lens }: ComparedContext): Columns['byThing'] {
  const groups = new Map<string, string[]>();
  for (const { id, document, stands } of all) {
    const thing = document && stands === 'active' ? thingOf(document, lens) : undefined;
    if (thing !== undefined) groups.set(thing, [...(groups.get(thing) ?? []), id]);
  }
  return groups;
}
