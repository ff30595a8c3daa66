import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { compileText, findMapping, foldersOf } from '../config/mappings.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { RowStory } from '../workbench/stories.ts';
import { type Explained, explainMapping } from '../workbench/try.ts';
import {
  type Arguments,
  CONFIG_OPTION,
  type Command,
  EXIT,
  type Io,
  JSON_OPTION,
  noPositionals,
  printFindings,
  textOption,
  UsageError,
} from './command.ts';
import { activeIn, readConfigured } from './configured.ts';
import { documentOption, parseDocument, refusalText, timeOption, WRITE_OPTIONS } from './documents.ts';

/** `gradebridge explain`: what each row of a mapping does to one document. */
export const explainCommand: Command = {
  summary:
    'Shows row by row what a mapping does to a document from stdin: what it read, what it wrote, and why.',
  usage:
    '--to SIDE [--mapping NAME | --file FILE] [--base FILE] [--context FILE] [--now TIME] [--json] [--config FILE]',
  options: {
    to: { value: 'SIDE', text: 'oneroster or ags' },
    mapping: { value: 'NAME', text: 'a mapping as the gateway uses it; default line-item' },
    file: { value: 'FILE', text: 'a mapping of your own in a file, in place of --mapping' },
    ...WRITE_OPTIONS,
    json: JSON_OPTION,
    config: CONFIG_OPTION,
  },
  example: `echo '{"label":"Quiz","scoreMaximum":10}' | gradebridge explain --to oneroster`,
  run: async (args, io) => {
    noPositionals(args);
    const to = textOption(args, 'to');
    if (to !== 'oneroster' && to !== 'ags') throw new UsageError('--to takes oneroster or ags');
    const mapping = await mappingText(args, io);
    if (typeof mapping === 'number') return mapping;
    const compiled = compileText(mapping.text, mapping.name);
    if ('faults' in compiled) {
      printFindings(
        compiled.faults.map(({ place, message, remedy }) => ({ file: mapping.file, place, message, remedy })),
        io,
      );
      return EXIT.findings;
    }
    try {
      const [base, context] = [documentOption(args, 'base', io), documentOption(args, 'context', io)];
      const request = {
        direction: to,
        document: parseDocument(await text(io.input), 'stdin'),
        now: timeOption(args),
        ...(base && { base }),
        ...(context && { context }),
      } as const;
      return print(explainMapping(compiled.lens, request), { args, io });
    } catch (error) {
      if (!(error instanceof GradebridgeError)) throw error;
      io.error(refusalText(error));
      return EXIT.findings;
    }
  },
};

interface Named {
  readonly text: string;
  readonly file: string;
  readonly name?: string;
}

/** The text of the mapping that is meant, or the exit code when there is none. */
async function mappingText(args: Arguments, io: Io): Promise<Named | number> {
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
  const { read } = readConfigured(args, io);
  const found =
    'findings' in read ? read : findMapping(wanted, foldersOf(read.config), await activeIn(read.config));
  if ('text' in found) return { ...found, name: wanted };
  printFindings('findings' in found ? found.findings : [found.finding], io);
  return EXIT.findings;
}

function print(explained: Explained, { args, io }: { readonly args: Arguments; readonly io: Io }): number {
  const isWell = explained.documentProblems.length === 0;
  if (args.values['json'] === true)
    io.out(JSON.stringify({ version: 1, command: 'explain', ok: isWell, ...explained }, null, 2));
  else for (const line of table(explained.rows)) io.out(line);
  for (const { in: where, pointer, message, remedy } of explained.documentProblems)
    io.error(`${where} ${pointer || '/'}: ${message}\n→ ${remedy}`);
  for (const { pointer, expected, actual } of explained.differences)
    io.error(`It comes back otherwise at ${pointer}: ${brief(expected)} → ${brief(actual)}`);
  return isWell ? EXIT.done : EXIT.findings;
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
