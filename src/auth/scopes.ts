import { SCOPES, type Scope, scopeUrl } from '../core/operation.ts';

/**
 * The scopes of a space-separated list that a tool may have. Whole words only: `lineitem.readonly` holds the text
 * `lineitem` and must not grant it. Who may have `lineitem` may have `lineitem.readonly`.
 *
 * @param scope AGS's URLs; the short names of the configuration are taken as well
 * @example grantedScopes('https://purl.imsglobal.org/spec/lti-ags/scope/score', ['score']) // ['score']
 */
export function grantedScopes(scope: unknown, allowed: readonly Scope[]): readonly Scope[] {
  const words = new Set(typeof scope === 'string' ? scope.split(' ') : []);
  const entitled = new Set<Scope>(allowed.includes('lineitem') ? [...allowed, 'lineitem.readonly'] : allowed);
  return SCOPES.filter((name) => entitled.has(name) && (words.has(name) || words.has(scopeUrl(name))));
}
