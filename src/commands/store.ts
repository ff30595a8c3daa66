import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { type DeliveryState, OPEN_STATES } from '../core/delivery.ts';
import { placeOf } from '../keep.ts';
import { causesOf } from '../log.ts';
import { claimStore, StoreInUse } from '../store/claim.ts';
import { type Copied, copyStore, HOLDINGS } from '../store/copy.ts';
import { newestVersion } from '../store/migrations.ts';
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

/** `gradebridge store`: what is kept, and moving it to another place. */
export const storeCommand: Command = {
  summary: 'Says what the store holds, or copies a SQLite file into the store that the configuration names.',
  usage: 'status [--json] [--config FILE]  |  copy --from FILE [--json] [--config FILE]',
  options: {
    from: {
      value: 'FILE',
      text: 'the SQLite file from which everything is copied; no gateway may serve from it',
    },
    json: JSON_OPTION,
    config: CONFIG_OPTION,
  },
  example: 'gradebridge store copy --from data/gradebridge.db',
  run: async (args, io) => {
    const [verb = '', ...others] = args.positionals;
    const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
    if (run === undefined || others.length > 0) throw new UsageError('store can "status" and "copy"');
    const { read } = readConfigured(args, io);
    if ('config' in read) return run(read.config, args, io);
    printFindings(read.findings, io);
    return EXIT.findings;
  },
};

const VERBS: Readonly<Record<string, (config: Config, args: Arguments, io: Io) => Promise<number>>> = {
  status,
  copy,
};

interface Status {
  readonly store: string;
  /** The version that the store has, and the one that this program brings it to. */
  readonly schema: { readonly is: string | null; readonly newest: string };
  readonly deliveries: readonly {
    readonly upstream: string;
    readonly state: DeliveryState;
    readonly count: number;
    readonly oldest: string;
  }[];
  /** When the oldest that is still to be delivered was promised. */
  readonly oldestWaiting: string | null;
}

async function status({ store: place }: Config, args: Arguments, io: Io): Promise<number> {
  const look = { asItIs: true };
  const standing = await withStore(
    { store: place },
    async (store): Promise<Status> => {
      const is = (await store.version()) ?? null;
      const rows = is === null ? [] : await store.deliveries.count();
      const waiting = rows.filter(({ state }) => OPEN_STATES.some((open) => open === state));
      const oldest = waiting.map((row) => row.oldest).sort((one, other) => one - other)[0];
      return {
        store: placeOf(place),
        schema: { is, newest: newestVersion('postgres' in place) },
        deliveries: rows.map((row) => ({ ...row, oldest: new Date(row.oldest).toISOString() })),
        oldestWaiting: oldest === undefined ? null : new Date(oldest).toISOString(),
      };
    },
    look,
  );
  const isJson = args.values['json'] === true;
  const head = { version: 1, command: 'store status', ok: true };
  io.out(isJson ? JSON.stringify({ ...head, ...standing }) : textOf(standing));
  return EXIT.done;
}

function textOf({ store, schema, deliveries, oldestWaiting }: Status): string {
  const version = schema.is ?? 'none: nothing has used it yet';
  const rows = deliveries
    .toSorted((one, other) => (`${one.upstream} ${one.state}` < `${other.upstream} ${other.state}` ? -1 : 1))
    .map(({ upstream, state, count, oldest }) =>
      [String(count).padStart(8), state.padEnd(12), upstream, ` since ${oldest}`].join('  '),
    );
  return [
    `store    ${store}`,
    `schema   ${version}${schema.is === schema.newest ? '' : ` (this program brings it to ${schema.newest})`}`,
    `waiting  ${oldestWaiting === null ? 'nothing' : `since ${oldestWaiting}`}`,
    ...(rows.length > 0 ? ['', ...rows] : []),
  ].join('\n');
}

async function copy({ store: place }: Config, args: Arguments, io: Io): Promise<number> {
  const from = textOption(args, 'from');
  if (from === undefined) throw new UsageError('--from is needed');
  const file = resolve(io.folder, from);
  const outcome = await copyFrom(file, place);
  const isDone = outcome.kind === 'copied';
  if (args.values['json'] === true) {
    const counts = 'counts' in outcome ? { counts: outcome.counts } : {};
    const head = { version: 1, command: 'store copy', ok: isDone, outcome: outcome.kind };
    io.out(JSON.stringify({ ...head, ...counts }));
  } else if (isDone) io.out(linesOf(outcome.counts));
  if (isDone)
    io.error(`Copied to ${placeOf(place)}. ${file} is as it was: keep it, and start no gateway on it again.`);
  else io.error(`${whyNot(outcome, file, placeOf(place))}\nNothing was copied.`);
  return isDone ? EXIT.done : EXIT.findings;
}

type Outcome =
  | Copied
  | { readonly kind: 'absent' | 'inUse' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** The file is claimed meanwhile, so that no gateway is started on it. */
async function copyFrom(file: string, place: Config['store']): Promise<Outcome> {
  // A file that is not there is not made: whoever mistypes its name would move nothing, and be told that it was done.
  if (!existsSync(file)) return { kind: 'absent' };
  let release = (): void => {};
  try {
    release = claimStore(file);
    return await withStore({ store: place }, (target) =>
      withStore({ store: { sqlite: file } }, (source) =>
        copyStore(source, target).catch((error: unknown) => ({ kind: 'failed', error }) as const),
      ),
    );
  } catch (error) {
    if (error instanceof StoreInUse) return { kind: 'inUse' };
    throw error;
  } finally {
    release();
  }
}

function whyNot(outcome: Exclude<Outcome, { kind: 'copied' }>, file: string, target: string): string {
  switch (outcome.kind) {
    case 'absent':
      return `There is no file ${file}.`;
    case 'inUse':
      return `A gateway serves from ${file}: stop it.`;
    case 'failed':
      return `${file} could not be copied: ${causesOf(outcome.error)}`;
    case 'notEmpty':
      return `${target} is not empty: copy into a new database, before a gateway was started on it. It holds:\n${linesOf(outcome.counts)}`;
  }
}

function linesOf(counts: Readonly<Record<keyof typeof HOLDINGS, number>>): string {
  return (Object.keys(HOLDINGS) as (keyof typeof HOLDINGS)[])
    .map((table) => `${String(counts[table]).padStart(8)}  ${HOLDINGS[table]}`)
    .join('\n');
}
