import { randomUUID } from 'node:crypto';
import { createAuditor } from '../admin/auditor.ts';
import { withoutSecrets } from '../admin/without-secrets.ts';
import { ENTRY_PARTS, type EntryKind } from '../config/registered.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { registryOn } from '../registering.ts';
import {
  type Drafting,
  EntryRefused,
  editable,
  endingKeys,
  type Found,
  forgetting,
  putting,
  rotating,
  switching,
} from '../registry/drafts.ts';
import { GRACE, newApiKey } from '../registry/keys.ts';
import type { EntryHistory, Registry } from '../registry/registry.ts';
import type { OpenedStore } from '../store/store.ts';
import { authorOf } from './author.ts';
import {
  type Arguments,
  CONFIG_OPTION,
  type Command,
  EXIT,
  type Io,
  JSON_OPTION,
  type Option,
  printFindings,
  UsageError,
} from './command.ts';
import { readConfigured } from './configured.ts';
import { refusalText } from './documents.ts';
import { fileEntry, graceOption, keysOption } from './entry-options.ts';
import { withStore } from './with-store.ts';

const WHY_OPTIONS: Readonly<Record<string, Option>> = {
  why: { value: 'TEXT', text: 'why: it stands in the history and in the audit' },
  who: { value: 'NAME', text: 'who does it; default: the user of the operating system' },
  json: JSON_OPTION,
  config: CONFIG_OPTION,
};

/** `gradebridge tools`: tools of the file and of the store, for those who have no console at hand. */
export const toolsCommand = commandOf('tool', {
  summary:
    'Shows tools, and registers, edits, disables and removes them in the store; rotates their API keys.',
  usage:
    'list | show NAME | register NAME --file FILE --why TEXT | edit NAME --file FILE --why TEXT | disable NAME --why TEXT | enable NAME --why TEXT | rotate NAME --why TEXT | end-keys NAME --why TEXT | forget NAME --why TEXT   [--api-key WHAT] [--grace HOURS] [--who NAME] [--json] [--config FILE]',
  options: {
    file: { value: 'FILE', text: 'the tool as JSON: what stands in the configuration under its name' },
    'api-key': {
      value: 'WHAT',
      text: 'with register and edit: new, which is printed, or none; default: as it is',
    },
    grace: {
      value: 'HOURS',
      text: `for how long older API keys stay good; default ${GRACE.usual}, 0 ends them at once`,
    },
    ...WHY_OPTIONS,
  },
  example: `gradebridge tools rotate quizzer --grace 48 --why 'Once a year'`,
});

/** `gradebridge contexts`: the same for contexts. */
export const contextsCommand = commandOf('context', {
  summary: 'Shows contexts, and registers, edits, disables and removes them in the store.',
  usage:
    'list | show NAME | register NAME --file FILE --why TEXT | edit NAME --file FILE --why TEXT | disable NAME --why TEXT | enable NAME --why TEXT | forget NAME --why TEXT   [--who NAME] [--json] [--config FILE]',
  options: {
    file: { value: 'FILE', text: 'the context as JSON: what stands in the configuration under its name' },
    ...WHY_OPTIONS,
  },
  example: `gradebridge contexts disable math-101 --why 'The class is over'`,
});

function commandOf(kind: EntryKind, said: Omit<Command, 'run'>): Command {
  const part = ENTRY_PARTS[kind];
  const run: Command['run'] = async (args, io) => {
    const verbs = kind === 'tool' ? { ...VERBS, ...KEY_VERBS } : VERBS;
    const [verb = '', ...rest] = args.positionals;
    const work = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (work === undefined) throw new UsageError(`${part} can "${Object.keys(verbs).join('", "')}"`);
    const { read } = readConfigured(args, io);
    if ('findings' in read) {
      printFindings(read.findings, io);
      return EXIT.findings;
    }
    return withStore(read.config, async (store) => {
      const again = () => readConfigured(args, io).read;
      const registry = registryOn(store, { read: again, clock: Date.now });
      const names = Object.keys(read.config[part]);
      const task: Task = { kind, verb, rest, args, io, store, registry, names };
      return answer(() => work(task), task);
    });
  };
  return { ...said, run };
}

interface Task {
  readonly kind: EntryKind;
  readonly verb: string;
  /** What stands after the verb. */
  readonly rest: readonly string[];
  readonly args: Arguments;
  readonly io: Io;
  readonly store: OpenedStore;
  readonly registry: Registry;
  /** Those of the file. */
  readonly names: readonly string[];
}

/** What is answered: members of the JSON document, and the same for people, on stdout. */
interface Answer {
  readonly members: object;
  readonly lines: readonly string[];
  /** For people, on stderr. */
  readonly remark?: string;
}

type Verb = (task: Task) => Promise<Answer>;

const VERBS: Readonly<Record<string, Verb>> = {
  list,
  show,
  register: (task) => put(task, { isNew: true }),
  edit: (task) => put(task, { isNew: false }),
  disable: (task) => change(task, switching(true)),
  enable: (task) => change(task, switching(false)),
  forget: (task) => change(task, forgetting()),
};

const KEY_VERBS: Readonly<Record<string, Verb>> = {
  rotate: (task) => {
    const apiKey = newApiKey();
    return change(task, rotating(apiKey, graceOption(task.args)), { apiKey });
  },
  'end-keys': (task) => change(task, endingKeys()),
};

async function list({ kind, rest, registry, names }: Task): Promise<Answer> {
  if (rest.length > 0) throw new UsageError(`there is no use for "${rest[0]}"`);
  const standings = await registry.standings(kind);
  const all = [...new Set([...names, ...[...standings.keys()].toSorted()])];
  const found = await Promise.all(all.map((name) => registry.find({ kind, name })));
  const rows = found.flatMap((one) => (one?.current === undefined ? [] : [rowOf(one, one.current)]));
  const lines = rows.map(({ name, source, state, about }) =>
    [name, source, state, about].join('  ').trimEnd(),
  );
  return { members: { [ENTRY_PARTS[kind]]: rows.map(({ about: _, ...row }) => row) }, lines };
}

function rowOf({ name, kind, stored, file, revision }: Found, current: JsonObject) {
  const contexts = current['contexts'];
  const uses = Array.isArray(contexts) ? contexts.join(', ') : '';
  return {
    name,
    source: stored === undefined ? 'file' : 'store',
    isInFile: file !== undefined,
    state: current['disabled'] === true ? 'disabled' : 'enabled',
    revision,
    about:
      kind === 'tool' ? `${current['clientId']}  ${uses}` : `${current['upstream']}  ${current['class']}`,
  };
}

async function show({ kind, rest, registry }: Task): Promise<Answer> {
  const name = nameIn(rest, 'show');
  const found = await registry.find({ kind, name });
  if (found?.current === undefined) throw new GradebridgeError('NOT_FOUND');
  const { history = [] } = (await registry.standings(kind)).get(name) ?? {};
  const entry = editable(found.current);
  const from = found.stored === undefined ? 'the file' : 'the store, at revision';
  const where = found.stored === undefined ? from : `${from} ${found.revision}`;
  return {
    members: { ...rowOf(found, found.current), entry, history },
    lines: [JSON.stringify(entry, null, 2)],
    remark: [`${name} comes from ${where}.`, ...history.map(lineOf)].join('\n'),
  };
}

function lineOf({ revision, verb, when, who, why }: EntryHistory): string {
  return `revision ${revision}  ${verb}  ${when}  ${who}: ${why}`;
}

async function put(task: Task, { isNew }: { readonly isNew: boolean }): Promise<Answer> {
  const { kind, rest, verb, args, registry } = task;
  const name = nameIn(rest, verb);
  const entry = fileEntry(args, task.io);
  if (!isNew && (await registry.find({ kind, name })) === undefined) throw new GradebridgeError('NOT_FOUND');
  const [keys, apiKey] = keysOption(args);
  return change(task, putting(entry, keys), { isNew, ...(apiKey !== undefined && { apiKey }) });
}

interface Changing {
  readonly isNew?: boolean;
  /** To be printed, once. */
  readonly apiKey?: string;
}

async function change(task: Task, drafting: Drafting, { isNew, apiKey }: Changing = {}): Promise<Answer> {
  const { kind, verb, rest, args, store, registry } = task;
  const name = nameIn(rest, verb);
  const author = authorOf(args);
  const planned = await registry.plan({ kind, name }, drafting, { ...author, ...(isNew && { isNew }) });
  const audited = createAuditor({ store: store.audit, clock: Date.now, newId: randomUUID });
  const [before, after] = [planned.before, planned.after].map((one) => one && withoutSecrets(one));
  const written = { what: `${kind}.${verb}`, subject: name, before, after, why: author.why };
  const person = { name: author.who, role: 'operator' } as const;
  const { revision } = await audited(person, written, planned.commit);
  const key =
    apiKey === undefined ? [] : ['Its API key, which is shown this once, is the last line of stdout.'];
  return {
    members: { name, revision, ...(apiKey !== undefined && { apiKey }) },
    lines: apiKey === undefined ? [] : [apiKey],
    remark: [`Done: revision ${revision}. A running gateway takes it up within seconds.`, ...key].join('\n'),
  };
}

async function answer(work: () => Promise<Answer>, { kind, verb, args, io }: Task): Promise<number> {
  const isJson = args.values['json'] === true;
  const command = `${ENTRY_PARTS[kind]} ${verb}`;
  const document = (ok: boolean, members: object): void =>
    io.out(JSON.stringify({ version: 1, command, ok, ...members }, null, 2));
  try {
    const { members, lines, remark } = await work();
    if (remark !== undefined) io.error(remark);
    if (isJson) document(true, members);
    else for (const line of lines) io.out(line);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof GradebridgeError) || error.code === 'STORE_UNAVAILABLE') throw error;
    const findings = error instanceof EntryRefused ? error.findings : [];
    if (isJson) document(false, { code: error.code, findings });
    io.error(refusalText(error));
    for (const { file, place, message, remedy } of findings)
      io.error(`${file}\n  at ${place}: ${message}\n  → ${remedy}`);
    if (findings.length === 0) io.error(`→ ${error.row.remedy}`);
    return EXIT.findings;
  }
}

function nameIn([name, ...others]: readonly string[], verb: string): string {
  if (name === undefined || others.length > 0) throw new UsageError(`it is: ${verb} NAME`);
  return name;
}
