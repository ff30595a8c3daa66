import { isEarlier, type Line, scaleAt } from '../core/alignment.ts';
import { scaleExactly } from '../core/decimal.ts';
import { GradebridgeError } from '../core/errors.ts';
import { ownerOf, referenceOf, sourcedIdOf } from '../core/identity.ts';
import type { JsonObject } from '../core/json.ts';
import { maximumOf } from '../core/maximum.ts';
import { isToolOf } from '../core/names.ts';
import type { Operation, Outcome, ResultView } from '../core/operation.ts';
import { cutPage } from '../core/paging.ts';
import type { GradebookResult } from '../core/result.ts';
import { isActive } from '../core/status.ts';
import { alignmentOf } from './alignment.ts';
import { readOwn, viewOf } from './line-items.ts';
import type { At } from './ports.ts';
import { scoredAt } from './standing.ts';

/** The results of a line item as the gradebook holds them now, whoever wrote them (AGS §3.3): one for each student. */
export async function readResults(
  { line: named, userId, page }: Extract<Operation, { kind: 'readResults' }>,
  at: At,
): Promise<Outcome> {
  const document = await readOwn(named, at);
  const lineItem = viewOf(document, at);
  const studentId = userId === undefined ? undefined : await studentOf(userId, at);
  const maximum = maximumOf(at.context.lens, document);
  const shown = Number(lineItem.lineItem['scoreMaximum']);
  const scoreMaximum = typeof maximum === 'number' ? maximum : undefined;
  // Before the results, so that none is met on its new scale by what was known of its old one.
  const line = { lineItem: document, scoreMaximum, alignment: await alignmentOf(document, at), shown };
  const latest = studentId === null ? [] : await latestOf(line, studentId, at);
  const views = await Promise.all(latest.map((standing) => viewResult(standing, line, at)));
  const cut = cutPage({
    items: views.flatMap((view) => view ?? []),
    keyOf: (view: ResultView) => view.userId,
    request: page,
    cap: at.ports.pageCap,
  });
  return { kind: 'results', line: lineItem, page: cut, ...(userId !== undefined && { userId }) };
}

/** A user that nobody knows has no result: that is an empty list, not an error (AGS §3.3.4). Who has left still has one. */
async function studentOf(userId: string, at: At): Promise<string | null> {
  try {
    return (await at.context.peopleOf(at.caller.tool).anyoneFor(userId, at.call)) ?? null;
  } catch (error) {
    if (error instanceof GradebridgeError && error.code.startsWith('USER_')) return null;
    throw error;
  }
}

interface Standing {
  readonly studentId: string;
  /** The tool that wrote the result. */
  readonly writer: string | undefined;
  readonly document: JsonObject;
  readonly result: GradebookResult;
}

/** OneRoster may hold several results of one student in one line item; the one that was scored last is the grade. */
async function latestOf(line: Line, studentId: string | undefined, at: At): Promise<readonly Standing[]> {
  const { results, resultLens, classId } = at.context;
  const lineItemId = sourcedIdOf(line.lineItem) ?? '';
  const byStudent = new Map<string, { readonly scored: number; readonly document: JsonObject }>();
  for await (const documents of results.listOf({ classId, lineItemId, studentId }, at.call)) {
    for (const document of documents) {
      const student = referenceOf(document, 'student');
      if (student === undefined || (studentId !== undefined && student !== studentId)) continue;
      if (!isActive(document) || isEarlier(document, resultLens.toAgs(document).document, line)) continue;
      const scored = scoredAt(document, resultLens);
      const other = byStudent.get(student);
      if (other === undefined || other.scored <= scored) byStudent.set(student, { scored, document });
    }
  }
  return [...byStudent].map(([student, { document }]) => ({
    studentId: student,
    writer: ownerOf(document),
    document,
    result: resultLens.toAgs(document).document,
  }));
}

interface ShownLine extends Line {
  /** What the tool is shown in place of no maximum. */
  readonly shown: number;
}

/** The score on a maximum, by the one that it stands on: a result may have yet to follow its line item. */
function scoreOn(
  maximum: number,
  scale: number | undefined,
  { resultScore }: GradebookResult,
): number | undefined {
  if (typeof resultScore !== 'number') return undefined;
  return scale === undefined || scale === maximum ? resultScore : scaleExactly(resultScore, maximum, scale);
}

/** The members of an AGS result; those that are not set are left out, and a student without any score is skipped. */
async function viewResult(
  { studentId, writer, document, result }: Standing,
  line: ShownLine,
  at: At,
): Promise<ResultView | undefined> {
  const scale = scaleAt(document, result, line);
  // Where OneRoster has no maximum, a score stands on the scale that it was written for, and is shown on that.
  const scoreMaximum = line.scoreMaximum ?? scale ?? line.shown;
  const resultScore = scoreOn(scoreMaximum, scale, result);
  const { comment, scoringUserId, timestamp } = result;
  if (resultScore === undefined && typeof comment !== 'string') return undefined;
  // What another tool called the student means nothing, or somebody else, to this one.
  const said =
    writer !== undefined && isToolOf(writer, at.caller) && typeof result['userId'] === 'string'
      ? result['userId']
      : undefined;
  const userId = (await at.context.peopleOf(at.caller.tool).userFor(studentId, said, at.call)) ?? said;
  if (userId === undefined) return undefined;
  return {
    userId,
    result: {
      ...(resultScore !== undefined && { resultScore }),
      resultMaximum: scoreMaximum,
      ...(typeof comment === 'string' && { comment }),
      ...(typeof scoringUserId === 'string' && { scoringUserId }),
      ...(typeof timestamp === 'string' && { timestamp }),
    },
  };
}
