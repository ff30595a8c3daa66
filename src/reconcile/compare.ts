import type { Call } from '../core/call.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { Receipts } from '../core/told.ts';
import { type Column, type Columns, readAlone, readColumns, thingOf } from './columns.ts';
import { decided, type Finding } from './finding.ts';
import { judgeColumn } from './judge-columns.ts';
import { judgeResults } from './judge-results.ts';
import type { ComparedContext, Decisions, Heard } from './ports.ts';
import { type ResultFact, readResults } from './results.ts';

export interface ComparisonParts {
  readonly context: ComparedContext;
  readonly receipts: Receipts;
  readonly heard: Heard;
  readonly decisions: Decisions;
  /** A call of its own for each step: a large class takes longer than one request may. */
  readonly callOf: () => Call;
}

/** One line item, looked at. */
export interface Looked {
  readonly column: Column;
  /** Its active results. */
  readonly results: number;
  readonly isTwin: boolean;
  readonly findings: readonly Finding[];
}

/** A class as it was when its line items were listed. */
export interface Comparison {
  readonly columns: Columns;
  /** The ids of line items that have to do with a tool, in their order: the school's own are passed over. */
  readonly ids: readonly string[];
  /** Reads the results of a line item, and says what is otherwise. */
  look(id: string): Promise<Looked | undefined>;
}

/**
 * Compares a class with what tools were told of it. Nothing is changed, and no more is kept in mind than the line items of the class and
 * what is needed of the results of those that are just looked at.
 *
 * @throws GradebridgeError UPSTREAM_…, CONTEXT_UNRESOLVED, STORE_UNAVAILABLE
 * @example const comparison = await compare(parts); await comparison.look(comparison.ids[0])
 */
export async function compare(parts: ComparisonParts): Promise<Comparison> {
  const { context, receipts, callOf } = parts;
  const columns = await readColumns(context, receipts, callOf);
  const counts = new Map<string, Promise<number>>();
  const countOf = (column: Column): Promise<number> => {
    const count = counts.get(column.id) ?? readResults(column, parts).then(activeIn);
    counts.set(column.id, count);
    return count;
  };
  return {
    columns,
    ids: columns.all.filter((column) => concernsTools(column, context)).map(({ id }) => id),
    look: async (id) => {
      const listed = columns.byId.get(id);
      if (listed === undefined) return undefined;
      const column = await readAlone(listed, context, callOf());
      const facts = await readResults(column, parts);
      // What was deleted with its line item comes back with it.
      const results = activeIn(facts) || facts.filter(({ hasEnded }) => hasEnded).length;
      counts.set(id, Promise.resolve(activeIn(facts)));
      const twins = columns.twins.get(id) ?? [];
      const keeper = await keeperOf(twins, columns, countOf);
      const asked = {
        ...{ column, results, heard: parts.heard, successor: successorOf(column, columns, context) },
        keeper: keeper?.id === id ? undefined : keeper,
      };
      const ofResults = column.stands === 'active' ? await lookAtResults(column, facts, parts) : [];
      const found = [...judgeColumn(asked, context), ...ofResults];
      const left = found.length === 0 ? NONE : await parts.decisions.read(found.map((one) => one.id));
      const findings = decided(found, left);
      return { column, results, isTwin: twins.length > 1, findings };
    },
  };
}

/** The line item that its tool has made for the same thing since one was deleted. */
function successorOf(
  { document, stands }: Column,
  { byThing }: Columns,
  { lens }: ComparedContext,
): string | undefined {
  if (document === undefined || stands !== 'deleted') return undefined;
  return byThing.get(thingOf(document, lens) ?? '')?.[0];
}

const NONE: ReadonlyMap<string, string> = new Map();

function concernsTools({ owner, told }: Column, { ownership }: ComparedContext): boolean {
  return owner !== undefined || ownership === 'class' || told.keys.length > 0;
}

function activeIn(facts: readonly ResultFact[]): number {
  return facts.filter(({ isActive }) => isActive).length;
}

async function lookAtResults(
  column: Column,
  facts: readonly ResultFact[],
  { context, receipts, callOf }: ComparisonParts,
): Promise<readonly Finding[]> {
  const told = column.told.acknowledged > 0 ? await receipts.newest(context.key, column.told.keys) : [];
  const gone = new Set<string>();
  for (const { student, isActive, tool } of facts) {
    if (student === undefined || !isActive || tool === undefined) continue;
    if (!(await isStudent(student, context, callOf()))) gone.add(student);
  }
  return judgeResults({ column, facts, told, gone }, context);
}

/** Where nobody can say who is in the class, nobody is said to have left it: all the rest can be compared. */
async function isStudent(student: string, context: ComparedContext, call: Call): Promise<boolean> {
  try {
    return await context.isStudent(student, call);
  } catch (error) {
    if (error instanceof GradebridgeError) return true;
    throw error;
  }
}

/** Of more for one thing than this, the results of the others are not counted: each is a call. */
const MOST_TWINS = 25;

/**
 * Of several line items for one thing, the one that stays: one with results before one without, one that deliveries are for, one under a
 * tool's own URL, and then the first by its id, so that it is the same one whoever asks.
 */
async function keeperOf(
  twins: readonly string[],
  { byId }: Columns,
  countOf: (column: Column) => Promise<number>,
): Promise<(Column & { readonly results: number }) | undefined> {
  const found: (Column & { readonly results: number })[] = [];
  for (const id of twins.slice(0, MOST_TWINS)) {
    const column = byId.get(id);
    if (column !== undefined) found.push({ ...column, results: await countOf(column) });
  }
  const rank = ({ results, told, url }: (typeof found)[number]): number =>
    (results > 0 ? 4 : 0) + (told.waiting + told.failed + told.acknowledged > 0 ? 2 : 0) + (url ? 1 : 0);
  return found.sort((left, right) => rank(right) - rank(left) || (left.id < right.id ? -1 : 1))[0];
}

/** Line items that are looked at together: each is a call or more. */
const AT_ONCE = 4;

/**
 * Looks at line items, some at a time, in their order.
 *
 * @example for await (const looked of walk(comparison, comparison.ids)) print(looked.findings)
 */
export async function* walk(comparison: Comparison, ids: readonly string[]): AsyncGenerator<Looked> {
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = await Promise.all(ids.slice(at, at + AT_ONCE).map(comparison.look));
    for (const looked of some) if (looked !== undefined) yield looked;
  }
}
