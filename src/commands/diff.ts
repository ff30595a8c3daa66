import type { Finding } from '../config/config.ts';
import { isObject, type Json, type JsonObject, own } from '../core/json.ts';
import { Refused } from './answer.ts';
import { type Answer, type Command, findingLines, noPositionals } from './command.ts';
import { show } from './laws.ts';
import { moveLines, movesInRows } from './moves.ts';
import { REMOTE_OPTIONS, withRemote } from './remote.ts';

const OK = 200;
/** What the gateway says when it cannot use its file. */
const UNUSABLE = 422;

/** `gradebridge diff`: what a running gateway uses, against its file. */
export const diffCommand: Command = {
  summary: 'Shows where the configuration file of a running gateway says something else than what runs.',
  usage: '[--url URL] [--token-env NAME] [--json] [--config FILE]',
  options: REMOTE_OPTIONS,
  example: 'gradebridge diff --config gradebridge.config.json',
  exits: [
    'what runs is what the file says',
    'it is not, the file cannot be used, or the gateway cannot be asked',
  ],
  run: async (args, io) => {
    noPositionals(args);
    return withRemote({ args, io, role: 'viewer' }, async ({ url, ask }) => {
      const expected = [OK, UNUSABLE];
      const { items, code, findings } = await ask('GET', '/configuration/diff', { expected });
      if (code !== undefined) throw unusable(url, findings);
      const rows = Array.isArray(items) ? items.filter(isObject) : [];
      // The list is of the configuration alone; whether mappings have changed, its revision tells.
      const revision = own(await ask('GET', '/overview'), 'revision');
      const { isCurrent = false, file = 'its file' } = isObject(revision) ? revision : {};
      return answerOf(rows, { url, file: String(file), isCurrent: isCurrent === true });
    });
  },
};

function unusable(url: string, findings: Json | undefined): Refused {
  const rows = (Array.isArray(findings) ? findings : []) as unknown as readonly Finding[];
  return new Refused({
    members: { url, outcome: 'unusable', findings: rows },
    remarks: [
      'The configuration file cannot be used; the gateway goes on with the one that it has.\n',
      ...findingLines(rows),
    ],
  });
}

interface Where {
  readonly url: string;
  /** That of the gateway, on its machine. */
  readonly file: string;
  /** Whether its mappings are those of the files as well. */
  readonly isCurrent: boolean;
}

function answerOf(rows: readonly JsonObject[], { url, file, isCurrent }: Where): Answer {
  const ok = rows.length === 0 && isCurrent;
  const moves = movesInRows(rows);
  return {
    ok,
    members: { url, file, isCurrent: ok, differences: rows, moves },
    lines: rows.flatMap(({ pointer, running, file: young }) => [
      String(pointer) || '/',
      ...(running === undefined ? [] : [`- ${line(running)}`]),
      ...(young === undefined ? [] : [`+ ${line(young)}`]),
    ]),
    remarks: [...moveLines(moves), remarkOf(rows.length, { file, ok })],
  };
}

function remarkOf(count: number, { file, ok }: { readonly file: string; readonly ok: boolean }): string {
  if (ok) return `What runs is what ${file} says.`;
  if (count === 0) return 'The configuration is the same; a mapping is not. gradebridge reload takes it up.';
  return `${count} ${count === 1 ? 'place differs' : 'places differ'} (- what runs, + ${file}). gradebridge reload takes the file up.`;
}

const SECRET = '•••';

function line(value: Json): string {
  return value === SECRET ? `${SECRET} (a secret)` : show(value);
}
