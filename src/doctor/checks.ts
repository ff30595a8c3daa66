import type { Config } from '../config/config.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Call } from '../core/call.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { Dressing } from '../upstream/profile.ts';
import type { Register } from '../upstream/register.ts';
import type { Credentials, Upstream } from '../upstream/upstream.ts';

/** An upstream, as far as it is looked at. */
export interface Reached {
  readonly upstream: Upstream;
  readonly credentials: Pick<Credentials, 'token'>;
  readonly dressing: Pick<Dressing, 'services'>;
  readonly register: Register;
  /** One small read. */
  readonly probeUrl: string;
}

/** What is looked at: by `gradebridge doctor`, and in the admin API at one entry of the configuration. */
export interface Patient {
  readonly loaded: LoadedConfig;
  readonly clock: () => number;
  /** @throws TypeError for a name that the configuration does not have */
  connected(upstream: string): Reached;
  /** A share of time for one check at an upstream. */
  callTo(upstream: string): Call;
}

/** `wrong`: something will not work · `warning`: it will, but should be looked at · `skipped`: it could not be looked at. */
export type State = 'wrong' | 'warning' | 'skipped' | 'ok';

export interface Diagnosis {
  readonly state: State;
  /** One sentence. */
  readonly found: string;
  /** What to do; there whenever the state is wrong or a warning. */
  readonly remedy?: string;
}

export interface CheckResult extends Diagnosis {
  /** Stays the same for programs. */
  readonly check: string;
  /** The name in the configuration; absent for the machine itself. */
  readonly subject?: string;
}

/** What a check is about: this machine, or each entry of that part of the configuration. */
export type Kind = 'machine' | 'upstreams' | 'contexts' | 'tools' | 'issuers';

/** One check. Adding one is adding a row to a table. */
export interface Check {
  readonly id: string;
  readonly of: Kind;
  /** A check that must have come out well before, of the same entry or of the upstream of a context. */
  readonly after?: string;
  /** @returns undefined when the check makes no sense for the entry; what it throws of the catalogue is told as wrong */
  run(patient: Patient, name: string): Promise<Diagnosis | undefined>;
}

/** @example ok('The folder is there.') */
export function ok(found: string): Diagnosis {
  return { state: 'ok', found };
}

/** @example wrong('There is no class c.', 'Correct "class" of the context.') */
export function wrong(found: string, remedy: string): Diagnosis {
  return { state: 'wrong', found, remedy };
}

/** @example warning('Others can read the keys.', 'chmod 600 keys.json') */
export function warning(found: string, remedy: string): Diagnosis {
  return { state: 'warning', found, remedy };
}

const AT_ONCE = 8;

/** Ids and titles are words of a service, which go to terminals: nothing in them may move a cursor. */
function printable({ found, ...rest }: Diagnosis): Diagnosis {
  return { ...rest, found: found.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ') };
}

/**
 * Runs checks in their order, each for some of its entries at once.
 *
 * @param isWanted says which entries are looked at; all of them when it is not given
 * @example const results = await runChecks(CHECKS, patient)
 */
export async function runChecks(
  checks: readonly Check[],
  patient: Patient,
  isWanted: (kind: Kind, name: string) => boolean = () => true,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  const { config } = patient.loaded;
  for (const check of checks) {
    const all = check.of === 'machine' ? [''] : Object.keys(config[check.of]);
    const names = all.filter((name) => isWanted(check.of, name));
    // Some at once: each has a time of its own, which it must not spend waiting for the others.
    for (let at = 0; at < names.length; at += AT_ONCE) {
      const some = names.slice(at, at + AT_ONCE);
      const before = [...results];
      const diagnoses = await Promise.all(some.map((name) => diagnose(check, name, { patient, before })));
      for (const [index, diagnosis] of diagnoses.entries()) {
        if (diagnosis === undefined) continue;
        const subject = check.of === 'machine' ? {} : { subject: `${check.of}.${some[index]}` };
        results.push({ check: check.id, ...subject, ...printable(diagnosis) });
      }
    }
  }
  return results;
}

interface Circumstances {
  readonly patient: Patient;
  readonly before: readonly CheckResult[];
}

async function diagnose(
  check: Check,
  name: string,
  { patient, before }: Circumstances,
): Promise<Diagnosis | undefined> {
  const obstacle = before.find(
    (result) =>
      result.check === check.after &&
      (result.state === 'wrong' || result.state === 'skipped') &&
      isAbout(result, check.of, { name, config: patient.loaded.config }),
  );
  if (obstacle !== undefined)
    return {
      state: 'skipped',
      found: `Not looked at: ${obstacle.check} of ${obstacle.subject} comes first.`,
    };
  try {
    return await check.run(patient, name);
  } catch (error) {
    if (!(error instanceof GradebridgeError)) throw error;
    const { row, message, code } = error;
    const said = message === row.title ? '' : ` (${message})`;
    return wrong(`${row.title.replace(/\.$/, '')}${said}: ${code}.`, row.remedy);
  }
}

interface Entry {
  readonly name: string;
  readonly config: Config;
}

function isAbout({ subject }: CheckResult, kind: Kind, { name, config }: Entry): boolean {
  if (kind === 'machine') return subject === undefined;
  const upstream = kind === 'contexts' ? config.contexts[name]?.upstream : undefined;
  return subject === `${kind}.${name}` || (upstream !== undefined && subject === `upstreams.${upstream}`);
}
