import type { Collection, GradebookCollection, SandboxProfile } from './types.ts';

/** What a member may hold. */
export type MemberType =
  | {
      kind:
        | 'string'
        | 'id'
        | 'number'
        | 'dateTime'
        | 'scoreDate'
        | 'flag'
        | 'status'
        | 'scoreStatus'
        | 'objectiveSource'
        | 'metadata';
    }
  /** `to` is absent where the referred object lives in a service that the sandbox does not have. */
  | { kind: 'reference'; to?: Collection; missing?: string }
  | { kind: 'list'; of: MemberType; min: number }
  | { kind: 'object'; members: Members };

export interface MemberRow {
  type: MemberType;
  /** Profiles that refuse an object without it. */
  required?: readonly SandboxProfile[];
  /** Never `null`, not even where a profile allows that of optional members. */
  solid?: true;
  /** Profiles that know it; all if absent. */
  only?: readonly SandboxProfile[];
}

export type Members = Readonly<Record<string, MemberRow>>;

export interface Shape {
  /** Envelope of a single object. */
  single: string;
  /** Description of the 404. */
  missing: string;
  area: 'gradebook' | 'assessment';
  members: Members;
}

const everywhere: readonly SandboxProfile[] = ['timeback', 'spec', 'google'];
const bySpec: readonly SandboxProfile[] = ['spec'];
const notGoogle: readonly SandboxProfile[] = ['timeback', 'spec'];
const atTimeback: readonly SandboxProfile[] = ['timeback'];

const text: MemberRow = { type: { kind: 'string' } };
const number: MemberRow = { type: { kind: 'number' } };
const flag: MemberRow = { type: { kind: 'flag' } };
const refs = {
  class: { type: { kind: 'reference', to: 'classes', missing: 'Class not found.' } },
  school: { type: { kind: 'reference', to: 'orgs', missing: 'School not found.' } },
  course: { type: { kind: 'reference', to: 'courses', missing: 'Course not found.' } },
  category: { type: { kind: 'reference', to: 'categories', missing: 'Category not found.' } },
  session: { type: { kind: 'reference', to: 'academicSessions', missing: 'Academic session not found.' } },
  scoreScale: { type: { kind: 'reference', to: 'scoreScales', missing: 'Score scale not found.' } },
  lineItem: { type: { kind: 'reference', to: 'lineItems', missing: 'Line item not found.' } },
  student: { type: { kind: 'reference', to: 'users', missing: 'User not found.' } },
  assessmentLineItem: {
    type: { kind: 'reference', to: 'assessmentLineItems', missing: 'Assessment line item not found.' },
  },
  resource: { type: { kind: 'reference' } },
} as const satisfies Record<string, MemberRow>;

function required(row: MemberRow, profiles: readonly SandboxProfile[] = everywhere): MemberRow {
  return { ...row, required: profiles };
}

function list(members: Members, min: number): MemberRow {
  return { type: { kind: 'list', of: { kind: 'object', members }, min } };
}

const source = required({ type: { kind: 'objectiveSource' } });

const objectives = list(
  { source, learningObjectiveIds: required({ type: { kind: 'list', of: { kind: 'string' }, min: 1 } }) },
  0,
);

const objectiveResults = list(
  {
    source,
    learningObjectiveResults: required(
      list({ learningObjectiveId: required(text), score: number, textScore: text }, 1),
    ),
  },
  0,
);

/** Members of every object; only Timeback's line item, and Google, do without a status. */
function common(statusRequired: readonly SandboxProfile[]): Members {
  return {
    sourcedId: required({ type: { kind: 'id' }, solid: true }, bySpec),
    status: required({ type: { kind: 'status' }, solid: true }, statusRequired),
    dateLastModified: required({ type: { kind: 'dateTime' }, solid: true }, bySpec),
    metadata: { type: { kind: 'metadata' } },
  };
}

/** Members that a result and an assessment result share. */
const scored: Members = {
  student: required(refs.student),
  scoreStatus: required({ type: { kind: 'scoreStatus' } }),
  scoreDate: required({ type: { kind: 'scoreDate' } }),
  score: number,
  textScore: text,
  scoreScale: refs.scoreScale,
  comment: text,
  learningObjectiveSet: objectiveResults,
  inProgress: flag,
  incomplete: flag,
  late: flag,
  missing: flag,
};

const valued: Members = {
  description: text,
  scoreScale: refs.scoreScale,
  resultValueMin: number,
  resultValueMax: number,
  learningObjectiveSet: objectives,
};

/** The objects of OneRoster 1.2 Gradebook, with what each profile requires of them. */
export const shapes: Readonly<Record<GradebookCollection, Shape>> = {
  lineItems: {
    single: 'lineItem',
    missing: 'Line item not found.',
    area: 'gradebook',
    members: {
      ...common(bySpec),
      title: required(text),
      ...valued,
      assignDate: required({ type: { kind: 'dateTime' } }),
      dueDate: required({ type: { kind: 'dateTime' } }),
      class: required(refs.class),
      school: required(refs.school),
      category: required(refs.category),
      gradingPeriod: refs.session,
      academicSession: refs.session,
    },
  },
  results: {
    single: 'result',
    missing: 'Result not found.',
    area: 'gradebook',
    members: {
      ...common(notGoogle),
      lineItem: required(refs.lineItem),
      ...scored,
      class: refs.class,
    },
  },
  categories: {
    single: 'category',
    missing: 'Category not found.',
    area: 'gradebook',
    members: { ...common(notGoogle), title: required(text), weight: number },
  },
  scoreScales: {
    single: 'scoreScale',
    missing: 'Score scale not found.',
    area: 'gradebook',
    members: {
      ...common(notGoogle),
      title: required(text),
      type: required(text),
      class: required(refs.class),
      course: refs.course,
      scoreScaleValue: required(
        list(
          {
            itemValueLHS: required(text),
            itemValueRHS: required(text),
            value: { ...text, only: atTimeback },
            description: { ...text, only: atTimeback },
          },
          1,
        ),
      ),
    },
  },
  assessmentLineItems: {
    single: 'assessmentLineItem',
    missing: 'Assessment line item not found.',
    area: 'assessment',
    members: {
      ...common(notGoogle),
      title: required(text),
      ...valued,
      class: refs.class,
      parentAssessmentLineItem: refs.assessmentLineItem,
      component: { ...refs.resource, only: atTimeback },
      componentResource: { ...refs.resource, only: atTimeback },
      course: { ...refs.course, only: atTimeback },
    },
  },
  assessmentResults: {
    single: 'assessmentResult',
    missing: 'Assessment result not found.',
    area: 'assessment',
    members: {
      ...common(notGoogle),
      assessmentLineItem: required(refs.assessmentLineItem),
      ...scored,
      scorePercentile: number,
    },
  },
};

export const gradebookCollections = Object.keys(shapes) as GradebookCollection[];
