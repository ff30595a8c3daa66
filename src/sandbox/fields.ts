import { shapes } from './shapes.ts';
import type { Collection, GradebookCollection } from './types.ts';

/** How a member compares in a filter and sorts in a list. */
export type FieldKind = 'text' | 'number' | 'date' | 'reference' | 'metadata' | 'other';

type Fields = Readonly<Record<string, FieldKind>>;

const kinds: Readonly<Record<string, FieldKind>> = {
  number: 'number',
  dateTime: 'date',
  scoreDate: 'date',
  reference: 'reference',
  metadata: 'metadata',
  list: 'other',
  object: 'other',
};

const common: Fields = { sourcedId: 'text', status: 'text', dateLastModified: 'date', metadata: 'metadata' };

/** OneRoster 1.2 Rostering, with Timeback's additions; the gradebook's fields come from its shapes. */
const rosteringFields: Readonly<Partial<Record<Collection, Fields>>> = {
  classes: {
    ...fields('text', 'title classCode classType location grades subjects subjectCodes periods'),
    ...fields('reference', 'course school terms resources'),
  },
  orgs: { ...fields('text', 'name type identifier'), ...fields('reference', 'parent children') },
  courses: {
    ...fields('text', 'title courseCode grades subjects subjectCodes level gradingScheme'),
    ...fields('reference', 'org academicSession schoolYear resources'),
  },
  academicSessions: {
    ...fields('text', 'title type schoolYear'),
    ...fields('date', 'startDate endDate'),
    ...fields('reference', 'parent children org'),
  },
  users: {
    ...fields('text', 'userMasterIdentifier username enabledUser givenName familyName middleName'),
    ...fields('text', 'preferredFirstName preferredMiddleName preferredLastName pronouns'),
    ...fields('text', 'identifier email grades sms phone'),
    ...fields('reference', 'userIds roles agents userProfiles primaryOrg resources demographics'),
  },
  enrollments: {
    ...fields('text', 'role primary'),
    ...fields('date', 'beginDate endDate'),
    ...fields('reference', 'user class school course'),
  },
};

/** The kind of a collection's member; undefined if objects of the collection have no such member. */
export function fieldKind(collection: Collection, name: string): FieldKind | undefined {
  if (Object.hasOwn(common, name)) return common[name];
  const known = rosteringFields[collection];
  if (known) return Object.hasOwn(known, name) ? known[name] : undefined;
  const members = shapes[collection as GradebookCollection].members;
  const row = Object.hasOwn(members, name) ? members[name] : undefined;
  return row && (kinds[row.type.kind] ?? 'text');
}

function fields(kind: FieldKind, names: string): Fields {
  return Object.fromEntries(names.split(' ').map((name) => [name, kind]));
}
