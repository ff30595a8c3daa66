import type { Finding } from '../config/config.ts';
import { GradebridgeError } from '../core/errors.ts';
import { causesOf } from '../log.ts';
import {
  type Answer,
  type Arguments,
  EXIT,
  findingLines,
  type Io,
  type Outcome,
  UsageError,
} from './command.ts';
import { refusalText } from './documents.ts';

export interface Telling {
  /** The command with its verb: `keys list`. */
  readonly command: string;
  readonly isJson: boolean;
  readonly io: Io;
}

/**
 * Says an answer, as one JSON document or in lines.
 *
 * @returns the exit code
 * @example tell({ members: { keys: [] }, remarks: ['There are none.'] }, { command: 'keys list', isJson: false, io }) // 0
 */
export function tell(outcome: Outcome, { command, isJson, io }: Telling): number {
  if (typeof outcome === 'number') return outcome;
  const { ok = true, members, lines = [], remarks = [] } = outcome;
  if (isJson) io.out(JSON.stringify({ version: 1, command, ok, ...members }, null, 2));
  else for (const line of lines) io.out(line);
  for (const remark of remarks) io.error(remark);
  return ok ? EXIT.done : EXIT.findings;
}

/** A command that cannot go on, with all there is to be said of it. */
export class Refused extends Error {
  readonly answer: Answer;
  constructor(answer: Omit<Answer, 'ok'>) {
    super('the command cannot go on');
    this.answer = { ...answer, ok: false };
  }
}

/** What an administrator wrote cannot be used: `throw refusedFor(findings)`. */
export function refusedFor(findings: readonly Finding[]): Refused {
  return new Refused({ members: { findings }, remarks: findingLines(findings) });
}

/**
 * What was read, when it can be used.
 *
 * @throws Refused with the findings
 * @example const { config } = usable(loadConfigured(args, io).loaded)
 */
export function usable<Result extends object>(
  result: Result,
): Exclude<Result, { readonly findings: readonly Finding[] }> {
  if ('findings' in result) throw refusedFor(result.findings as readonly Finding[]);
  return result as Exclude<Result, { readonly findings: readonly Finding[] }>;
}

const STORE_REMEDY = 'Check "store" in the configuration, and that what it names is there and may be used.';

/** The answer that stands for an error, undefined for those that nobody has foreseen. */
export function refusalOf(error: unknown, command: string): Answer | undefined {
  if (error instanceof Refused) return error.answer;
  if (!(error instanceof GradebridgeError)) return undefined;
  const { code, row, details } = error;
  const remarks =
    code === 'STORE_UNAVAILABLE'
      ? [`gradebridge ${command}: ${causesOf(error)}\n  → ${STORE_REMEDY}`]
      : [refusalText(error), `→ ${row.remedy}`];
  return { ok: false, members: { code, issues: details.issues ?? [] }, remarks };
}

/** What a verb of a command does, given what its command has opened for it. */
export type Verbs<Task> = Readonly<Record<string, (task: Task) => Promise<Outcome>>>;

/**
 * The verb that is meant, and what stands after it.
 *
 * @throws UsageError naming the verbs that there are
 * @example const { run, rest } = verbOf('keys', VERBS, args)
 */
export function verbOf<Task>(
  command: string,
  verbs: Verbs<Task>,
  { positionals }: Arguments,
): { readonly verb: string; readonly run: Verbs<Task>[string]; readonly rest: readonly string[] } {
  const [verb = '', ...rest] = positionals;
  const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (run !== undefined) return { verb, run, rest };
  const names = Object.keys(verbs).map((name) => `"${name}"`);
  throw new UsageError(`${command} can ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`);
}

/** What stands after a verb. @throws UsageError unless there are so many */
export function takes(rest: readonly string[], count: number, usage: string): readonly string[] {
  if (rest.length === count) return rest;
  throw new UsageError(`it is: ${usage}`);
}
