import type { Collection, Document } from './types.ts';

export const gradebookBase = '/ims/oneroster/gradebook/v1p2';
export const rosteringBase = '/ims/oneroster/rostering/v1p2';

interface Home {
  base: string;
  type: string;
}

/** Where an object of a collection is served, and what a reference to it calls its type. */
const homes: Readonly<Record<Collection, Home>> = {
  lineItems: { base: gradebookBase, type: 'lineItem' },
  results: { base: gradebookBase, type: 'result' },
  categories: { base: gradebookBase, type: 'category' },
  scoreScales: { base: gradebookBase, type: 'scoreScale' },
  assessmentLineItems: { base: gradebookBase, type: 'assessmentLineItem' },
  assessmentResults: { base: gradebookBase, type: 'assessmentResult' },
  classes: { base: rosteringBase, type: 'class' },
  orgs: { base: rosteringBase, type: 'org' },
  courses: { base: rosteringBase, type: 'course' },
  academicSessions: { base: rosteringBase, type: 'academicSession' },
  users: { base: rosteringBase, type: 'user' },
  enrollments: { base: rosteringBase, type: 'enrollment' },
};

/** Rostering paths whose rows live in another collection. */
const aliases: Readonly<Record<string, Collection>> = {
  schools: 'orgs',
  terms: 'academicSessions',
  gradingPeriods: 'academicSessions',
  students: 'users',
  teachers: 'users',
};

export const collections = Object.keys(homes) as Collection[];

/** The collection of that name, or of that rostering view (`schools` lives in `orgs`); undefined if there is none. */
export function collectionNamed(name: string): Collection | undefined {
  if (Object.hasOwn(homes, name)) return name as Collection;
  return Object.hasOwn(aliases, name) ? aliases[name] : undefined;
}

/** The type that references to the collection carry: `referenceType('orgs')` is `'org'`. */
export function referenceType(collection: Collection): string {
  return homes[collection].type;
}

/**
 * The full reference of OneRoster 1.2.
 *
 * @example reference('http://127.0.0.1:8081', 'classes', 'class-1') // { href: '…/classes/class-1', sourcedId, type }
 */
export function reference(origin: string, collection: Collection, sourcedId: string): Document {
  const { base, type } = homes[collection];
  return { href: `${origin}${base}/${collection}/${encodeURIComponent(sourcedId)}`, sourcedId, type };
}

/** The sourcedId that a member of a document refers to. */
export function referredId(document: Document, member: string): string | undefined {
  const value = document[member];
  if (typeof value !== 'object' || value === null) return undefined;
  const id = (value as Document)['sourcedId'];
  return typeof id === 'string' ? id : undefined;
}
