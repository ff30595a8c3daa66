import { randomUUID } from 'node:crypto';
import { deliveryRow } from '../admin/delivery-view.ts';
import { createJobs, type Decision } from '../admin/jobs.ts';
import { completeConfig } from '../config/load.ts';
import { DELIVERY_STATES, type Delivery, type DeliveryState, deliveryKind } from '../core/delivery.ts';
import { ERRORS, GradebridgeError } from '../core/errors.ts';
import { storedOf } from '../keep.ts';
import { configNames, deliveriesByName } from '../renamed.ts';
import type { DeliveryFilter } from '../store/deliveries.ts';
import type { OpenedStore } from '../store/store.ts';
import { takes, usable, type Verbs, verbOf } from './answer.ts';
import { personOf, witnessOn } from './author.ts';
import {
  type Answer,
  type Arguments,
  CONFIG_OPTION,
  type Command,
  JSON_OPTION,
  textOption,
  UsageError,
  WHO_OPTION,
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
    'list | show ID | retry [ID …] | discard [ID …] --reason TEXT   [--state S] [--tool T] [--context C] [--upstream U] [--yes] [--who NAME] [--json] [--config FILE]',
  verbs: ['list', 'show', 'retry', 'discard'],
  options: {
    state: { value: 'STATE', choices: DELIVERY_STATES, text: `one of ${DELIVERY_STATES.join(', ')}` },
    tool: { value: 'TOOL', text: 'those of a tool' },
    context: { value: 'CONTEXT', text: 'those of a context' },
    upstream: { value: 'NAME', text: 'those of an upstream' },
    reason: { value: 'TEXT', text: 'why they are given up: it stands on their receipts' },
    yes: { text: 'do it to all that a filter finds; without it, they are only counted' },
    who: WHO_OPTION,
    json: JSON_OPTION,
    config: CONFIG_OPTION,
  },
  example: 'gradebridge deliveries list --state failed',
  exits: ['done', 'there is no such delivery, some were not in a state for that, or --yes is missing'],
  run: async (args, io) => {
    const { verb, run, rest: ids } = verbOf('deliveries', VERBS, args);
    const filter = filterOf(args);
    const read = usable(readConfigured(args, io).read);
    return withStore(read.config, async (store) => {
      // What is wrong with an entry elsewhere must not keep a person from what was promised.
      const whole = completeConfig(read, await storedOf(store));
      const names = configNames('config' in whole ? whole.config : read.config);
      const deliveries = deliveriesByName(store.deliveries, names);
      return run({ verb, ids, filter, args, store: { ...store, deliveries } });
    });
  },
};

interface Task {
  readonly verb: string;
  readonly ids: readonly string[];
  readonly filter: DeliveryFilter;
  readonly args: Arguments;
  readonly store: OpenedStore;
}

const VERBS: Verbs<Task> = {
  list,
  show,
  retry: (task) => change(task, { verb: 'retry', reason: textOption(task.args, 'reason') }),
  discard: (task) => {
    const reason = textOption(task.args, 'reason');
    if (reason === undefined) throw new UsageError('--reason is needed: it stands on the receipt');
    return change(task, { verb: 'discard', reason });
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

async function list({ ids, filter, store }: Task): Promise<Answer> {
  if (ids.length > 0) throw new UsageError(`there is no use for "${ids[0]}"`);
  const deliveries = await store.deliveries.list(filter, MOST);
  return {
    members: { deliveries: deliveries.map(deliveryRow) },
    lines: deliveries.map(lineOf),
    remarks: [
      ...(deliveries.length === 0 ? ['There are none.'] : []),
      ...(deliveries.length === MOST ? [`These are the first ${MOST}; a filter shows others.`] : []),
    ],
  };
}

async function show({ ids, store }: Task): Promise<Answer> {
  const [id = ''] = takes(ids, 1, 'deliveries show ID');
  const delivery = await store.deliveries.find(id);
  if (delivery === undefined)
    return { ok: false, members: { delivery: null }, remarks: [`There is no delivery ${id}.`] };
  const row = deliveryRow(delivery);
  const error = delivery.errorCode && ERRORS[delivery.errorCode];
  return {
    members: { delivery: row },
    lines: Object.entries(row).map(([name, value]) => `${name.padEnd(16)}${value}`),
    remarks: error ? [`\n${error.title}\n→ ${error.remedy}`] : [],
  };
}

/** One by one, so that each answer says what became of that one: a delivery may have moved on meanwhile. */
async function change(task: Task, decision: Decision): Promise<Answer> {
  const chosen = await choose(task);
  if ('members' in chosen) return chosen;
  const decide = deciding(task);
  const [changed, unchanged]: [string[], string[]] = [[], []];
  for (const id of chosen) ((await decide(id, decision)) ? changed : unchanged).push(id);
  return {
    ok: unchanged.length === 0,
    members: { changed, unchanged },
    remarks: [
      `${changed.length} ${task.verb === 'retry' ? 'will be tried again' : 'given up'}.`,
      ...unchanged.map((id) => `${id} was left as it is: it is not there, or not in a state for that.`),
    ],
  };
}

/** Decides as the console does, audit included. A running gateway looks by itself for what there is to deliver. */
function deciding({ args, store }: Task): (id: string, decision: Decision) => Promise<boolean> {
  const { decide } = createJobs({
    ...{ deliveries: store.deliveries, store: store.adminJobs, audited: witnessOn(store) },
    ...{ clock: Date.now, newId: randomUUID, wake: () => {}, isStopping: () => false, failed: () => {} },
  });
  return async (id, decision) => {
    try {
      await decide(personOf(args), id, decision);
      return true;
    } catch (error) {
      if (error instanceof GradebridgeError && UNCHANGED.has(error.code)) return false;
      throw error;
    }
  };
}

const UNCHANGED: ReadonlySet<string> = new Set(['NOT_FOUND', 'NOT_CHANGEABLE']);

/** The ids that are named, or those that the filter finds; an answer when their number is only to be seen. */
async function choose({ verb, ids, filter, args, store }: Task): Promise<readonly string[] | Answer> {
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  if (ids.length > 0 && isFiltered) throw new UsageError('either IDs or a filter, not both');
  if (ids.length > 0) return ids;
  if (!isFiltered) throw new UsageError(`${verb} takes IDs, or a filter such as --state failed`);
  const found = (await store.deliveries.list(filter, MOST)).filter(({ state }) => CHANGEABLE.has(state));
  const idsOf = found.map(({ id }) => id);
  if (args.values['yes'] === true) return idsOf;
  return {
    ok: false,
    members: { wouldChange: idsOf },
    remarks: [...found.map(lineOf), `${found.length} would be changed; --yes does it.`],
  };
}

const CHANGEABLE: ReadonlySet<DeliveryState> = new Set(['held', 'failed', 'accepted']);

function lineOf(delivery: Delivery): string {
  const { id, state, tool, context, line, timestamp, attempts, errorCode } = delivery;
  return [
    id,
    state,
    deliveryKind(delivery),
    `${tool}/${context}`,
    line.sourcedId,
    timestamp,
    `${attempts}×`,
    errorCode ?? '',
  ]
    .join('  ')
    .trimEnd();
}
