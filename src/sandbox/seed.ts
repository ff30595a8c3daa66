import { type Context, timestamp } from './call.ts';
import { reference } from './reference.ts';
import { roster, type Seat, schoolOf } from './seed-roster.ts';
import type { Collection, Document } from './types.ts';

type Refer = (collection: Collection, sourcedId: string) => Document;

/** Fills an empty store with two schools, three classes and one line item that was made in OneRoster alone. */
export function seed(context: Context, students: number): void {
  const refer: Refer = (collection, sourcedId) => reference(context.origin, collection, sourcedId);
  const put = (collection: Collection, document: Document) => {
    context.store.put(collection, { status: 'active', dateLastModified: timestamp(context), ...document });
  };
  seedSchools(put, refer);
  seedSessions(context, put, refer);
  const { users, seats } = roster(students);
  for (const user of users) put('users', withRoles(user, refer));
  for (const seat of seats) put('enrollments', enrollment(context, seat, refer));
  seedGradebook(context, put, refer);
}

type Put = (collection: Collection, document: Document) => void;

function seedSchools(put: Put, refer: Refer): void {
  for (const [sourcedId, name] of [
    ['school-1', 'Lincoln Middle School'],
    ['school-2', 'Washington High School'],
  ]) {
    put('orgs', { sourcedId, name, type: 'school', identifier: `ORG-${sourcedId}`, children: [] });
  }
  put('courses', {
    sourcedId: 'course-1',
    title: 'Middle School Core',
    courseCode: 'CORE-1',
    grades: ['7'],
    subjects: ['Math', 'Science'],
    org: refer('orgs', 'school-1'),
  });
  for (const [sourcedId, title, subject] of classTitles) {
    put('classes', {
      sourcedId,
      title,
      classCode: sourcedId.toUpperCase(),
      classType: 'scheduled',
      location: null,
      grades: ['7'],
      subjects: [subject],
      course: refer('courses', 'course-1'),
      school: refer('orgs', schoolOf(sourcedId)),
      terms: [refer('academicSessions', 'term-1')],
    });
  }
}

function seedSessions({ profile }: Context, put: Put, refer: Refer): void {
  for (const session of [
    {
      sourcedId: 'term-1',
      title: 'Fall Term',
      type: 'term',
      children: [refer('academicSessions', 'grading-period-1')],
    },
    {
      sourcedId: 'grading-period-1',
      title: 'Fall Grading Period 1',
      type: 'gradingPeriod',
      parent: refer('academicSessions', 'term-1'),
    },
  ]) {
    put('academicSessions', { ...session, org: refer('orgs', 'school-1'), ...sessionDates[profile.name] });
  }
}

const classTitles = [
  ['class-1', 'Math 101', 'Math'],
  ['class-2', 'Science', 'Science'],
  ['class-3', 'Algebra', 'Math'],
] as const;

/** Timeback sends full date-times and a number where OneRoster 1.2 has dates and a string. */
const specDates = { startDate: '2025-08-18', endDate: '2026-01-23', schoolYear: '2026' };
const sessionDates = {
  timeback: {
    startDate: '2025-08-18T00:00:00.000Z',
    endDate: '2026-01-23T00:00:00.000Z',
    schoolYear: 2026,
  },
  spec: specDates,
  google: specDates,
};

function withRoles({ school, role, ...user }: Document, refer: Refer): Document {
  const org = refer('orgs', String(school));
  return {
    ...user,
    roles: [{ roleType: 'primary', role, org }],
    agents: [],
    userProfiles: [],
    primaryOrg: org,
  };
}

/** Timeback adds the course, and the name of the user, to what OneRoster 1.2 has in an enrollment. */
function enrollment(
  { profile }: Context,
  { user, name, classId, role, ...rest }: Seat,
  refer: Refer,
): Document {
  const extended = profile.name === 'timeback';
  return {
    sourcedId: `enrollment-${user}-${classId}`,
    role,
    primary: role === 'teacher' ? 'true' : 'false',
    beginDate: '2020-08-15',
    ...rest,
    user: { ...refer('users', user), ...(extended ? { name } : {}) },
    class: refer('classes', classId),
    school: refer('orgs', schoolOf(classId)),
    ...(extended ? { course: refer('courses', 'course-1') } : {}),
  };
}

function seedGradebook({ profile }: Context, put: Put, refer: Refer): void {
  const link: Refer = (collection, sourcedId) =>
    profile.bareReferences ? { sourcedId } : refer(collection, sourcedId);
  put('categories', { sourcedId: 'category-1', title: 'Homework' });
  put('categories', { sourcedId: 'category-2', title: 'Quizzes' });
  put('lineItems', {
    sourcedId: 'teacher-quiz',
    title: 'Chapter 3 Quiz',
    description: 'Fractions and decimals, closed book.',
    assignDate: '2025-09-08T08:00:00.000Z',
    dueDate: '2025-09-12T20:00:00.000Z',
    class: link('classes', 'class-1'),
    school: link('orgs', 'school-1'),
    category: link('categories', 'category-2'),
    gradingPeriod: link('academicSessions', 'grading-period-1'),
    resultValueMin: 0,
    resultValueMax: 20,
    learningObjectiveSet: [
      { source: 'case', learningObjectiveIds: ['7b8d1c2e-3f4a-4b5c-8d6e-9f0a1b2c3d4e'] },
    ],
    metadata: { district: { code: 'D-7' } },
  });
  put('assessmentLineItems', {
    sourcedId: 'ali-1',
    title: 'Fractions Mastery Check',
    class: refer('classes', 'class-1'),
    resultValueMin: 0,
    resultValueMax: 100,
  });
}
