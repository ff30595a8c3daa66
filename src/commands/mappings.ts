import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GradebridgeError } from '../core/errors.ts';
import { benchHere } from '../workbench/bench.ts';
import type { Judged } from '../workbench/judge.ts';
import {
  type Author,
  createVersions,
  MappingRefused,
  type Settled,
  type Versions,
} from '../workbench/versions.ts';
import {
  type Arguments,
  CONFIG_OPTION,
  type Command,
  EXIT,
  type Io,
  JSON_OPTION,
  printFindings,
  textOption,
  UsageError,
} from './command.ts';
import { readConfigured } from './configured.ts';
import { refusalText } from './documents.ts';
import { show } from './laws.ts';
import { osUser } from './os-user.ts';
import { withStore } from './with-store.ts';

/** `gradebridge mappings`: versions of mappings in the store, for those who have no console at hand. */
export const mappingsCommand: Command = {
  summary: 'Shows versions of mappings in the store, adds drafts, and makes them active once the laws hold.',
  usage:
    'list | show NAME [VERSION] | draft NAME --file FILE --why TEXT | activate NAME VERSION --why TEXT | rollback NAME --why TEXT | diff NAME BEFORE AFTER   [--who NAME] [--json] [--config FILE]',
  options: {
    file: { value: 'FILE', text: 'the text of a draft' },
    why: { value: 'TEXT', text: 'why: it stands in the history' },
    who: { value: 'NAME', text: 'who does it; default: the user of the operating system' },
    json: JSON_OPTION,
    config: CONFIG_OPTION,
  },
  example: `gradebridge mappings draft line-item --file line-item.json --why 'Attempts of a quiz'`,
  run: async (args, io) => {
    const [verb = '', ...rest] = args.positionals;
    const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
    if (run === undefined)
      throw new UsageError('mappings can "list", "show", "draft", "activate", "rollback" and "diff"');
    const { read } = readConfigured(args, io);
    if ('findings' in read) {
      printFindings(read.findings, io);
      return EXIT.findings;
    }
    return withStore(read.config, ({ mappings }) => {
      const config = () => read.config;
      const versions = createVersions({
        store: mappings,
        config,
        bench: benchHere(Date.now),
        clock: Date.now,
      });
      return answer(() => run({ rest, args, io, versions }), { verb, args, io });
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

interface Answering extends Pick<Task, 'args' | 'io'> {
  readonly verb: string;
}

/** What is answered: members of the JSON document, and the same for people, on stdout. */
interface Answer {
  readonly members: object;
  readonly lines: readonly string[];
  /** For people, on stderr. */
  readonly remark?: string;
}

const VERBS: Readonly<Record<string, (task: Task) => Promise<Answer>>> = {
  list: async ({ rest, versions }) => {
    takes(rest, 0, 'list');
    const mappings = await versions.list();
    const lines = mappings.map(({ name, resource = '?', source, active, usedBy, versions: count }) =>
      [name, resource, active === null ? source : `version ${active}`, `${count} versions`, usedBy.join(', ')]
        .join('  ')
        .trimEnd(),
    );
    return { members: { mappings }, lines };
  },
  show: async ({ rest, versions }) => {
    const [name = '', version] = takes(rest, rest.length === 2 ? 2 : 1, 'show NAME [VERSION]');
    const detail = await versions.show(name);
    const text = await versions.text(name, version === undefined ? undefined : numberOf(version));
    const history = [...detail.versions].map(
      ({ version: number, state, who, when, why }) => `version ${number}  ${state}  ${when}  ${who}: ${why}`,
    );
    const uses = detail.active === null ? `the file (${detail.source})` : `version ${detail.active}`;
    const remark = [`${name} is ${uses}.`, ...history].join('\n');
    return { members: { mapping: { ...detail, text } }, lines: [text.trimEnd()], remark };
  },
  draft: async ({ rest, args, io, versions }) => {
    const [name = ''] = takes(rest, 1, 'draft NAME --file FILE --why TEXT');
    const version = await versions.draft(name, fileText(args, io), authorOf(args));
    const remark = `It is a draft. gradebridge mappings activate ${name} ${version} --why … makes it active.`;
    return { members: { name, draft: version }, lines: [String(version)], remark };
  },
  activate: async ({ rest, args, versions }) => {
    const [name = '', version = ''] = takes(rest, 2, 'activate NAME VERSION --why TEXT');
    return settledAnswer(name, await versions.activate(name, numberOf(version), authorOf(args)));
  },
  rollback: async ({ rest, args, versions }) => {
    const [name = ''] = takes(rest, 1, 'rollback NAME --why TEXT');
    return settledAnswer(name, await versions.rollback(name, authorOf(args)));
  },
  diff: async ({ rest, versions }) => {
    const [name = '', before = '', after = ''] = takes(rest, 3, 'diff NAME BEFORE AFTER');
    const changes = await versions.diff(name, numberOf(before), numberOf(after));
    const lines = changes.flatMap(({ what, rowBefore, rowAfter, before: old, after: young }) => [
      ...(old === undefined ? [] : [`- ${placeOf(what, rowBefore)}  ${show(old)}`]),
      ...(young === undefined ? [] : [`+ ${placeOf(what, rowAfter)}  ${show(young)}`]),
    ]);
    return { members: { name, changes }, lines, ...(lines.length === 0 && { remark: 'They say the same.' }) };
  },
};

async function answer(work: () => Promise<Answer>, { verb, args, io }: Answering): Promise<number> {
  const isJson = args.values['json'] === true;
  const document = (ok: boolean, members: object): void =>
    io.out(JSON.stringify({ version: 1, command: `mappings ${verb}`, ok, ...members }, null, 2));
  try {
    const { members, lines, remark } = await work();
    if (isJson) document(true, members);
    else for (const line of lines) io.out(line);
    if (remark !== undefined) io.error(remark);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof GradebridgeError)) throw error;
    const judged = error instanceof MappingRefused ? error.judged : undefined;
    if (isJson) document(false, { code: error.code, issues: error.details.issues ?? [], ...judged });
    io.error(refusalText(error));
    for (const line of judged === undefined ? [] : reasons(judged)) io.error(line);
    io.error(`→ ${error.row.remedy}`);
    return EXIT.findings;
  }
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
  return { members: { name, active: active === 0 ? null : active, revision }, lines: [], remark };
}

function takes(rest: readonly string[], count: number, usage: string): readonly string[] {
  if (rest.length === count) return rest;
  throw new UsageError(`it is: mappings ${usage}`);
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

function authorOf(args: Arguments): Author {
  const why = textOption(args, 'why')?.trim() ?? '';
  if (why === '') throw new UsageError('--why is needed: it stands in the history');
  return { who: textOption(args, 'who') ?? osUser(), why };
}
