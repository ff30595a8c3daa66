import { isEmpty, isObject, type Json, type JsonObject, own } from '../core/json.ts';
import { asNumber } from '../core/numbers.ts';

/** The two families of OneRoster collections that hold line items and results, and the names of their objects. */
export const FAMILIES = {
  lineItems: { lineItem: 'lineItem', results: 'results', result: 'result' },
  assessmentLineItems: {
    lineItem: 'assessmentLineItem',
    results: 'assessmentResults',
    result: 'assessmentResult',
  },
} as const;
export type Family = keyof typeof FAMILIES;

/** How a OneRoster service deviates: rows, so that a further service is a row and not a branch. */
export interface Profile {
  /** The largest `limit` that the service takes. */
  readonly pageSize: number;
  /** Spec-strict services want `{ href, sourcedId, type }`; Timeback documents only the id on write. */
  readonly references: 'id' | 'full';
  /** Whether the writer gives dateLastModified, which OneRoster 1.2 requires of every object. */
  readonly dated: boolean;
  /** OneRoster 1.2 has absent fields where Timeback has null. */
  readonly nulls: boolean;
  /** Members that are a date where Timeback has a date-time (OneRoster 1.2, Result). */
  readonly dates: ReadonlySet<string>;
  readonly scope?: string;
}

const GRADEBOOK_SCOPES = ['gradebook.readonly', 'gradebook.createput', 'gradebook.delete'];
const SCOPES = [
  ...GRADEBOOK_SCOPES,
  'assessment.readonly',
  'assessment.createput',
  'assessment.delete',
  'roster.readonly',
];

export type ProfileName = 'timeback' | 'oneroster-1.2';

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  timeback: { pageSize: 3000, references: 'id', dated: false, nulls: true, dates: new Set() },
  'oneroster-1.2': {
    pageSize: 1000,
    references: 'full',
    dated: true,
    nulls: false,
    dates: new Set(['scoreDate']),
    scope: SCOPES.map((name) => `https://purl.imsglobal.org/spec/or/v1p2/scope/${name}`).join(' '),
  },
};

/** Members that refer to another object: its GUIDRef type and where it is read (OneRoster 1.2, §GUIDRef). */
const REFERENCES: Readonly<
  Record<
    string,
    { readonly type: string; readonly service: 'rostering' | 'gradebook'; readonly path: string }
  >
> = {
  class: { type: 'class', service: 'rostering', path: 'classes' },
  school: { type: 'org', service: 'rostering', path: 'schools' },
  category: { type: 'category', service: 'gradebook', path: 'categories' },
  gradingPeriod: { type: 'academicSession', service: 'rostering', path: 'gradingPeriods' },
  academicSession: { type: 'academicSession', service: 'rostering', path: 'academicSessions' },
  scoreScale: { type: 'scoreScale', service: 'gradebook', path: 'scoreScales' },
  lineItem: { type: 'lineItem', service: 'gradebook', path: 'lineItems' },
  assessmentLineItem: { type: 'assessmentLineItem', service: 'gradebook', path: 'assessmentLineItems' },
  student: { type: 'user', service: 'rostering', path: 'users' },
  parentAssessmentLineItem: { type: 'assessmentLineItem', service: 'gradebook', path: 'assessmentLineItems' },
};

export interface Dressing {
  readonly profile: Profile;
  /** URLs of the two services, without a trailing slash. */
  readonly services: Readonly<Record<'rostering' | 'gradebook', string>>;
  readonly now: () => number;
}

/**
 * A document in the form that the service's profile wants on write.
 *
 * @param asNull members of which a null is sent to a service, too, that has absent fields instead
 * @example dress({ class: { sourcedId: 'c' } }, dressing).class // { sourcedId: 'c', type: 'class', href: 'https://…' }
 */
export function dress(
  document: JsonObject,
  { profile, services, now }: Dressing,
  asNull?: ReadonlySet<string>,
): JsonObject {
  const numbered = withNumbers(document);
  if (profile.references === 'id' && !profile.dated && profile.nulls) return numbered;
  const members = Object.entries(numbered)
    .filter(([member, value]) => profile.nulls || value !== null || asNull?.has(member))
    .map(([member, value]): [string, Json] => {
      if (profile.dates.has(member) && typeof value === 'string') return [member, value.slice(0, 10)];
      return [member, profile.references === 'full' ? fullReference(member, value, services) : value];
    });
  const dated = profile.dated ? { dateLastModified: new Date(now()).toISOString() } : {};
  return { ...Object.fromEntries(members), ...dated };
}

/** What OneRoster 1.2 has as numbers: a service may answer them as texts, and is not sure to take them so. */
const NUMBERS = ['resultValueMin', 'resultValueMax', 'score', 'scorePercentile', 'weight'] as const;

function withNumbers(document: JsonObject): JsonObject {
  let numbered = document;
  for (const member of NUMBERS) {
    const value = document[member];
    if (typeof value === 'string') numbered = { ...numbered, [member]: asNumber(value) };
  }
  return numbered;
}

function fullReference(member: string, value: Json, services: Dressing['services']): Json {
  const reference = Object.hasOwn(REFERENCES, member) ? REFERENCES[member] : undefined;
  if (reference === undefined || !isObject(value)) return value;
  const id = own(value, 'sourcedId');
  if (typeof id !== 'string' || (!isEmpty(own(value, 'href')) && !isEmpty(own(value, 'type')))) return value;
  const href = `${services[reference.service]}/${reference.path}/${encodeURIComponent(id)}`;
  return { href, sourcedId: id, type: reference.type };
}
