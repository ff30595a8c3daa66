import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { loadMapping, SHIPPED_MAPPINGS } from '../config/mappings.ts';
import type { JsonObject } from '../core/json.ts';
import type { Lens, Note, Translation } from '../core/lens.ts';
import { usable } from './answer.ts';
import { type Command, JSON_OPTION, noPositionals, textOption, UsageError } from './command.ts';
import { documentOption, parseDocument, timeOption, WRITE_OPTIONS } from './documents.ts';

const SIDES = ['oneroster', 'ags'];

/** `gradebridge translate`: one document from stdin through a mapping to stdout. */
export const translateCommand: Command = {
  summary: 'Maps a document from stdin to the other side, on stdout.',
  usage:
    '--to SIDE [--mapping NAME] [--mappings-dir FOLDER] [--base FILE] [--context FILE] [--now TIME] [--explain] [--json]',
  options: {
    to: { value: 'SIDE', choices: SIDES, text: 'oneroster or ags' },
    mapping: { value: 'NAME', text: 'default line-item' },
    'mappings-dir': { value: 'FOLDER', text: 'a folder of your own, looked through before the shipped ones' },
    ...WRITE_OPTIONS,
    explain: { text: 'also say, on stderr, what was defaulted, stashed, or taken from the context' },
    json: JSON_OPTION,
  },
  example: `echo '{"label":"Quiz","scoreMaximum":10}' | gradebridge translate --to oneroster --context '{"class":"c","school":"s","category":"k"}' --explain`,
  exits: ['done', 'the document does not fit, or the mapping is wrong', 'an option is wrong'],
  run: async (args, io) => {
    noPositionals(args);
    const to = textOption(args, 'to') ?? '';
    if (!SIDES.includes(to)) throw new UsageError('--to takes oneroster or ags');
    const folder = textOption(args, 'mappings-dir');
    const folders =
      folder === undefined ? [SHIPPED_MAPPINGS] : [resolve(io.folder, folder), SHIPPED_MAPPINGS];
    const { lens } = usable(loadMapping(textOption(args, 'mapping') ?? 'line-item', folders));
    const { document, notes } = translate(lens, {
      to,
      base: documentOption(args, 'base', io),
      context: documentOption(args, 'context', io),
      now: timeOption(args),
      document: parseDocument(await text(io.input), 'stdin'),
    });
    return {
      members: { document, notes },
      lines: [JSON.stringify(document, null, 2)],
      remarks: args.values['explain'] === true ? notes.map(explain) : [],
    };
  },
};

interface TranslateOptions {
  readonly to: string;
  readonly document: JsonObject;
  readonly base: JsonObject | undefined;
  readonly context: JsonObject | undefined;
  readonly now: number;
}

function translate(lens: Lens, { to, document, base, context = {}, now }: TranslateOptions): Translation {
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
