import type { Call } from '../core/call.ts';
import { editsOf, ofTheGrade } from '../core/edits.ts';
import { GradebridgeError } from '../core/errors.ts';
import { ownerOf, referenceOf, resultIdOf } from '../core/identity.ts';
import { equal, type JsonObject } from '../core/json.ts';
import { keepsMetadata } from '../core/policy.ts';
import { isActive } from '../core/status.ts';
import { idOf, thingOf } from './columns.ts';
import type { ComparisonParts } from './compare.ts';
import type { FindingKind, Repair } from './finding.ts';
import { knowledgeOf, putBack } from './known.ts';
import type { RepairPlan } from './plan.ts';
import type { ComparedContext, ComparedObjects } from './ports.ts';
import { isGraded, printOf } from './results.ts';

/** A turn that work has to have. */
export interface TurnOf {
  readonly sourcedId: string;
  readonly objects: {
    alone<Result>(sourcedId: string, call: Call, work: () => Promise<Result>): Promise<Result>;
  };
}

/** Does one repair, in the turns that it names, in their order: two repairs, or a repair and a score, never wait for each other. */
export interface Mender {
  readonly turns: readonly TurnOf[];
  /** @throws GradebridgeError NO_LONGER_SO before anything is written */
  readonly run: (call: Call) => Promise<void>;
}

type Task = ComparisonParts & { readonly plan: RepairPlan };
type Work = (task: Task, call: Call) => Promise<void>;

const WORK: Readonly<Partial<Record<`${FindingKind} ${Repair}`, Work>>> = {
  'lineItemGone revive': reviveLineItem,
  'lineItemChanged restore': restoreLineItem,
  'lineItemDoubled remove': removeLineItem,
  'lineItemOrphaned remove': removeLineItem,
  'resultMissing revive': reviveResult,
  'resultChanged restore': restoreResult,
  'resultDoubled remove': removeResult,
};

/** @example const { turns, run } = menderOf(plan, parts) */
export function menderOf(plan: RepairPlan, parts: ComparisonParts): Mender {
  const { finding, offer } = plan;
  const { lineItems, results } = parts.context;
  const { lineItem, result, beside } = finding;
  const others = beside === undefined ? [] : [beside];
  const turns =
    result === undefined
      ? [lineItem, ...others].sort().map((sourcedId) => ({ sourcedId, objects: lineItems }))
      : turnsOfResult(finding, [result, ...others]).map((sourcedId) => ({ sourcedId, objects: results }));
  const work = WORK[`${finding.kind} ${offer.repair}`];
  return {
    turns,
    run: async (call) => {
      if (work === undefined) throw new GradebridgeError('NOT_REPAIRABLE');
      await work({ ...parts, plan }, call);
    },
  };
}

/** Our own id stands for the student in the line item, and its turn is taken before any other, as scores do. */
function turnsOfResult({ lineItem, student }: RepairPlan['finding'], ids: readonly string[]): string[] {
  const seat = student === undefined ? [] : [resultIdOf(lineItem, student)];
  return [...new Set([...seat, ...[...ids].sort()])];
}

function noLongerSo(): GradebridgeError {
  return new GradebridgeError('NO_LONGER_SO');
}

/** @throws GradebridgeError NO_LONGER_SO unless it is still so */
function must(isSo: boolean): asserts isSo {
  if (!isSo) throw noLongerSo();
}

/** Writes a document, and reads it back. @throws GradebridgeError REPAIR_NOT_KEPT */
async function writeAndSee(
  objects: ComparedObjects,
  document: JsonObject,
  { call, isDone }: { readonly call: Call; readonly isDone: (standing: JsonObject) => boolean },
): Promise<void> {
  const answered = await objects.write(document, call);
  if (!keepsMetadata(document, answered)) throw new GradebridgeError('UPSTREAM_DROPS_METADATA');
  const standing = await objects.read(idOf(document), call);
  if (standing === undefined || !isDone(standing)) throw new GradebridgeError('REPAIR_NOT_KEPT');
}

async function removeAndSee(objects: ComparedObjects, sourcedId: string, call: Call): Promise<void> {
  await objects.remove(sourcedId, call);
  const standing = await objects.read(sourcedId, call);
  if (standing !== undefined && isActive(standing)) throw new GradebridgeError('REPAIR_NOT_KEPT');
}

async function reviveLineItem({ context, plan }: Task, call: Call): Promise<void> {
  const found = await context.lineItems.read(plan.finding.lineItem, call);
  must(found !== undefined && !isActive(found) && referenceOf(found, 'class') === context.classId);
  must(ownerOf(found) === plan.finding.tool);
  const to = await context.align({ from: found, to: { ...found, status: 'active' } }, call);
  await writeAndSee(context.lineItems, to, { call, isDone: isActive });
}

async function restoreLineItem({ context, heard, plan }: Task, call: Call): Promise<void> {
  const { lens, lineItems } = context;
  const document = await lineItems.read(plan.finding.lineItem, call);
  must(document !== undefined && isActive(document));
  const edits = editsOf(lens.plan, document);
  const { known } = knowledgeOf({ lens, document, edits, heard: heard.written(idOf(document)) });
  must(
    known.length > 0 &&
      isPlanned(
        plan,
        known.map(({ row }) => row.oneroster),
      ),
  );
  const to = await context.align({ from: document, to: putBack(document, known) }, call);
  const isDone = (standing: JsonObject): boolean => {
    const left = editsOf(lens.plan, standing);
    return known.every(({ row }) => !left.includes(row));
  };
  await writeAndSee(lineItems, to, { call, isDone });
}

/** What is put back is what was shown to the person who decided, and nothing that was edited since. */
function isPlanned({ steps }: RepairPlan, places: readonly string[]): boolean {
  return equal([...(steps[0]?.places ?? [])].sort(), [...places].sort());
}

/**
 * Takes away a line item that holds nothing. A score may come between the look at its results and the deletion: it is looked at once
 * more, and brought back when one has.
 */
async function removeLineItem({ context, receipts, plan }: Task, call: Call): Promise<void> {
  const { lineItems, lens, key } = context;
  const { lineItem, beside, kind, tool } = plan.finding;
  const document = await lineItems.read(lineItem, call);
  must(document !== undefined && isActive(document) && ownerOf(document) === tool);
  must(referenceOf(document, 'class') === context.classId);
  if (kind === 'lineItemOrphaned') must(tool !== undefined && !context.isUsing(tool));
  else {
    const other = beside === undefined ? undefined : await lineItems.read(beside, call);
    must(other !== undefined && isActive(other) && referenceOf(other, 'class') === context.classId);
    must(thingOf(other, lens) === thingOf(document, lens));
  }
  must(!(await hasResults(context, lineItem, call)));
  const told = await receipts.lines(key);
  must(!told.some((line) => line.lineItem === lineItem && COUNTED_ON.has(line.state)));
  await removeAndSee(lineItems, lineItem, call);
  if (!(await hasResults(context, lineItem, call))) return;
  await lineItems.write(document, call);
  throw noLongerSo();
}

const COUNTED_ON: ReadonlySet<string> = new Set([
  'accepted',
  'sent',
  'held',
  'failed',
  'acknowledged',
  'verified',
]);

async function hasResults(
  { results, classId }: ComparedContext,
  lineItemId: string,
  call: Call,
): Promise<boolean> {
  try {
    for await (const documents of results.listOf({ classId, lineItemId }, call))
      if (documents.some(isActive)) return true;
  } catch (error) {
    // A service may know of no results below what it has just deleted.
    if (!(error instanceof GradebridgeError) || error.code !== 'CONTEXT_UNRESOLVED') throw error;
  }
  return false;
}

async function reviveResult({ context, receipts, plan }: Task, call: Call): Promise<void> {
  const { results, resultLens, key } = context;
  const { result = '', student, tool, lineItem, delivery } = plan.finding;
  const found = await results.read(result, call);
  must(found !== undefined && !isActive(found));
  must(referenceOf(found, 'student') === student && ownerOf(found) === tool);
  if (delivery !== undefined) {
    const lines = (await receipts.lines(key)).filter((line) => line.lineItem === lineItem);
    const told = await receipts.newest(
      key,
      lines.map((line) => line.key),
    );
    must(told.some(({ id, fingerprint }) => id === delivery && fingerprint === printOf(found, resultLens)));
  }
  if (!plan.offer.isOwnDecision) must(!(await hasOther({ context, plan }, call)));
  await writeAndSee(results, { ...found, status: 'active' }, { call, isDone: isActive });
}

/** Whether another result of the student is active, of which the person who decided was not told. */
async function hasOther({ context, plan }: Pick<Task, 'context' | 'plan'>, call: Call): Promise<boolean> {
  const { result, student, lineItem: lineItemId } = plan.finding;
  const place = { classId: context.classId, lineItemId, studentId: student };
  for await (const documents of context.results.listOf(place, call)) {
    const isOther = (document: JsonObject): boolean =>
      isActive(document) && idOf(document) !== result && referenceOf(document, 'student') === student;
    if (documents.some(isOther)) return true;
  }
  return false;
}

async function restoreResult({ context, heard, plan }: Task, call: Call): Promise<void> {
  const { resultLens: lens, results } = context;
  const document = await results.read(plan.finding.result ?? '', call);
  must(document !== undefined && isActive(document));
  const edits = ofTheGrade(editsOf(lens.plan, document));
  const { known } = knowledgeOf({ lens, document, edits, heard: heard.written(idOf(document)) });
  must(
    known.length > 0 &&
      isPlanned(
        plan,
        known.map(({ row }) => row.oneroster),
      ),
  );
  const isDone = (standing: JsonObject): boolean => {
    const left = editsOf(lens.plan, standing);
    return known.every(({ row }) => !left.includes(row));
  };
  await writeAndSee(results, putBack(document, known), { call, isDone });
}

async function removeResult({ context, plan }: Task, call: Call): Promise<void> {
  const { results, resultLens } = context;
  const { result = '', beside = '', student } = plan.finding;
  const [document, ours] = [await results.read(result, call), await results.read(beside, call)];
  must(document !== undefined && isActive(document) && ours !== undefined && isActive(ours));
  must([document, ours].every((one) => referenceOf(one, 'student') === student));
  // It may have been graded since the person looked at it.
  must(plan.offer.isOwnDecision || !isGraded(document, resultLens));
  await removeAndSee(results, result, call);
}
