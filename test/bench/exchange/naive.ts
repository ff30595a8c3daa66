/** The mapping as it is written in five minutes: the members that everybody knows, nothing checked, nothing kept. */
import { LINE_ITEM, type SCORE } from './documents.ts';

export type LineItem = Omit<typeof LINE_ITEM, 'submissionReview' | 'https://quizzer.example/difficulty'>;

export interface OneRosterLineItem {
  readonly sourcedId: string;
  readonly title: string;
  readonly assignDate: string;
  readonly dueDate: string;
  readonly resultValueMax: number;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export function toOneRoster(lineItem: LineItem, found: OneRosterLineItem): OneRosterLineItem {
  return {
    ...found,
    title: lineItem.label,
    assignDate: new Date(lineItem.startDateTime).toISOString(),
    dueDate: new Date(lineItem.endDateTime).toISOString(),
    resultValueMax: lineItem.scoreMaximum,
    metadata: {
      ...found.metadata,
      ltiResourceId: lineItem.resourceId,
      ltiTag: lineItem.tag,
      ltiResourceLinkId: lineItem.resourceLinkId,
      ltiGradesReleased: lineItem.gradesReleased,
    },
  };
}

export function toLti({
  sourcedId,
  title,
  assignDate,
  dueDate,
  resultValueMax,
  metadata,
}: OneRosterLineItem) {
  return {
    id: sourcedId,
    label: title,
    scoreMaximum: resultValueMax,
    startDateTime: assignDate,
    endDateTime: dueDate,
    resourceId: metadata['ltiResourceId'],
    tag: metadata['ltiTag'],
    resourceLinkId: metadata['ltiResourceLinkId'],
    gradesReleased: metadata['ltiGradesReleased'],
  };
}

export interface OneRosterResult {
  readonly sourcedId: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The id that a bridge gives the result of a student. */
export function resultIdOf(lineItemId: string, { userId }: typeof SCORE): string {
  return `${lineItemId}-${userId}`;
}

/** A score as it is put over the result that stands; the bridge has the maximum of the line item in mind. */
export function toResult(score: typeof SCORE, found: OneRosterResult): object {
  return {
    ...found,
    score: (score.scoreGiven * LINE_ITEM.scoreMaximum) / score.scoreMaximum,
    scoreStatus: score.gradingProgress === 'FullyGraded' ? 'fully graded' : 'partially graded',
    scoreDate: new Date(score.timestamp).toISOString(),
    comment: score.comment,
    student: { sourcedId: score.userId },
    metadata: { ...found.metadata, ltiActivityProgress: score.activityProgress },
  };
}
