import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { loadMapping, SHIPPED_MAPPINGS } from '../config/mappings.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Lens, Note, Translation } from '../core/lens.ts';
import { type Command, EXIT, noPositionals, printFindings, textOption, UsageError } from './command.ts';

import { documentOption, parseDocument, refusalText, timeOption, WRITE_OPTIONS } from './documents.ts';

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
    ...WRITE_OPTIONS,
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
      io.error(refusalText(error));
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
