import type { LoadedConfig } from '../config/load.ts';
import { GradebridgeError } from '../core/errors.ts';
import { beginServing, type Serving } from '../keep.ts';
import { type Finding, REPAIRS } from '../reconcile/finding.ts';
import { StoreInUse } from '../store/claim.ts';
import type { OpenedStore } from '../store/store.ts';
import { Refused, usable } from './answer.ts';
import { personOf } from './author.ts';
import {
  type Answer,
  type Arguments,
  type Command,
  type Io,
  noPositionals,
  UsageError,
  WHO_OPTION,
} from './command.ts';
import { loadWithStore } from './configured.ts';
import { openProgress } from './progress.ts';
import {
  type Chosen,
  choose,
  type Done,
  foundLines,
  membersOf,
  remarksOf,
  type TroubleWith,
} from './reconcile-said.ts';
import { type Wish, wishOf } from './reconcile-wish.ts';
import { type Reconciler, reconcilerHere, type Wanted } from './reconciling.ts';
import { reconcilerThere } from './reconciling-there.ts';
import { REMOTE_OPTIONS, withRemote } from './remote.ts';
import { withStore } from './with-store.ts';

/** `gradebridge reconcile`: what tools were told against what OneRoster holds. */
export const reconcileCommand: Command = {
  summary:
    'Compares what tools were told with what OneRoster holds, and mends what is asked for; without --repair it only looks.',
  usage:
    '[--context C …] [--id FINDING …] [--repair KIND …] [--yes] [--why TEXT] [--who NAME] [--url URL] [--token-env NAME] [--json] [--config FILE]',
  options: {
    context: {
      value: 'CONTEXT',
      text: 'a context, and others with further --context; default: all',
      isList: true,
    },
    id: { value: 'FINDING', text: 'a finding by its id, and others with further --id', isList: true },
    repair: {
      value: 'KIND',
      choices: [...REPAIRS, 'all'],
      text: `mend: ${REPAIRS.join(', ')}, or all that needs no decision of its own`,
      isList: true,
    },
    yes: { text: 'do it; without it, what would be done is only shown' },
    why: { value: 'TEXT', text: 'why it is mended: it stands in the audit' },
    who: WHO_OPTION,
    ...REMOTE_OPTIONS,
  },
  example: 'gradebridge reconcile --context math-101',
  exits: ['nothing is wrong (any more)', 'something is, a repair failed, or a context could not be compared'],
  run: async (args, io) => {
    noPositionals(args);
    const wish = wishOf(args);
    const loaded = usable((await loadWithStore(args, io)).loaded);
    const { contexts } = loaded.config;
    const unknown = wish.contexts.find((key) => !Object.hasOwn(contexts, key));
    if (unknown !== undefined) throw new UsageError(`--context: there is no context "${unknown}"`);
    const task = { wish, io, contexts: wish.contexts.length > 0 ? wish.contexts : Object.keys(contexts) };
    return withStore(loaded.config, (store) =>
      withReconciler({ loaded, store, wish, args, io }, (reconciler) => reconcile(reconciler, task)),
    );
  },
};

interface Place {
  readonly loaded: LoadedConfig;
  readonly store: OpenedStore;
  readonly wish: Wish;
  readonly args: Arguments;
  readonly io: Io;
}

type Work = (reconciler: Reconciler) => Promise<Answer>;

/**
 * Looking is safe beside anything. What writes must have the turns of every writer: with SQLite they are in the memory of the one
 * process that serves from it, so that is this one, or the one that runs is asked.
 */
async function withReconciler(place: Place, work: Work): Promise<Answer> {
  const { loaded, store, wish, args } = place;
  let serving: Serving | undefined;
  if (wish.isDone) {
    try {
      serving = await beginServing(store, loaded.config);
    } catch (error) {
      if (error instanceof StoreInUse) return byTheOther(place, work);
      throw error;
    }
  }
  const wasKilled = serving?.wasKilled ?? false;
  const here = reconcilerHere({ loaded, store, wasKilled, who: personOf(args).name });
  try {
    return await work(here);
  } finally {
    const { isQuiet } = await here.close();
    await serving?.end(isQuiet);
  }
}

/** By the gateway that runs. @throws Refused when it cannot be asked */
async function byTheOther({ args, io }: Pick<Place, 'args' | 'io'>, work: Work): Promise<Answer> {
  let hasBegun = false;
  try {
    return await withRemote({ args, io, role: 'operator' }, (remote) => {
      hasBegun = true;
      io.error(
        `A gateway runs on this store; it is asked at ${remote.url}, with the token of ${remote.from}.`,
      );
      return work(reconcilerThere(remote));
    });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { members, remarks = [] } = error.answer;
    const done = hasBegun ? 'What was done stands in the audit.' : 'Nothing was done.';
    throw new Refused({ members, remarks: [`${IN_USE} ${done}`, ...remarks] });
  }
}

const IN_USE =
  'A gateway runs on this store, and only that one may write while it does: it has to be asked, or stopped first.';

interface Task {
  readonly wish: Wish;
  readonly io: Io;
  readonly contexts: readonly string[];
}

async function reconcile(reconciler: Reconciler, task: Task): Promise<Answer> {
  const { wish, io, contexts } = task;
  const [found, troubles] = await lookAtAll(
    reconciler,
    contexts.map((context) => ({ context })),
    io,
  );
  const wanted = wish.ids.length === 0 ? found : found.filter(({ id }) => wish.ids.includes(id));
  const unknown = wish.ids.filter((id) => !found.some((finding) => finding.id === id));
  const chosen = choose(wanted, wish);
  const done: Done[] = wish.isDone
    ? await mendAll(reconciler, chosen, task)
    : chosen.map((one) => ({ ...one, outcome: 'planned' }));
  const [left, later] = wish.isDone ? await leftOf(reconciler, wanted, { done, io }) : [wanted, []];
  troubles.push(...later);
  const ok =
    troubles.length + unknown.length === 0 &&
    left.every(({ weight }) => weight === 'note') &&
    done.every(({ outcome }) => outcome !== 'failed');
  const summary = { done, left, unknown, troubles, wish };
  return { ok, members: membersOf(summary), lines: foundLines(left), remarks: remarksOf(summary) };
}

async function lookAtAll(
  reconciler: Reconciler,
  some: readonly Wanted[],
  io: Io,
): Promise<readonly [found: Finding[], troubles: TroubleWith[]]> {
  const [found, troubles]: [Finding[], TroubleWith[]] = [[], []];
  for (const wanted of some) {
    const { context } = wanted;
    const progress = openProgress(io, `Comparing ${context}`);
    try {
      found.push(...(await reconciler.look(wanted, progress.at)));
    } catch (error) {
      if (!(error instanceof GradebridgeError)) throw error;
      troubles.push({ context, code: error.code });
    } finally {
      progress.end();
    }
  }
  return [found, troubles];
}

async function mendAll(
  reconciler: Reconciler,
  chosen: readonly Chosen[],
  { wish, io }: Task,
): Promise<Done[]> {
  const done: Done[] = [];
  const progress = openProgress(io, 'Mending');
  for (const one of chosen) {
    try {
      await reconciler.mend({ ...one, why: wish.why });
      done.push({ ...one, outcome: 'mended' });
    } catch (error) {
      if (!(error instanceof GradebridgeError)) throw error;
      const outcome = error.code === 'NO_LONGER_SO' ? 'noLongerSo' : 'failed';
      done.push({ ...one, outcome, code: error.code });
    }
    progress.at(done.length, chosen.length);
  }
  progress.end();
  return done;
}

/** What is left, by another look at each line item that a repair was about: it may show what could not be seen before. */
async function leftOf(
  reconciler: Reconciler,
  wanted: readonly Finding[],
  { done, io }: { readonly done: readonly Done[]; readonly io: Io },
): Promise<readonly [left: readonly Finding[], troubles: readonly TroubleWith[]]> {
  const touched = new Map<string, Set<string>>();
  for (const { finding } of done)
    touched.set(finding.context, (touched.get(finding.context) ?? new Set()).add(finding.lineItem));
  const some = [...touched].map(([context, lineItems]) => ({ context, lineItems: [...lineItems] }));
  const [again, troubles] = await lookAtAll(reconciler, some, io);
  const isTouched = ({ context, lineItem }: Finding): boolean => touched.get(context)?.has(lineItem) ?? false;
  return [[...wanted.filter((finding) => !isTouched(finding)), ...again], troubles];
}
