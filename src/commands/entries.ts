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
import { Refused, refusalOf, takes, usable, type Verbs, verbOf } from './answer.ts';
import { authorOf, personOf, witnessOn } from './author.ts';
import {
  type Answer,
  type Arguments,
  CONFIG_OPTION,
  type Command,
  findingLines,
  type Io,
  JSON_OPTION,
  type Option,
  WHO_OPTION,
} from './command.ts';
import { readConfigured } from './configured.ts';
import { fileEntry, graceOption, keysOption } from './entry-options.ts';
import { withStore } from './with-store.ts';

const WHY_OPTIONS: Readonly<Record<string, Option>> = {
  why: { value: 'TEXT', text: 'why: it stands in the history and in the audit' },
  who: WHO_OPTION,
  json: JSON_OPTION,
  config: CONFIG_OPTION,
};

function commandOf(kind: EntryKind, said: Omit<Command, 'run'>): Command {
  const part = ENTRY_PARTS[kind];
  const verbs = kind === 'tool' ? { ...VERBS, ...KEY_VERBS } : VERBS;
  const run: Command['run'] = async (args, io) => {
    const { verb, run: work, rest } = verbOf(part, verbs, args);
    const { config } = usable(readConfigured(args, io).read);
    return withStore(config, async (store) => {
      const again = () => readConfigured(args, io).read;
      const registry = registryOn(store, { read: again, clock: Date.now });
      const names = Object.keys(config[part]);
      try {
        return await work({ kind, verb, rest, args, io, store, registry, names });
      } catch (error) {
        throw error instanceof EntryRefused ? withFindings(error, `${part} ${verb}`) : error;
      }
    });
  };
  const exits = ['done', `refused, or there is no such ${kind}`] as const;
  return { ...said, verbs: Object.keys(verbs), exits, run };
}

/** The refusal with all that is wrong, which says more than its remedy does. */
function withFindings(error: EntryRefused, command: string): Error {
  const { members = {}, remarks = [] } = refusalOf(error, command) ?? {};
  const { findings } = error;
  return new Refused({
    members: { ...members, findings },
    remarks: [...remarks.slice(0, 1), ...findingLines(findings)],
  });
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

const VERBS: Verbs<Task> = {
  list,
  show,
  register: (task) => put(task, { isNew: true }),
  edit: (task) => put(task, { isNew: false }),
  disable: (task) => change(task, switching(true)),
  enable: (task) => change(task, switching(false)),
  forget: (task) => change(task, forgetting()),
};

const KEY_VERBS: Verbs<Task> = {
  rotate: (task) => {
    const apiKey = newApiKey();
    return change(task, rotating(apiKey, graceOption(task.args)), { apiKey });
  },
  'end-keys': (task) => change(task, endingKeys()),
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
      choices: ['new', 'none'],
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

async function list({ kind, rest, registry, names }: Task): Promise<Answer> {
  takes(rest, 0, `${ENTRY_PARTS[kind]} list`);
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

async function show(task: Task): Promise<Answer> {
  const { kind, registry } = task;
  const name = nameIn(task);
  const found = await registry.find({ kind, name });
  if (found?.current === undefined) throw new GradebridgeError('NOT_FOUND');
  const { history = [] } = (await registry.standings(kind)).get(name) ?? {};
  const entry = editable(found.current);
  const from = found.stored === undefined ? 'the file' : 'the store, at revision';
  const where = found.stored === undefined ? from : `${from} ${found.revision}`;
  return {
    members: { ...rowOf(found, found.current), entry, history },
    lines: [JSON.stringify(entry, null, 2)],
    remarks: [`${name} comes from ${where}.`, ...history.map(lineOf)],
  };
}

function lineOf({ revision, verb, when, who, why }: EntryHistory): string {
  return `revision ${revision}  ${verb}  ${when}  ${who}: ${why}`;
}

async function put(task: Task, { isNew }: { readonly isNew: boolean }): Promise<Answer> {
  const { kind, args, registry } = task;
  const name = nameIn(task);
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
  const { kind, verb, args, store, registry } = task;
  const name = nameIn(task);
  const author = authorOf(args);
  const planned = await registry.plan({ kind, name }, drafting, { ...author, ...(isNew && { isNew }) });
  const audited = witnessOn(store);
  const [before, after] = [planned.before, planned.after].map((one) => one && withoutSecrets(one));
  const written = { what: `${kind}.${verb}`, subject: name, before, after, why: author.why };
  const { revision } = await audited(personOf(args), written, planned.commit);
  const key =
    apiKey === undefined ? [] : ['Its API key, which is shown this once, is the last line of stdout.'];
  return {
    members: { name, revision, ...(apiKey !== undefined && { apiKey }) },
    lines: apiKey === undefined ? [] : [apiKey],
    remarks: [`Done: revision ${revision}. A running gateway takes it up within seconds.`, ...key],
  };
}

function nameIn({ kind, verb, rest }: Pick<Task, 'kind' | 'verb' | 'rest'>): string {
  const [name = ''] = takes(rest, 1, `${ENTRY_PARTS[kind]} ${verb} NAME`);
  return name;
}
