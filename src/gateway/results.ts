import { GradebridgeError } from '../core/errors.ts';
import { referenceOf } from '../core/identity.ts';
import { type JsonObject, own } from '../core/json.ts';
import type { Operation, Outcome, ResultView } from '../core/operation.ts';
import { cutPage } from '../core/paging.ts';
import { type GradebookResult, scoreOnScale } from '../core/result.ts';
import { viewOf } from './line-items.ts';
import type { At } from './ports.ts';
import { reachableLineItem } from './scores.ts';

/** The results of a line item as the gradebook holds them now, whoever wrote them (AGS §3.3): one for each student. */
export async function readResults(
  { line, userId, page }: Extract<Operation, { kind: 'readResults' }>,
  at: At,
): Promise<Outcome> {
  const lineItem = viewOf(await reachableLineItem(line, at), at);
  const studentId = userId === undefined ? undefined : await studentOf(userId, at);
  const latest = studentId === null ? [] : await latestOf(lineItem.sourcedId, studentId, at);
  const scoreMaximum = Number(lineItem.lineItem['scoreMaximum']);
  const views = await Promise.all(latest.map((standing) => viewResult(standing, scoreMaximum, at)));
  const cut = cutPage({
    items: views.flatMap((view) => view ?? []),
    keyOf: (view: ResultView) => view.userId,
    request: page,
    cap: at.ports.pageCap,
  });
  return { kind: 'results', line: lineItem, page: cut, ...(userId !== undefined && { userId }) };
}

/** A user that is no student of the class has no result: that is an empty list, not an error (AGS §3.3.4). */
async function studentOf(userId: string, at: At): Promise<string | null> {
  try {
    return await at.context.peopleOf(at.caller.tool).studentFor(userId, at.call);
  } catch (error) {
    if (error instanceof GradebridgeError && error.code.startsWith('USER_')) return null;
    throw error;
  }
}

interface Standing {
  readonly studentId: string;
  readonly result: GradebookResult;
}

/** OneRoster may hold several results of one student in one line item; the one that was scored last is the grade. */
async function latestOf(
  lineItemId: string,
  studentId: string | undefined,
  at: At,
): Promise<readonly Standing[]> {
  const { results, resultLens, classId } = at.context;
  const byStudent = new Map<string, { readonly scored: string; readonly document: JsonObject }>();
  for await (const documents of results.listOf({ classId, lineItemId, studentId }, at.call)) {
    for (const document of documents) {
      const student = referenceOf(document, 'student');
      if (student === undefined || (studentId !== undefined && student !== studentId)) continue;
      if (own(document, 'status') === 'tobedeleted') continue;
      const scored = String(document['scoreDate'] ?? '');
      const other = byStudent.get(student);
      if (other === undefined || other.scored <= scored) byStudent.set(student, { scored, document });
    }
  }
  return [...byStudent].map(([student, { document }]) => ({
    studentId: student,
    result: resultLens.toAgs(document).document,
  }));
}

/** The members of an AGS result; those that are not set are left out, and a student without any score is skipped. */
async function viewResult(
  { studentId, result }: Standing,
  scoreMaximum: number,
  at: At,
): Promise<ResultView | undefined> {
  const resultScore = scoreOnScale(result, scoreMaximum);
  const { comment, scoringUserId, timestamp } = result;
  if (resultScore === undefined && typeof comment !== 'string') return undefined;
  const userId =
    (await at.context.peopleOf(at.caller.tool).userFor(studentId, at.call)) ?? own(result, 'userId');
  if (typeof userId !== 'string') return undefined;
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
