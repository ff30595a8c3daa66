import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { loadMapping, SHIPPED_MAPPINGS } from '../config/mappings.ts';
import { instantOf } from '../core/date-time.ts';
import { GradebridgeError } from '../core/errors.ts';
import { inspect, isObject, type Json, type JsonObject } from '../core/json.ts';
import type { Lens, Note, Translation } from '../core/lens.ts';
import {
  type Arguments,
  type Command,
  EXIT,
  type Io,
  noPositionals,
  printFindings,
  textOption,
  UsageError,
} from './command.ts';

const SIDES = ['oneroster', 'ags'];

/** `gradebridge translate`: one document from stdin through a mapping to stdout. */
export const translateCommand: Command = {
  summary: 'Maps a document from stdin to the other side, on stdout.',
  usage:
    '--to SIDE [--mapping NAME] [--mappings-dir FOLDER] [--base FILE] [--context FILE] [--now TIME] [--explain]',
  options: {
    to: { value: 'SIDE', text: 'oneroster or ags' },
    mapping: { value: 'NAME', text: 'default line-item' },
    'mappings-dir': { value: 'FOLDER', text: 'a folder of your own, looked through before the shipped ones' },
    base: { value: 'FILE', text: 'the OneRoster document as it stands (JSON, or a file)' },
    context: { value: 'FILE', text: 'what $context.NAME stands for (JSON, or a file)' },
    now: { value: 'TIME', text: 'the time of writing, ISO 8601; default: now' },
    explain: { text: 'also say, on stderr, what was defaulted, stashed, or taken from the context' },
  },
  example: `echo '{"label":"Quiz","scoreMaximum":10}' | gradebridge translate --to oneroster --context '{"class":"c","school":"s","category":"k"}' --explain`,
  run: async (args, io) => {
    noPositionals(args);
    const to = textOption(args, 'to') ?? '';
    if (!SIDES.includes(to)) throw new UsageError('--to takes oneroster or ags');
    const folder = textOption(args, 'mappings-dir');
    const folders =
      folder === undefined ? [SHIPPED_MAPPINGS] : [resolve(io.folder, folder), SHIPPED_MAPPINGS];
    const loaded = loadMapping(textOption(args, 'mapping') ?? 'line-item', folders);
    if ('findings' in loaded) {
      printFindings(loaded.findings, io);
      return EXIT.findings;
    }
    try {
      const options = {
        base: documentOption(args, 'base', io),
        context: documentOption(args, 'context', io),
        now: timeOption(args),
      };
      const { document, notes } = translate(loaded.lens, parseDocument(await text(io.input), 'stdin'), {
        to,
        ...options,
      });
      io.out(JSON.stringify(document, null, 2));
      if (args.values['explain'] === true) for (const note of notes) io.error(explain(note));
      return EXIT.done;
    } catch (error) {
      if (!(error instanceof GradebridgeError)) throw error;
      const issues = error.details.issues ?? [];
      io.error(
        [error.row.title, ...issues.map(({ pointer, message }) => `  ${pointer || '/'}: ${message}`)].join(
          '\n',
        ),
      );
      return EXIT.findings;
    }
  },
};

interface TranslateOptions {
  readonly to: string;
  readonly base: JsonObject | undefined;
  readonly context: JsonObject | undefined;
  readonly now: number;
}

function translate(
  lens: Lens,
  document: JsonObject,
  { to, base, context = {}, now }: TranslateOptions,
): Translation {
  if (to === 'ags') return lens.toAgs(document);
  return lens.toOneRoster(document, { context, now, ...(base && { base }) });
}

function parseDocument(json: string, from: string): JsonObject {
  let document: Json;
  try {
    document = JSON.parse(json) as Json;
  } catch {
    throw new GradebridgeError('INVALID_JSON', {
      issues: [{ pointer: '', code: 'json', message: `${from} is not JSON.` }],
    });
  }
  const unfit = inspect(document);
  if (unfit !== undefined) throw new GradebridgeError('INVALID_DOCUMENT', { issues: [unfit] });
  if (isObject(document)) return document;
  throw new GradebridgeError('INVALID_DOCUMENT', {
    issues: [{ pointer: '', code: 'type', message: `${from} is no JSON object.` }],
  });
}

function documentOption(args: Arguments, name: string, io: Io): JsonObject | undefined {
  const value = textOption(args, name);
  if (value === undefined) return undefined;
  if (value.trimStart().startsWith('{')) return parseDocument(value, `--${name}`);
  try {
    return parseDocument(readFileSync(resolve(io.folder, value), 'utf8'), value);
  } catch (error) {
    if (error instanceof GradebridgeError) throw error;
    throw new UsageError(`--${name}: ${value} cannot be read`);
  }
}

function timeOption(args: Arguments): number {
  const value = textOption(args, 'now');
  if (value === undefined) return Date.now();
  const instant = instantOf(value);
  if (instant === undefined)
    throw new UsageError('--now takes a date-time with a zone, such as 2026-03-06T20:05:02Z');
  return instant;
}

/** What each kind of note means, for people. */
const SENTENCES: Readonly<Record<Note['kind'], string>> = {
  defaulted: 'the other side gives nothing; a default stands in its place',
  stashed: 'OneRoster has no place for it; it travels in the stash',
  inexact: 'OneRoster holds it in another form; the original travels in the stash',
  context: 'comes from the context',
  constant: 'is always written',
  kept: 'stands in OneRoster and stays',
  unreadable: 'holds something that the mapping cannot read; it is left out',
  edited: 'changed in OneRoster since the last write',
};

/** A note as a line of text: `explain({ kind: 'context', oneroster: '/class' })`. */
export function explain({ kind, ags, oneroster }: Note): string {
  const place = ags === undefined ? oneroster : `${ags} ↔ ${oneroster}`;
  return `  ${place}: ${SENTENCES[kind]}`;
}
