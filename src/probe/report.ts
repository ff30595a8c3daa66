import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { PROFILES, type ProfileName } from '../upstream/profile.ts';
import type { Cleaned } from './cleaning.ts';
import { profileNames } from './forms.ts';
import type { RowReport } from './row.ts';
import type { Subject } from './subject.ts';
import type { Found } from './suite.ts';

/** What the probe has found: the shape of its `--json`. */
export interface ProbeReport {
  readonly version: 1;
  readonly command: 'probe';
  /** Whether all that the gateway needs is there, and nothing was left behind. */
  readonly ok: boolean;
  /** Why the suite did not come to its end. */
  readonly stopped?: string;
  readonly probedAt: string;
  readonly upstream: string;
  readonly class: string;
  readonly family: string;
  readonly profile: {
    readonly configured: ProfileName;
    readonly fit: readonly ProfileName[];
    /** Absent when none fits. */
    readonly suggested?: ProfileName;
  };
  /** What follows for `upstreams.NAME` of the configuration; members that are right already stand there as well. */
  readonly suggestion: JsonObject;
  readonly rows: readonly RowReport[];
  /** Addresses of objects that could not be taken away. */
  readonly leftBehind: readonly string[];
  /** Line items that were taken away for earlier runs. */
  readonly swept: number;
}

export interface Particulars {
  readonly upstream: string;
  readonly subject: Subject;
  readonly now: number;
}

/** Puts together what was found. Pure. */
export function reportOf(
  { rows, stopped }: Found,
  { leftBehind, swept }: Cleaned,
  { upstream, subject, now }: Particulars,
): ProbeReport {
  const profile = profileFor(rows, subject.profile);
  const { suggested } = profile;
  return {
    version: 1,
    command: 'probe',
    ok: stopped === undefined && leftBehind.length === 0 && !rows.some(isLacking),
    ...(stopped && { stopped: stopped.message }),
    probedAt: new Date(now).toISOString(),
    upstream,
    class: subject.classId,
    family: subject.family,
    profile,
    suggestion: suggestionOf(rows, suggested),
    rows,
    leftBehind,
    swept,
  };
}

/** True for a row that keeps the gateway from working, or may. */
export function isLacking({ verdict, needed }: RowReport): boolean {
  return verdict === 'missing' || (verdict === 'unknown' && needed);
}

/** The configured profile when it fits: nothing is changed without need. */
function profileFor(rows: readonly RowReport[], configured: ProfileName): ProbeReport['profile'] {
  const fit = profileNames().filter((name) =>
    rows.some(({ id, outcome }) => id === `profile.${name}` && outcome === 'fits'),
  );
  const suggested = fit.includes(configured) ? configured : fit[0];
  return { configured, fit, ...(suggested !== undefined && { suggested }) };
}

function suggestionOf(rows: readonly RowReport[], suggested: ProfileName | undefined): JsonObject {
  let suggestion: JsonObject = suggested === undefined ? {} : { profile: suggested };
  for (const { configuration = {} } of rows) suggestion = merge(suggestion, configuration);
  const auth = suggestion['auth'];
  if (!isObject(auth) || suggested === undefined || auth['scope'] !== PROFILES[suggested].scope)
    return suggestion;
  // The profile says it already.
  const { scope: _said, ...others } = auth;
  const { auth: _auth, ...rest } = suggestion;
  return Object.keys(others).length === 0 ? rest : { ...rest, auth: others };
}

function merge(below: JsonObject, above: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...below };
  for (const [member, value] of Object.entries(above)) {
    const before = merged[member];
    merged[member] = isObject(before) && isObject(value) ? merge(before, value) : value;
  }
  return merged;
}
