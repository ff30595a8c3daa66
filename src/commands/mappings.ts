import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { layOver } from '../config/registered.ts';
import { storedOf } from '../keep.ts';
import { auditedVersions, type Witness } from '../workbench/audited.ts';
import { benchHere } from '../workbench/bench.ts';
import type { Judged } from '../workbench/judge.ts';
import { createVersions, MappingRefused, type Settled, type Versions } from '../workbench/versions.ts';
import { refusalOf, takes, usable, type Verbs, verbOf } from './answer.ts';
import { authorOf, personOf, witnessOn } from './author.ts';
import {
  type Answer,
  type Arguments,
  CONFIG_OPTION,
  type Command,
  type Io,
  JSON_OPTION,
  textOption,
  UsageError,
  WHO_OPTION,
} from './command.ts';
import { readConfigured } from './configured.ts';
import { show } from './laws.ts';
import { withStore } from './with-store.ts';

/** `gradebridge mappings`: versions of mappings in the store, for those who have no console at hand. */
export const mappingsCommand: Command = {
  summary: 'Shows versions of mappings in the store, adds drafts, and makes them active once the laws hold.',
  usage:
    'list | show NAME [VERSION] | draft NAME --file FILE --why TEXT | activate NAME VERSION --why TEXT | rollback NAME --why TEXT | diff NAME BEFORE AFTER   [--who NAME] [--json] [--config FILE]',
  verbs: ['list', 'show', 'draft', 'activate', 'rollback', 'diff'],
  options: {
    file: { value: 'FILE', text: 'the text of a draft' },
    why: { value: 'TEXT', text: 'why: it stands in the history' },
    who: WHO_OPTION,
    json: JSON_OPTION,
    config: CONFIG_OPTION,
  },
  example: `gradebridge mappings draft line-item --file line-item.json --why 'Attempts of a quiz'`,
  exits: ['done', 'refused, or there is no such mapping or version'],
  run: async (args, io) => {
    const { run, rest } = verbOf('mappings', VERBS, args);
    const { config } = usable(readConfigured(args, io).read);
    return withStore(config, async (opened) => {
      const { mappings: store } = opened;
      const laidOver = layOver(config, (await storedOf(opened)).entries).config;
      const parts = { store, config: () => laidOver, bench: benchHere(Date.now), clock: Date.now };
      try {
        const witness: Witness = (change, work) => witnessOn(opened)(personOf(args), change, work);
        return await run({ rest, args, io, versions: auditedVersions(createVersions(parts), witness) });
      } catch (error) {
        if (error instanceof MappingRefused) return unsound(error);
        throw error;
      }
    });
  },
};

interface Task {
  /** What stands after the verb. */
  readonly rest: readonly string[];
  readonly args: Arguments;
  readonly io: Io;
  readonly versions: Versions;
}

const VERBS: Verbs<Task> = {
  list: async ({ rest, versions }) => {
    takes(rest, 0, 'mappings list');
    const mappings = await versions.list();
    const lines = mappings.map(({ name, resource = '?', source, active, usedBy, versions: count }) =>
      [name, resource, active === null ? source : `version ${active}`, `${count} versions`, usedBy.join(', ')]
        .join('  ')
        .trimEnd(),
    );
    return { members: { mappings }, lines };
  },
  show: async ({ rest, versions }) => {
    const [name = '', version] = takes(rest, rest.length === 2 ? 2 : 1, 'mappings show NAME [VERSION]');
    const detail = await versions.show(name);
    const text = await versions.text(name, version === undefined ? undefined : numberOf(version));
    const history = [...detail.versions].map(
      ({ version: number, state, who, when, why }) => `version ${number}  ${state}  ${when}  ${who}: ${why}`,
    );
    const uses = detail.active === null ? `the file (${detail.source})` : `version ${detail.active}`;
    const remark = [`${name} is ${uses}.`, ...history].join('\n');
    return { members: { mapping: { ...detail, text } }, lines: [text.trimEnd()], remarks: [remark] };
  },
  draft: async ({ rest, args, io, versions }) => {
    const [name = ''] = takes(rest, 1, 'mappings draft NAME --file FILE --why TEXT');
    const version = await versions.draft(name, fileText(args, io), authorOf(args));
    const remark = `It is a draft. gradebridge mappings activate ${name} ${version} --why … makes it active.`;
    return { members: { name, draft: version }, lines: [String(version)], remarks: [remark] };
  },
  activate: async ({ rest, args, versions }) => {
    const [name = '', version = ''] = takes(rest, 2, 'mappings activate NAME VERSION --why TEXT');
    return settledAnswer(name, await versions.activate(name, numberOf(version), authorOf(args)));
  },
  rollback: async ({ rest, args, versions }) => {
    const [name = ''] = takes(rest, 1, 'mappings rollback NAME --why TEXT');
    return settledAnswer(name, await versions.rollback(name, authorOf(args)));
  },
  diff: async ({ rest, versions }) => {
    const [name = '', before = '', after = ''] = takes(rest, 3, 'mappings diff NAME BEFORE AFTER');
    const changes = await versions.diff(name, numberOf(before), numberOf(after));
    const lines = changes.flatMap(({ what, rowBefore, rowAfter, before: old, after: young, moves }) => [
      ...(old === undefined ? [] : [`- ${placeOf(what, rowBefore)}  ${show(old)}`]),
      ...(young === undefined ? [] : [`+ ${placeOf(what, rowAfter)}  ${show(young)}`]),
      ...(moves === undefined ? [] : [`  ${moves}`]),
    ]);
    return { members: { name, changes }, lines, remarks: lines.length === 0 ? ['They say the same.'] : [] };
  },
};

/** A refusal with all that the judge has found. */
function unsound(error: MappingRefused): Answer {
  const { members = {}, remarks: [title = '', ...rest] = [] } = refusalOf(error, 'mappings') ?? {};
  const { judged } = error;
  return {
    ok: false,
    members: { ...members, ...judged },
    remarks: [title, ...(judged === undefined ? [] : reasons(judged)), ...rest],
  };
}

/** Why a mapping may not become active. */
function reasons({ problems, examples, laws }: Judged): readonly string[] {
  return [
    ...problems.map(({ place, message, remedy }) => `  ${place}: ${message}; ${remedy}`),
    ...examples.flatMap(({ title, differences }) =>
      differences.map(
        ({ direction, pointer, expected, actual }) =>
          `  The example "${title}" does not hold towards ${direction}: at ${pointer || '/'} it says ${show(expected)}, the mapping gives ${show(actual)}.`,
      ),
    ),
    ...laws.flatMap(({ law, sentence, counterExample }) => {
      if (counterExample === undefined) return [];
      const { difference, panes } = counterExample;
      const at = `at ${difference.pointer || '/'} expected ${show(difference.expected)}, got ${show(difference.actual)}`;
      return [
        `  It breaks the law ${law} (${sentence}): ${at}. Smallest counter-example: ${JSON.stringify(panes)}`,
      ];
    }),
  ];
}

function settledAnswer(name: string, { before, active, revision }: Settled): Answer {
  const said = (version: number): string => (version === 0 ? 'the file' : `version ${version}`);
  const remark =
    before === active
      ? `${name} was ${said(active)} already.`
      : `${name} was ${said(before)} and is ${said(active)} now. A running gateway takes it up when it is started again or reloads.`;
  return { members: { name, active: active === 0 ? null : active, revision }, remarks: [remark] };
}

/** The number of a version; the file is 0. */
function numberOf(text: string): number {
  if (text === 'file') return 0;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`a version is a number, or "file", not "${text}"`);
}

function placeOf(what: string, row: number | undefined): string {
  return row === undefined ? what : `row ${row} ${what}`;
}

function fileText(args: Arguments, io: Io): string {
  const file = textOption(args, 'file');
  if (file === undefined) throw new UsageError('--file is needed: the text of the draft');
  try {
    return readFileSync(resolve(io.folder, file), 'utf8');
  } catch {
    throw new UsageError(`--file: ${file} cannot be read`);
  }
}
