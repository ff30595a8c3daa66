const prefix = 'https://purl.imsglobal.org/spec/or/v1p2/scope/';

/** Scopes of OneRoster 1.2 Gradebook and Rostering. */
const known: ReadonlySet<string> = new Set(
  [
    'gradebook.readonly',
    'gradebook-core.readonly',
    'gradebook.createput',
    'gradebook.createpost',
    'gradebook.delete',
    'assessment.readonly',
    'assessment.createput',
    'assessment.delete',
    'roster.readonly',
    'roster-core.readonly',
    'roster-demographics.readonly',
  ].map((name) => prefix + name),
);

export type Area = 'gradebook' | 'assessment' | 'roster';

const actions: Readonly<Record<string, string>> = {
  PUT: 'createput',
  POST: 'createpost',
  PATCH: 'createput',
  DELETE: 'delete',
};

/**
 * The scopes of which one is enough for an operation. The `-core` scopes cover only what is not read through a class,
 * a school or another parent.
 *
 * @example scopesFor('gradebook', 'GET', true) // ['…/gradebook.readonly', '…/gradebook-core.readonly']
 */
export function scopesFor(area: Area, method: string, core: boolean): readonly string[] {
  const action = actions[method];
  if (action) return [`${prefix}${area}.${action}`];
  const names =
    core && area !== 'assessment' ? [`${area}.readonly`, `${area}-core.readonly`] : [`${area}.readonly`];
  return names.map((name) => prefix + name);
}

/** The scopes of a space-separated list (RFC 6749 §3.3); undefined if one of them is not a OneRoster 1.2 scope. */
export function parseScopes(text: string): ReadonlySet<string> | undefined {
  const scopes = text.split(' ').filter((scope) => scope !== '');
  return scopes.every((scope) => known.has(scope)) ? new Set(scopes) : undefined;
}
