import { hasEndedWith } from '../core/alignment.ts';
import type { Call } from '../core/call.ts';
import { scoreTarget } from '../core/delivery.ts';
import { editsOf, ofTheGrade } from '../core/edits.ts';
import { GradebridgeError } from '../core/errors.ts';
import { generationOf } from '../core/generation.ts';
import { isSafeSourcedId, ownerOf, referenceOf, resultIdOf } from '../core/identity.ts';
import { isEmpty, type JsonObject } from '../core/json.ts';
import type { Lens } from '../core/lens.ts';
import { fingerprintOf } from '../core/result.ts';
import { isActive } from '../core/status.ts';
import { type Column, idOf } from './columns.ts';
import type { FoundPlace } from './finding.ts';
import { knowledgeOf } from './known.ts';
import type { ComparedContext, Heard } from './ports.ts';

/** What is kept in mind of one result while its line item is looked at. */
export interface ResultFact {
  readonly id: string;
  readonly student: string | undefined;
  /** The tool that wrote it. */
  readonly tool: string | undefined;
  readonly isActive: boolean;
  /** Whether it was deleted together with its line item, and would come back with it. */
  readonly hasEnded: boolean;
  /** Whether it is where the gateway itself keeps the result of the student. */
  readonly isOurs: boolean;
  readonly isGraded: boolean;
  readonly timestamp: string | undefined;
  readonly fingerprint: string | undefined;
  /** What receipts call it, when that can be told; it is guessed where the result does not say what its tool calls the student. */
  readonly target: string | undefined;
  readonly isTargetSure: boolean;
  /** Where somebody has changed the grade. */
  readonly places: readonly FoundPlace[];
}

/** Whether a result holds anything that a student could miss. */
export function isGraded(document: JsonObject, lens: Lens): boolean {
  return ['/resultScore', '/comment'].some((place) => !isEmpty(lens.read(document, place)));
}

/** The fingerprint of the score that a OneRoster result was made of. */
export function printOf(document: JsonObject, lens: Lens): string | undefined {
  const bookkeeping = lens.read(document, '/bookkeeping');
  const print = bookkeeping === undefined ? undefined : fingerprintOf({ bookkeeping });
  return typeof print === 'string' ? print : undefined;
}

export interface Looking {
  readonly context: ComparedContext;
  readonly heard: Heard;
  readonly callOf: () => Call;
}

/** Reads the results of a line item, page by page. Of one that is gone for good there are none to be had. */
export async function readResults(
  { id: lineItemId, document: lineItem, owner, told }: Column,
  { context, heard, callOf }: Looking,
): Promise<readonly ResultFact[]> {
  const facts = new Map<string, ResultFact>();
  if (!isSafeSourcedId(lineItemId)) return [];
  const call = callOf();
  const generation = lineItem && generationOf(lineItem);
  try {
    for await (const documents of context.results.listOf({ classId: context.classId, lineItemId }, call)) {
      for (const document of documents) {
        if (!isSafeSourcedId(idOf(document))) continue;
        const fact = factOf(document, { lineItemId, lineItem, generation }, { context, heard });
        const about = { tool: fact.tool ?? owner, lineItemId };
        // Without receipts there is nothing to hold it against.
        const target = told.acknowledged > 0 ? await targetOf(document, about, { context, callOf }) : UNKNOWN;
        facts.set(fact.id, { ...fact, ...target });
      }
    }
  } catch (error) {
    if (!(error instanceof GradebridgeError) || error.code !== 'CONTEXT_UNRESOLVED') throw error;
  }
  return [...facts.values()];
}

interface Place {
  readonly lineItemId: string;
  readonly lineItem: JsonObject | undefined;
  readonly generation: string | undefined;
}

function factOf(
  document: JsonObject,
  { lineItemId, lineItem, generation }: Place,
  { context: { resultLens }, heard }: Omit<Looking, 'callOf'>,
): ResultFact {
  const [id, student, timestamp] = [
    idOf(document),
    referenceOf(document, 'student'),
    resultLens.read(document, '/timestamp'),
  ];
  const edits = isActive(document) ? ofTheGrade(editsOf(resultLens.plan, document)) : [];
  const question = { lens: resultLens, document, edits, heard: edits.length === 0 ? [] : heard.written(id) };
  return {
    id,
    student,
    tool: ownerOf(document),
    isActive: isActive(document),
    hasEnded: lineItem !== undefined && hasEndedWith(document, lineItem),
    isOurs: student !== undefined && id === resultIdOf(lineItemId, student, generation),
    isGraded: isGraded(document, resultLens),
    timestamp: typeof timestamp === 'string' ? timestamp : undefined,
    fingerprint: printOf(document, resultLens),
    ...UNKNOWN,
    places: edits.length === 0 ? [] : knowledgeOf(question).places,
  };
}

type Target = Pick<ResultFact, 'target' | 'isTargetSure'>;

const UNKNOWN: Target = { target: undefined, isTargetSure: false };

/** What the receipts of a result's score are kept under: by what its tool called the student. */
async function targetOf(
  document: JsonObject,
  { tool, lineItemId }: { readonly tool: string | undefined; readonly lineItemId: string },
  { context, callOf }: Omit<Looking, 'heard'>,
): Promise<Target> {
  const student = referenceOf(document, 'student');
  if (tool === undefined || student === undefined) return UNKNOWN;
  const said = context.resultLens.read(document, '/userId');
  const userId = typeof said === 'string' ? said : await context.userOf(tool, student, callOf());
  if (userId === undefined) return UNKNOWN;
  const { upstream, key } = context;
  return {
    target: scoreTarget({ upstream, tool, context: key, lineItemId, userId }),
    isTargetSure: typeof said === 'string',
  };
}
