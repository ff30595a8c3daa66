import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { type DeliveryState, OPEN_STATES } from '../core/delivery.ts';
import { placeOf } from '../keep.ts';
import { causesOf } from '../log.ts';
import { type BackedUp, backUp } from '../store/backup.ts';
import { claimStore, StoreInUse } from '../store/claim.ts';
import { type Copied, copyStore, HOLDINGS } from '../store/copy.ts';
import { newestVersion } from '../store/migrations.ts';
import { takes, usable, type Verbs, verbOf } from './answer.ts';
import { type Answer, CONFIG_OPTION, type Command, JSON_OPTION, textOption, UsageError } from './command.ts';
import { readConfigured } from './configured.ts';
import { withStore } from './with-store.ts';

/** `gradebridge store`: what is kept, copies of it that are safe, and moving it to another place. */
export const storeCommand: Command = {
  summary:
    'Says what the store holds, backs a SQLite file up while the gateway runs, or copies one into the store that the configuration names.',
  usage:
    'status [--json] [--config FILE]  |  backup --to FILE [--json] [--config FILE]  |  copy --from FILE [--json] [--config FILE]',
  verbs: ['status', 'backup', 'copy'],
  options: {
    from: {
      value: 'FILE',
      text: 'the SQLite file from which everything is copied; no gateway may serve from it',
    },
    to: { value: 'FILE', text: 'the file that the backup is written to; it must not exist' },
    json: JSON_OPTION,
    config: CONFIG_OPTION,
  },
  example: 'gradebridge store backup --to backup.db',
  exits: ['done', 'the store cannot be opened, or nothing was copied'],
  run: async (args, io) => {
    const { verb, run, rest } = verbOf('store', VERBS, args);
    takes(rest, 0, `store ${verb}`);
    const { config } = usable(readConfigured(args, io).read);
    const [from, to] = (['from', 'to'] as const).map((name) => {
      const file = textOption(args, name);
      return file === undefined ? undefined : resolve(io.folder, file);
    });
    return run({ place: config.store, from, to });
  },
};

interface Task {
  readonly place: Config['store'];
  readonly from: string | undefined;
  readonly to: string | undefined;
}

const VERBS: Verbs<Task> = { status, backup, copy };

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

async function status({ place }: Task): Promise<Answer> {
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
  return { members: standing, lines: [textOf(standing)] };
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

const PG_DUMP =
  'PostgreSQL has its own tool: pg_dump makes a backup while the gateways run (docs/operations.md)';

async function backup({ place, to }: Task): Promise<Answer> {
  if (to === undefined) throw new UsageError('--to is needed');
  if ('postgres' in place) throw new UsageError(PG_DUMP);
  const outcome = await backUp(place.sqlite, to);
  if (outcome.kind !== 'written')
    return { ok: false, members: { outcome: outcome.kind }, remarks: [noBackup(outcome, place.sqlite, to)] };
  const { bytes } = outcome;
  return { members: { outcome: 'written', file: to, bytes }, lines: [`${to}  ${bytes} bytes`] };
}

function noBackup(outcome: Exclude<BackedUp, { kind: 'written' }>, file: string, to: string): string {
  switch (outcome.kind) {
    case 'absent':
      return `There is no store at ${file}.`;
    case 'occupied':
      return `${to} exists already: name another file. Nothing was written.`;
    case 'failed':
      return `No backup was written: ${causesOf(outcome.error)}`;
  }
}

async function copy({ place, from: file }: Task): Promise<Answer> {
  if (file === undefined) throw new UsageError('--from is needed');
  const copied = await copyFrom(file, place);
  const { kind: outcome } = copied;
  const counts = 'counts' in copied ? { counts: copied.counts } : {};
  const members = { outcome, ...counts };
  if (copied.kind !== 'copied')
    return {
      ok: false,
      members,
      remarks: [`${whyNot(copied, file, placeOf(place))}\nNothing was copied.`],
    };
  const remark = `Copied to ${placeOf(place)}. ${file} is as it was: keep it, and start no gateway on it again.`;
  return { members, lines: [linesOf(copied.counts)], remarks: [remark] };
}

type Copying =
  | Copied
  | { readonly kind: 'absent' | 'inUse' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** The file is claimed meanwhile, so that no gateway is started on it. */
async function copyFrom(file: string, place: Config['store']): Promise<Copying> {
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

function whyNot(outcome: Exclude<Copying, { kind: 'copied' }>, file: string, target: string): string {
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
