import { type Answer, type Call, found, param } from './call.ts';
import { list, single } from './listing.ts';
import { gradebookBase, referredId } from './reference.ts';
import type { Route } from './router.ts';
import { scopesFor } from './scopes.ts';
import { gradebookCollections, shapes } from './shapes.ts';
import type { Store } from './store.ts';
import type { Document, GradebookCollection, SandboxProfile } from './types.ts';
import { type Bulk, deleteObject, patchObject, postMany, postObject, putObject } from './writes.ts';

const timebackOnly: readonly SandboxProfile[] = ['timeback'];

/** Routes that every object has: method, suffix of the path, what it does, where it exists. */
const objectRoutes: readonly {
  method: string;
  path: string;
  run: (call: Call, collection: GradebookCollection) => Answer;
  profiles?: readonly SandboxProfile[];
  areas?: readonly string[];
}[] = [
  { method: 'GET', path: '', run: (call, collection) => list(call, { key: collection, collection }) },
  { method: 'POST', path: '', run: postObject, profiles: timebackOnly },
  { method: 'GET', path: '/{id}', run: getObject },
  { method: 'PUT', path: '/{id}', run: putObject },
  { method: 'PATCH', path: '/{id}', run: patchObject, profiles: timebackOnly, areas: ['assessment'] },
  { method: 'DELETE', path: '/{id}', run: deleteObject },
];

const classOnly = [{ collection: 'classes', param: 'classId' }] as const;
const schoolOnly = [{ collection: 'orgs', param: 'schoolId' }] as const;

/** Lists below a class or a school. A parent that does not exist is a 404 with the row's words. */
const scopedLists: readonly {
  path: string;
  collection: GradebookCollection;
  parents: readonly { collection: 'classes' | 'orgs' | 'users' | 'lineItems'; param: string }[];
  missing: string;
  rows: (call: Call, store: Store) => Iterable<Document>;
  profiles?: readonly SandboxProfile[];
}[] = [
  {
    path: '/classes/{classId}/lineItems',
    collection: 'lineItems',
    parents: classOnly,
    missing: 'Class not found.',
    rows: (call, store) => store.by('lineItems', 'class', param(call, 'classId')) ?? [],
  },
  {
    path: '/classes/{classId}/results',
    collection: 'results',
    parents: classOnly,
    missing: 'Class not found.',
    rows: (call, store) => resultsOfClass(store, param(call, 'classId')),
  },
  {
    path: '/classes/{classId}/categories',
    collection: 'categories',
    parents: classOnly,
    missing: 'Class not found.',
    rows: categoriesOfClass,
  },
  {
    path: '/classes/{classId}/scoreScales',
    collection: 'scoreScales',
    parents: classOnly,
    missing: 'Class not found.',
    rows: (call, store) => store.by('scoreScales', 'class', param(call, 'classId')) ?? [],
  },
  {
    path: '/classes/{classId}/lineItems/{lineItemId}/results',
    collection: 'results',
    parents: [...classOnly, { collection: 'lineItems', param: 'lineItemId' }],
    missing: 'Class or line item not found.',
    rows: resultsOfLineItem,
  },
  {
    path: '/classes/{classId}/students/{studentId}/results',
    collection: 'results',
    parents: [...classOnly, { collection: 'users', param: 'studentId' }],
    missing: 'Class or student not found.',
    rows: resultsOfStudent,
  },
  {
    path: '/schools/{schoolId}/lineItems',
    collection: 'lineItems',
    parents: schoolOnly,
    missing: 'School not found.',
    rows: (call, store) => store.by('lineItems', 'school', param(call, 'schoolId')) ?? [],
    profiles: timebackOnly,
  },
  {
    path: '/schools/{schoolId}/scoreScales',
    collection: 'scoreScales',
    parents: schoolOnly,
    missing: 'School not found.',
    rows: scoreScalesOfSchool,
  },
];

/** The four bulk POSTs of OneRoster 1.2. `exist` are the path's parameters and the collections they must be found in. */
const bulkRoutes: readonly {
  path: string;
  bulk: Bulk;
  exist: Readonly<Record<string, 'classes' | 'orgs' | 'lineItems' | 'academicSessions'>>;
  missing: string;
}[] = [
  {
    path: '/classes/{classId}/lineItems',
    bulk: { collection: 'lineItems', parents: { class: 'classId' } },
    exist: { classId: 'classes' },
    missing: 'Class not found.',
  },
  {
    path: '/schools/{schoolId}/lineItems',
    bulk: { collection: 'lineItems', parents: { school: 'schoolId' } },
    exist: { schoolId: 'orgs' },
    missing: 'School not found.',
  },
  {
    path: '/lineItems/{lineItemId}/results',
    bulk: { collection: 'results', parents: { lineItem: 'lineItemId' } },
    exist: { lineItemId: 'lineItems' },
    missing: 'Line item not found.',
  },
  {
    path: '/classes/{classId}/academicSessions/{sessionId}/results',
    bulk: { collection: 'results', parents: { class: 'classId' } },
    exist: { classId: 'classes', sessionId: 'academicSessions' },
    missing: 'Class or academic session not found.',
  },
];

/** The Gradebook service: the operations of OneRoster 1.2, and those that Timeback adds. */
export const gradebookRoutes: readonly Route[] = [
  ...gradebookCollections.flatMap((collection) =>
    objectRoutes
      .filter(({ areas }) => areas?.includes(shapes[collection].area) ?? true)
      .map(({ method, path, run, profiles }) => ({
        method,
        path: `${gradebookBase}/${collection}${path}`,
        scopes: scopesFor(shapes[collection].area, method, true),
        run: (call: Call) => run(call, collection),
        ...(profiles ? { profiles } : {}),
      })),
  ),
  ...scopedLists.map(({ path, collection, parents, missing, rows, profiles }) => ({
    method: 'GET',
    path: gradebookBase + path,
    scopes: scopesFor('gradebook', 'GET', false),
    run: (call: Call) => {
      const { store } = call.context;
      for (const parent of parents) found(store.get(parent.collection, param(call, parent.param)), missing);
      return list(call, { key: collection, collection, rows: rows(call, store) });
    },
    ...(profiles ? { profiles } : {}),
  })),
  ...bulkRoutes.map(({ path, bulk, exist, missing }) => ({
    method: 'POST',
    path: gradebookBase + path,
    scopes: scopesFor('gradebook', 'POST', false),
    run: (call: Call) => {
      for (const [name, collection] of Object.entries(exist)) {
        found(call.context.store.get(collection, param(call, name)), missing);
      }
      return postMany(call, bulk);
    },
  })),
];

function getObject(call: Call, collection: GradebookCollection): Answer {
  const shape = shapes[collection];
  const document = found(call.context.store.get(collection, param(call, 'id')), shape.missing);
  return single(call, shape.single, { collection, document });
}

function* resultsOfClass(store: Store, classId: string): Iterable<Document> {
  for (const lineItem of store.by('lineItems', 'class', classId) ?? []) {
    yield* store.by('results', 'lineItem', String(lineItem['sourcedId'])) ?? [];
  }
}

function resultsOfLineItem(call: Call, store: Store): Iterable<Document> {
  const lineItem = store.get('lineItems', param(call, 'lineItemId'));
  const inClass = lineItem && referredId(lineItem, 'class') === param(call, 'classId');
  found(inClass ? lineItem : undefined, 'Class or line item not found.');
  return store.by('results', 'lineItem', param(call, 'lineItemId')) ?? [];
}

function resultsOfStudent(call: Call, store: Store): Iterable<Document> {
  const rows = Array.from(store.by('results', 'student', param(call, 'studentId')) ?? []);
  return rows.filter((row) => {
    const lineItem = store.get('lineItems', referredId(row, 'lineItem') ?? '');
    return lineItem !== undefined && referredId(lineItem, 'class') === param(call, 'classId');
  });
}

/** No rule for a class's categories is published: those that its line items use, or simply all. */
function categoriesOfClass(call: Call, store: Store): Iterable<Document> {
  if (call.context.profile.classCategories === 'all') return store.all('categories');
  const used = new Set<string | undefined>();
  for (const lineItem of store.by('lineItems', 'class', param(call, 'classId')) ?? []) {
    used.add(referredId(lineItem, 'category'));
  }
  return Array.from(store.all('categories')).filter((row) => used.has(row['sourcedId'] as string));
}

function scoreScalesOfSchool(call: Call, store: Store): Iterable<Document> {
  const classes = Array.from(store.by('classes', 'school', param(call, 'schoolId')) ?? []);
  return classes.flatMap((row) =>
    Array.from(store.by('scoreScales', 'class', String(row['sourcedId'])) ?? []),
  );
}
