import type { SandboxProfile } from './types.ts';

/** How one dialect deviates: every difference between the profiles that is not the presence of a route or a member. */
export interface Profile {
  readonly name: SandboxProfile;
  /** Every reference needs `href`, `sourcedId` and `type`, and no schema but `metadata` takes unknown members. */
  readonly strict: boolean;
  /** Optional members may be `null`. */
  readonly nulls: boolean;
  readonly scoreDate: 'date' | 'date-time' | 'either';
  /** Date-times must be sent in UTC. */
  readonly utcOnly: boolean;
  /** Date-times are stored as UTC with milliseconds, whatever they were sent as. */
  readonly normalisesDates: boolean;
  /** Gradebook references are read back as `{sourcedId}` alone. */
  readonly bareReferences: boolean;
  /** `scoreStatus` takes `ext:…` values. */
  readonly extensions: boolean;
  readonly limitMax: number;
  readonly deletedInLists: boolean;
  readonly putAnswer: { readonly create: number; readonly update: number; readonly body: boolean };
  readonly pagingInBody: boolean;
  readonly scopes: 'ignored' | 'honoured';
  readonly pairs: 'by-count' | 'array';
  /** A taken id in a POST: refused, or replaced because the spec calls the supplied id provisional. */
  readonly takenId: 'refuse' | 'replace';
  readonly unknownFields: 'ignore' | 'refuse';
  readonly filter: 'timeback' | 'spec';
  readonly minorCodes: { readonly filter: string; readonly selection: string };
  /** `/classes/{id}/students`: everybody who was ever enrolled, or those with an active enrollment. */
  readonly roster: 'ever' | 'active';
  readonly classCategories: 'used' | 'all';
  readonly keys: { readonly term: string; readonly terms: string; readonly gradingPeriods: string };
}

const spec: Profile = {
  name: 'spec',
  strict: true,
  nulls: false,
  scoreDate: 'date',
  utcOnly: true,
  normalisesDates: false,
  bareReferences: false,
  extensions: true,
  limitMax: Number.MAX_SAFE_INTEGER,
  deletedInLists: true,
  putAnswer: { create: 201, update: 201, body: false },
  pagingInBody: false,
  scopes: 'honoured',
  pairs: 'array',
  takenId: 'replace',
  unknownFields: 'refuse',
  filter: 'spec',
  minorCodes: { filter: 'invalid_filter_field', selection: 'invalid_selection_field' },
  roster: 'active',
  classCategories: 'used',
  keys: { term: 'academicSession', terms: 'academicSessions', gradingPeriods: 'academicSessions' },
};

/**
 * What Google Workspace's OneRoster 1.2 conformance notebook accepts. It reads `/classes/{id}/categories` before
 * there is any line item and wants it non-empty, hence all categories.
 */
const google: Profile = {
  ...spec,
  name: 'google',
  strict: false,
  nulls: true,
  scoreDate: 'either',
  utcOnly: false,
  deletedInLists: false,
  putAnswer: { create: 201, update: 200, body: true },
  unknownFields: 'ignore',
  classCategories: 'all',
};

/** Timeback OpenAPI, and what is known of its production service. */
const timeback: Profile = {
  name: 'timeback',
  strict: false,
  nulls: true,
  scoreDate: 'date-time',
  utcOnly: false,
  normalisesDates: true,
  bareReferences: true,
  extensions: false,
  limitMax: 3000,
  deletedInLists: true,
  putAnswer: { create: 201, update: 201, body: true },
  pagingInBody: true,
  scopes: 'ignored',
  pairs: 'by-count',
  takenId: 'refuse',
  unknownFields: 'ignore',
  filter: 'timeback',
  minorCodes: { filter: 'invaliddata', selection: 'invaliddata' },
  roster: 'ever',
  classCategories: 'used',
  keys: { term: 'term', terms: 'terms', gradingPeriods: 'gradingPeriods' },
};

export const profiles: Readonly<Record<SandboxProfile, Profile>> = { timeback, spec, google };
