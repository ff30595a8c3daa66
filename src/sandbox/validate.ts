import { isDate, isDateTime } from './dates.ts';
import type { Profile } from './profiles.ts';
import { reference, referenceType } from './reference.ts';
import type { Members, MemberType } from './shapes.ts';
import type { Collection, Document, ErrorDetail } from './types.ts';

/** A reference that was read, to be looked up once the whole request is known to be well-formed. */
export interface PendingReference {
  collection: Collection;
  sourcedId: string;
  missing: string;
}

/** What reading a body brought to light. */
export interface Findings {
  details: ErrorDetail[];
  references: PendingReference[];
}

/** Where the reader stands, and by which rules it reads. */
export interface Place {
  readonly path: string;
  readonly profile: Profile;
  readonly origin: string;
  /** References are stored as `{sourcedId}` alone. */
  readonly bare: boolean;
  /** Nothing is required at the top: a PATCH. */
  readonly partial: boolean;
  readonly findings: Findings;
}

type Reader<K extends MemberType['kind']> = (
  value: unknown,
  type: Extract<MemberType, { kind: K }>,
  place: Place,
) => unknown;

const flags = ['true', 'false'];
const statuses = ['active', 'tobedeleted'];
const scoreStatuses = ['exempt', 'fully graded', 'not submitted', 'partially graded', 'submitted'];
const extension = /^ext:[A-Za-z0-9._-]+$/;
const objectiveSource = /^\/?[a-z0-9]+$/;

const readers: { [K in MemberType['kind']]: Reader<K> } = {
  string: (value, _type, place) => expect(typeof value === 'string', 'string', { value, place }),
  id: (value, _type, place) =>
    expect(typeof value === 'string' && value !== '', 'non-empty string', { value, place }),
  number: (value, _type, place) => expect(Number.isFinite(value), 'number', { value, place }),
  flag: (value, _type, place) => oneOf(value, flags, place),
  status: (value, _type, place) => oneOf(value, statuses, place),
  scoreStatus: (value, _type, place) =>
    place.profile.extensions && typeof value === 'string' && extension.test(value)
      ? value
      : oneOf(value, scoreStatuses, place),
  objectiveSource: (value, _type, place) =>
    expect(
      typeof value === 'string' && (!place.profile.strict || objectiveSource.test(value)),
      'learning objective source',
      { value, place },
    ),
  metadata: (value, _type, place) => expect(isObject(value), 'object', { value, place }),
  dateTime: (value, _type, place) => readDateTime(value, place),
  scoreDate: (value, _type, place) => readScoreDate(value, place),
  reference: readReference,
  list: readList,
  object: (value, type, place) =>
    isObject(value)
      ? readMembers(value, type.members, { ...place, partial: false })
      : fail(place, mismatch('object', value)),
};

/**
 * Reads an object by its member table: known members are checked and converted to the form they are stored in,
 * unknown ones dropped or, by a strict profile, refused. Every problem goes to `place.findings`; nothing is thrown.
 *
 * @example readMembers({ title: 'Quiz' }, shapes.categories.members, place) // { title: 'Quiz' }, "status: Required"
 */
export function readMembers(value: Document, members: Members, place: Place): Document {
  const document: Document = {};
  for (const [name, row] of Object.entries(members)) {
    if (row.only && !row.only.includes(place.profile.name)) continue;
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    const required = row.required?.includes(place.profile.name) ?? false;
    if (given === undefined && (!required || place.partial)) continue;
    const nullable = place.profile.nulls && !required && !row.solid;
    const read = readMember(given, row.type, { ...place, nullable, path: `${place.path}.${name}` });
    if (read !== undefined) document[name] = read;
  }
  if (place.profile.strict) refuseUnknown(value, members, place);
  return document;
}

/** Whether a JSON value is an object and not an array. */
export function isObject(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readMember(value: unknown, type: MemberType, place: Place & { nullable: boolean }): unknown {
  if (value === undefined) return fail(place, 'Required');
  if (value === null && place.nullable) return null;
  return readValue(value, type, place);
}

function readValue(value: unknown, type: MemberType, place: Place): unknown {
  const reader = readers[type.kind] as Reader<MemberType['kind']>;
  return reader(value, type as never, place);
}

function refuseUnknown(value: Document, members: Members, place: Place): void {
  for (const name of Object.keys(value)) {
    const row = Object.hasOwn(members, name) ? members[name] : undefined;
    const known = row !== undefined && (row.only?.includes(place.profile.name) ?? true);
    if (!known) fail({ ...place, path: `${place.path}.${name}` }, 'Unrecognized member');
  }
}

function readDateTime(value: unknown, place: Place): unknown {
  if (typeof value !== 'string' || !isDateTime(value)) return fail(place, mismatch('date-time', value));
  if (place.profile.utcOnly && !value.endsWith('Z')) return fail(place, 'Expected a date-time in UTC (Z)');
  return place.profile.normalisesDates ? new Date(value).toISOString() : value;
}

function readScoreDate(value: unknown, place: Place): unknown {
  const form = place.profile.scoreDate;
  if (form !== 'date-time' && typeof value === 'string' && isDate(value)) return value;
  return form === 'date' ? fail(place, mismatch('date (YYYY-MM-DD)', value)) : readDateTime(value, place);
}

const strictReference: Members = {
  href: { type: { kind: 'id' }, required: ['spec'] },
  sourcedId: { type: { kind: 'id' }, required: ['timeback', 'spec', 'google'] },
  type: { type: { kind: 'id' }, required: ['spec'] },
};

function readReference(
  value: unknown,
  type: Extract<MemberType, { kind: 'reference' }>,
  place: Place,
): unknown {
  if (!isObject(value)) return fail(place, mismatch('object', value));
  const given = readMembers(value, strictReference, { ...place, partial: false });
  const sourcedId = given['sourcedId'];
  if (typeof sourcedId !== 'string') return undefined;
  if (!type.to) return given;
  const expected = referenceType(type.to);
  if (place.profile.strict && given['type'] !== undefined && given['type'] !== expected) {
    fail({ ...place, path: `${place.path}.type` }, `Expected '${expected}'`);
  }
  place.findings.references.push({ collection: type.to, sourcedId, missing: type.missing ?? 'Not found.' });
  if (place.profile.strict) return given;
  return place.bare ? { sourcedId } : reference(place.origin, type.to, sourcedId);
}

function readList(value: unknown, type: Extract<MemberType, { kind: 'list' }>, place: Place): unknown {
  if (!Array.isArray(value)) return fail(place, mismatch('array', value));
  if (value.length < type.min) return fail(place, `Expected at least ${type.min} item`);
  return value.map((item, index) => readValue(item, type.of, { ...place, path: `${place.path}.${index}` }));
}

function oneOf(value: unknown, allowed: readonly string[], place: Place): unknown {
  if (typeof value === 'string' && allowed.includes(value)) return value;
  return fail(place, `Expected one of ${allowed.map((item) => `'${item}'`).join(', ')}`);
}

function expect(holds: boolean, what: string, { value, place }: { value: unknown; place: Place }): unknown {
  return holds ? value : fail(place, mismatch(what, value));
}

function mismatch(expected: string, value: unknown): string {
  const received = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  return `Expected ${expected}, received ${received}`;
}

function fail(place: Place, message: string): undefined {
  place.findings.details.push({ path: place.path, message });
  return undefined;
}
