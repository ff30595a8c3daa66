import { deliveryRow } from '../admin/delivery-view.ts';
import { DELIVERY_STATES, type Delivery, type DeliveryState } from '../core/delivery.ts';
import { ERRORS } from '../core/errors.ts';
import type { DeliveryFilter } from '../store/deliveries.ts';
import type { OpenedStore } from '../store/store.ts';
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
import { withStore } from './with-store.ts';

/** The most that is shown, or changed, at once. */
const MOST = 10_000;

/** `gradebridge deliveries`: what has been promised, and what a person decides of it. */
export const deliveriesCommand: Command = {
  summary:
    'Shows what was promised to tools, has it tried again, or gives it up; beside a running gateway, too.',
  usage:
    'list | show ID | retry [ID …] | discard [ID …] --reason TEXT   [--state S] [--tool T] [--context C] [--upstream U] [--yes] [--json] [--config FILE]',
  options: {
    state: { value: 'STATE', text: `one of ${DELIVERY_STATES.join(', ')}` },
    tool: { value: 'TOOL', text: 'those of a tool' },
    context: { value: 'CONTEXT', text: 'those of a context' },
    upstream: { value: 'NAME', text: 'those of an upstream' },
    reason: { value: 'TEXT', text: 'why they are given up: it stands on their receipts' },
    yes: { text: 'do it to all that a filter finds; without it, they are only counted' },
    json: JSON_OPTION,
    config: CONFIG_OPTION,
  },
  example: 'gradebridge deliveries list --state failed',
  run: async (args, io) => {
    const [verb = '', ...ids] = args.positionals;
    const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
    if (run === undefined) throw new UsageError('deliveries can "list", "show", "retry" and "discard"');
    const filter = filterOf(args);
    const { read } = readConfigured(args, io);
    if ('config' in read)
      return withStore(read.config, (store) => run({ verb, ids, filter, args, io, store }));
    printFindings(read.findings, io);
    return EXIT.findings;
  },
};

interface Task {
  readonly verb: string;
  readonly ids: readonly string[];
  readonly filter: DeliveryFilter;
  readonly args: Arguments;
  readonly io: Io;
  readonly store: OpenedStore;
}

const VERBS: Readonly<Record<string, (task: Task) => Promise<number>>> = {
  list,
  show,
  retry: (task) => change(task, (id) => task.store.deliveries.retry(id, Date.now())),
  discard: (task) => {
    const reason = textOption(task.args, 'reason');
    if (reason === undefined) throw new UsageError('--reason is needed: it stands on the receipt');
    return change(task, (id) => task.store.deliveries.discard(id, reason, Date.now()));
  },
};

function filterOf(args: Arguments): DeliveryFilter {
  const state = textOption(args, 'state');
  if (state !== undefined && !DELIVERY_STATES.some((known) => known === state))
    throw new UsageError(`--state takes ${DELIVERY_STATES.join(', ')}`);
  return {
    state: state as DeliveryState | undefined,
    tool: textOption(args, 'tool'),
    context: textOption(args, 'context'),
    upstream: textOption(args, 'upstream'),
  };
}

async function list({ ids, filter, args, io, store }: Task): Promise<number> {
  if (ids.length > 0) throw new UsageError(`there is no use for "${ids[0]}"`);
  const deliveries = await store.deliveries.list(filter, MOST);
  if (args.values['json'] === true) {
    io.out(JSON.stringify(document('deliveries list', { deliveries: deliveries.map(deliveryRow) }), null, 2));
    return EXIT.done;
  }
  if (deliveries.length === 0) io.error('There are none.');
  for (const delivery of deliveries) io.out(lineOf(delivery));
  if (deliveries.length === MOST) io.error(`These are the first ${MOST}; a filter shows others.`);
  return EXIT.done;
}

async function show({ ids, args, io, store }: Task): Promise<number> {
  const [id, ...others] = ids;
  if (id === undefined || others.length > 0) throw new UsageError('show takes one ID');
  const delivery = await store.deliveries.find(id);
  if (delivery === undefined) {
    io.error(`There is no delivery ${id}.`);
    return EXIT.findings;
  }
  if (args.values['json'] === true) {
    io.out(JSON.stringify(document('deliveries show', { delivery: deliveryRow(delivery) }), null, 2));
    return EXIT.done;
  }
  for (const [name, value] of Object.entries(deliveryRow(delivery))) io.out(`${name.padEnd(16)}${value}`);
  const { errorCode } = delivery;
  if (errorCode !== undefined) io.error(`\n${ERRORS[errorCode].title}\n→ ${ERRORS[errorCode].remedy}`);
  return EXIT.done;
}

/** One by one, so that each answer says what became of that one: a delivery may have moved on meanwhile. */
async function change(task: Task, verdict: (id: string) => Promise<boolean>): Promise<number> {
  const { verb, args, io } = task;
  const chosen = await choose(task);
  if (chosen === undefined) return EXIT.findings;
  const [changed, unchanged]: [string[], string[]] = [[], []];
  for (const id of chosen) ((await verdict(id)) ? changed : unchanged).push(id);
  if (args.values['json'] === true)
    io.out(
      JSON.stringify(document(`deliveries ${verb}`, { changed, unchanged }, unchanged.length === 0), null, 2),
    );
  const done = verb === 'retry' ? 'will be tried again' : 'given up';
  io.error(`${changed.length} ${done}.`);
  for (const id of unchanged)
    io.error(`${id} was left as it is: it is not there, or not in a state for that.`);
  return unchanged.length === 0 ? EXIT.done : EXIT.findings;
}

/** The ids that are named, or those that the filter finds; undefined when their number is only to be seen. */
async function choose({ verb, ids, filter, args, io, store }: Task): Promise<readonly string[] | undefined> {
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  if (ids.length > 0 && isFiltered) throw new UsageError('either IDs or a filter, not both');
  if (ids.length > 0) return ids;
  if (!isFiltered) throw new UsageError(`${verb} takes IDs, or a filter such as --state failed`);
  const found = (await store.deliveries.list(filter, MOST)).filter(({ state }) => CHANGEABLE.has(state));
  if (args.values['yes'] === true) return found.map(({ id }) => id);
  for (const delivery of found) io.error(lineOf(delivery));
  io.error(`${found.length} would be changed; --yes does it.`);
  return undefined;
}

const CHANGEABLE: ReadonlySet<DeliveryState> = new Set(['held', 'failed', 'accepted']);

function lineOf({ id, state, tool, context, line, timestamp, attempts, errorCode }: Delivery): string {
  return [id, state, `${tool}/${context}`, line.sourcedId, timestamp, `${attempts}×`, errorCode ?? '']
    .join('  ')
    .trimEnd();
}

function document(command: string, members: object, ok = true): object {
  return { version: 1, command, ok, ...members };
}
