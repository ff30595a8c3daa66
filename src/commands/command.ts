import type { Finding } from '../config/config.ts';

/** The streams and surroundings of the process, so that a command can be run by a test. */
export interface Io {
  /** Data, and nothing else. */
  readonly out: (text: string) => void;
  /** Everything for people. */
  readonly error: (text: string) => void;
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly input: NodeJS.ReadableStream;
  /** Whether one of its streams was a terminal at the start: then SIGHUP says that it was closed. */
  readonly isAtTerminal?: boolean;
  /** stderr, where it is a terminal: one may write over what one has written there. */
  readonly terminal?: NodeJS.WritableStream;
}

export interface Option {
  /** What the option takes, such as FILE; absent for a switch. */
  readonly value?: string;
  /** All that it takes, where that is known: a shell completes them. */
  readonly choices?: readonly string[];
  readonly text: string;
  /** Whether it may be given several times. */
  readonly isList?: boolean;
}

/** The option of every command that reads the configuration. */
export const CONFIG_OPTION: Option = {
  value: 'FILE',
  text: 'the configuration; default: GRADEBRIDGE_CONFIG, then ./gradebridge.config.json',
};

/**
 * The option of every command whose results programs may want. With it, stdout is one JSON document that begins with
 * `version` (of its shape, 1), `command` and `ok` (true exactly when the exit code is 0).
 */
export const JSON_OPTION: Option = { text: 'one JSON document on stdout, for programs' };

/** The option of every command that changes something: it stands in the audit. */
export const WHO_OPTION: Option = {
  value: 'NAME',
  text: 'who does it; default: the user of the operating system',
};

export interface Arguments {
  readonly values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly positionals: readonly string[];
}

/** What a command has found out or done: for programs, and the same for people. */
export interface Answer {
  /** True unless something was found to be wrong, or failed. */
  readonly ok?: boolean;
  /** The members of the JSON document that follow `version`, `command` and `ok`. */
  readonly members: object;
  /** The data for people, on stdout. */
  readonly lines?: readonly string[];
  /** What else people are told, on stderr. */
  readonly remarks?: readonly string[];
}

/** What a command returns: an answer, or the exit code when it has said everything itself. */
export type Outcome = Answer | number;

/** One verb of the command line. */
export interface Command {
  readonly summary: string;
  readonly usage: string;
  /** The words of which one comes first, when there are any. */
  readonly verbs?: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  readonly example: string;
  /** What the exit codes mean, when that can be said more exactly than for every command: of 0, 1 and 2. */
  readonly exits?: readonly [done: string, findings: string, usage?: string];
  run(args: Arguments, io: Io): Promise<Outcome>;
}

/** The documented exit codes. */
export const EXIT = { done: 0, findings: 1, usage: 2 } as const;

/** What they mean of every command. */
export const EXITS = ['done', 'something was found to be wrong, or failed', 'wrong use'] as const;

/** The command was called wrongly; the help is shown with it. */
export class UsageError extends Error {}

/** The text of an option, undefined when it was not given: `textOption(args, 'config')`. */
export function textOption({ values }: Arguments, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** The texts of an option that may be given several times: `listOption(args, 'context')`. */
export function listOption({ values }: Arguments, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

/** A port number. @throws UsageError */
export function portOption(args: Arguments, name: string, fallback: number): number {
  const text = textOption(args, name);
  if (text === undefined) return fallback;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`--${name} takes a port from 0 to 65535, not "${text}"`);
}

export function noPositionals({ positionals }: Arguments): void {
  if (positionals.length > 0) throw new UsageError(`there is no use for "${positionals[0]}"`);
}

/** Findings for people, one after another, and how many there are. */
export function findingLines(findings: readonly Finding[]): readonly string[] {
  const count = `${findings.length} ${findings.length === 1 ? 'problem' : 'problems'} found`;
  return [
    ...findings.map(
      ({ file, place, message, remedy }) => `${file}\n  at ${place}: ${message}\n  → ${remedy}\n`,
    ),
    `${count}; nothing was started or changed.`,
  ];
}

/** The same, printed. */
export function printFindings(findings: readonly Finding[], io: Io): void {
  for (const line of findingLines(findings)) io.error(line);
}
