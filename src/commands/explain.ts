import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { compileText, findMapping, foldersOf } from '../config/mappings.ts';
import type { Json } from '../core/json.ts';
import type { RowStory } from '../workbench/stories.ts';
import { type Explained, explainMapping } from '../workbench/try.ts';
import { refusedFor, usable } from './answer.ts';
import {
  type Answer,
  type Arguments,
  CONFIG_OPTION,
  type Command,
  type Io,
  JSON_OPTION,
  noPositionals,
  textOption,
  UsageError,
} from './command.ts';
import { activeIn, readConfigured } from './configured.ts';
import { documentOption, parseDocument, timeOption, WRITE_OPTIONS } from './documents.ts';

/** `gradebridge explain`: what each row of a mapping does to one document. */
export const explainCommand: Command = {
  summary:
    'Shows row by row what a mapping does to a document from stdin: what it read, what it wrote, and why.',
  usage:
    '--to SIDE [--mapping NAME | --file FILE] [--base FILE] [--context FILE] [--now TIME] [--json] [--config FILE]',
  options: {
    to: { value: 'SIDE', choices: ['oneroster', 'ags'], text: 'oneroster or ags' },
    mapping: { value: 'NAME', text: 'a mapping as the gateway uses it; default line-item' },
    file: { value: 'FILE', text: 'a mapping of your own in a file, in place of --mapping' },
    ...WRITE_OPTIONS,
    json: JSON_OPTION,
    config: CONFIG_OPTION,
  },
  example: `echo '{"label":"Quiz","scoreMaximum":10}' | gradebridge explain --to oneroster`,
  exits: ['done', 'the document does not fit, or the mapping is wrong', 'an option is wrong'],
  run: async (args, io) => {
    noPositionals(args);
    const to = textOption(args, 'to');
    if (to !== 'oneroster' && to !== 'ags') throw new UsageError('--to takes oneroster or ags');
    const mapping = await mappingText(args, io);
    const compiled = compileText(mapping.text, mapping.name);
    if ('faults' in compiled) {
      const findings = compiled.faults.map(({ place, message, remedy }) => ({
        ...{ file: mapping.file, place, message, remedy },
      }));
      throw refusedFor(findings);
    }
    const [base, context] = [documentOption(args, 'base', io), documentOption(args, 'context', io)];
    const request = {
      direction: to,
      document: parseDocument(await text(io.input), 'stdin'),
      now: timeOption(args),
      ...(base && { base }),
      ...(context && { context }),
    } as const;
    return answerOf(explainMapping(compiled.lens, request));
  },
};

interface Named {
  readonly text: string;
  readonly file: string;
  readonly name?: string;
}

/** The text of the mapping that is meant. @throws Refused, UsageError */
async function mappingText(args: Arguments, io: Io): Promise<Named> {
  const [file, name] = [textOption(args, 'file'), textOption(args, 'mapping')];
  if (file !== undefined) {
    if (name !== undefined) throw new UsageError('either --mapping or --file, not both');
    try {
      return { text: readFileSync(resolve(io.folder, file), 'utf8'), file };
    } catch {
      throw new UsageError(`--file: ${file} cannot be read`);
    }
  }
  const wanted = name ?? 'line-item';
  const { config } = usable(readConfigured(args, io).read);
  const found = findMapping(wanted, foldersOf(config), await activeIn(config));
  if ('text' in found) return { ...found, name: wanted };
  throw refusedFor([found.finding]);
}

function answerOf(explained: Explained): Answer {
  const { documentProblems, rows, differences } = explained;
  return {
    ok: documentProblems.length === 0,
    members: explained,
    lines: table(rows),
    remarks: [
      ...documentProblems.map(
        ({ in: where, pointer, message, remedy }) => `${where} ${pointer || '/'}: ${message}\n→ ${remedy}`,
      ),
      ...differences.map(
        ({ pointer, expected, actual }) =>
          `It comes back otherwise at ${pointer}: ${brief(expected)} → ${brief(actual)}`,
      ),
    ],
  };
}

const HEAD = ['row', 'ags', 'oneroster', 'read', 'wrote', 'why'] as const;
/** Characters of a value that a line has room for. */
const ROOM = 40;

function table(rows: readonly RowStory[]): readonly string[] {
  const cells = rows.map(({ row, ags = '', oneroster = '', read, wrote, deed, why }) => [
    row === undefined ? '' : String(row),
    ...[ags, oneroster, brief(read), brief(wrote), `${deed}: ${why}`],
  ]);
  const lines = [[...HEAD], ...cells];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function brief(value: Json | undefined): string {
  if (value === undefined) return '–';
  const whole = JSON.stringify(value);
  return whole.length <= ROOM ? whole : `${whole.slice(0, ROOM - 1)}…`;
}
