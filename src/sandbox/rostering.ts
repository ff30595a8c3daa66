import { type Answer, type Call, found, param } from './call.ts';
import { list, single } from './listing.ts';
import type { Profile } from './profiles.ts';
import { referredId, rosteringBase } from './reference.ts';
import type { Route } from './router.ts';
import { scopesFor } from './scopes.ts';
import type { Store } from './store.ts';
import type { Document, RosteringCollection } from './types.ts';

type Test = (document: Document) => boolean;
type Key = string | ((profile: Profile) => string);

/** The views on the rostering collections: `{path}` lists, `{path}/{id}` reads one. */
const views: readonly {
  path: string;
  collection: RosteringCollection;
  key: Key;
  single?: Key;
  missing: string;
  holds?: Test;
}[] = [
  { path: 'classes', collection: 'classes', key: 'classes', single: 'class', missing: 'Class not found.' },
  { path: 'orgs', collection: 'orgs', key: 'orgs', single: 'org', missing: 'Organization not found.' },
  {
    path: 'schools',
    collection: 'orgs',
    key: 'orgs',
    single: 'org',
    missing: 'School not found.',
    holds: (row) => row['type'] === 'school',
  },
  { path: 'courses', collection: 'courses', key: 'courses', single: 'course', missing: 'Course not found.' },
  {
    path: 'academicSessions',
    collection: 'academicSessions',
    key: 'academicSessions',
    single: 'academicSession',
    missing: 'Academic session not found.',
  },
  {
    path: 'terms',
    collection: 'academicSessions',
    key: (profile) => profile.keys.terms,
    single: (profile) => profile.keys.term,
    missing: 'Term not found.',
    holds: (row) => row['type'] === 'term',
  },
  {
    path: 'gradingPeriods',
    collection: 'academicSessions',
    key: (profile) => profile.keys.gradingPeriods,
    missing: 'Grading period not found.',
    holds: (row) => row['type'] === 'gradingPeriod',
  },
  { path: 'users', collection: 'users', key: 'users', single: 'user', missing: 'User not found.' },
  {
    path: 'students',
    collection: 'users',
    key: 'users',
    single: 'user',
    missing: 'User not found.',
    holds: (row) => hasRole(row, 'student'),
  },
  {
    path: 'teachers',
    collection: 'users',
    key: 'users',
    single: 'user',
    missing: 'User not found.',
    holds: (row) => hasRole(row, 'teacher'),
  },
  {
    path: 'enrollments',
    collection: 'enrollments',
    key: 'enrollments',
    single: 'enrollment',
    missing: 'Enrollment not found.',
  },
];

interface Parent {
  collection: RosteringCollection;
  param: string;
  missing: string;
}

const classParent: Parent = { collection: 'classes', param: 'classId', missing: 'Class not found.' };

/** Lists below one object. */
const scopedLists: readonly {
  path: string;
  collection: RosteringCollection;
  key: Key;
  parents: readonly Parent[];
  rows: (call: Call, store: Store) => Iterable<Document>;
}[] = [
  {
    path: '/classes/{classId}/students',
    collection: 'users',
    key: 'users',
    parents: [classParent],
    rows: (call, store) => usersOfClass(call, store, 'student'),
  },
  {
    path: '/classes/{classId}/teachers',
    collection: 'users',
    key: 'users',
    parents: [classParent],
    rows: (call, store) => usersOfClass(call, store, 'teacher'),
  },
  {
    path: '/schools/{schoolId}/classes/{classId}/enrollments',
    collection: 'enrollments',
    key: 'enrollments',
    parents: [{ collection: 'orgs', param: 'schoolId', missing: 'School not found.' }, classParent],
    rows: (call, store) =>
      Array.from(store.by('enrollments', 'class', param(call, 'classId')) ?? []).filter(
        (row) => referredId(row, 'school') === param(call, 'schoolId'),
      ),
  },
  {
    path: '/courses/{courseId}/classes',
    collection: 'classes',
    key: 'classes',
    parents: [{ collection: 'courses', param: 'courseId', missing: 'Course not found.' }],
    rows: (call, store) => store.by('classes', 'course', param(call, 'courseId')) ?? [],
  },
  {
    path: '/terms/{termId}/gradingPeriods',
    collection: 'academicSessions',
    key: (profile) => profile.keys.gradingPeriods,
    parents: [{ collection: 'academicSessions', param: 'termId', missing: 'Term not found.' }],
    rows: (call, store) =>
      Array.from(store.all('academicSessions')).filter(
        (row) => row['type'] === 'gradingPeriod' && referredId(row, 'parent') === param(call, 'termId'),
      ),
  },
  ...(['student', 'teacher'] as const).map((role) => ({
    path: `/${role}s/{userId}/classes`,
    collection: 'classes' as const,
    key: 'classes',
    parents: [{ collection: 'users' as const, param: 'userId', missing: 'User not found.' }],
    rows: (call: Call, store: Store) => classesOfUser(call, store, role),
  })),
];

/** The part of the Rostering service that a gradebook client reads; in OneRoster 1.2 it is read-only. */
export const rosteringRoutes: readonly Route[] = [
  ...views.flatMap((view): Route[] => [
    {
      method: 'GET',
      path: `${rosteringBase}/${view.path}`,
      scopes: scopesFor('roster', 'GET', true),
      run: (call) => listView(call, view),
    },
    ...(view.single === undefined
      ? []
      : [
          {
            method: 'GET',
            path: `${rosteringBase}/${view.path}/{id}`,
            scopes: scopesFor('roster', 'GET', true),
            run: (call: Call) => readView(call, view),
          },
        ]),
  ]),
  ...scopedLists.map(({ path, collection, key, parents, rows }) => ({
    method: 'GET',
    path: rosteringBase + path,
    scopes: scopesFor('roster', 'GET', false),
    run: (call: Call) => {
      const { store } = call.context;
      for (const parent of parents)
        found(store.get(parent.collection, param(call, parent.param)), parent.missing);
      return list(call, { key: keyFor(call, key), collection, rows: rows(call, store) });
    },
  })),
];

function listView(call: Call, { collection, key, holds }: (typeof views)[number]): Answer {
  const rows = holds ? Array.from(call.context.store.all(collection)).filter(holds) : undefined;
  return list(call, { key: keyFor(call, key), collection, ...(rows ? { rows } : {}) });
}

function readView(call: Call, view: (typeof views)[number]): Answer {
  const { collection, holds, missing } = view;
  const row = call.context.store.get(collection, param(call, 'id'));
  const document = found(row && (holds?.(row) ?? true) ? row : undefined, missing);
  return single(call, keyFor(call, view.single ?? ''), { collection, document });
}

function keyFor(call: Call, key: Key): string {
  return typeof key === 'string' ? key : key(call.context.profile);
}

function hasRole(user: Document, role: string): boolean {
  const roles = user['roles'];
  return Array.isArray(roles) && roles.some((row: Document) => row['role'] === role);
}

/** Timeback over-reports here: everybody who ever had a seat, whatever the enrollment's status. */
function usersOfClass(call: Call, store: Store, role: string): Document[] {
  const ids = new Set<string>();
  for (const row of store.by('enrollments', 'class', param(call, 'classId')) ?? []) {
    const counts = call.context.profile.roster === 'ever' || row['status'] === 'active';
    const user = referredId(row, 'user');
    if (row['role'] === role && counts && user !== undefined) ids.add(user);
  }
  return present([...ids].map((id) => store.get('users', id)));
}

function classesOfUser(call: Call, store: Store, role: string): Document[] {
  const rows = Array.from(store.by('enrollments', 'user', param(call, 'userId')) ?? []);
  const ids = rows
    .filter((row) => row['role'] === role && row['status'] === 'active')
    .map((row) => referredId(row, 'class') ?? '');
  return present([...new Set(ids)].map((id) => store.get('classes', id)));
}

function present(documents: readonly (Document | undefined)[]): Document[] {
  return documents.filter((document) => document !== undefined);
}
