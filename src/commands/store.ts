import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { findConfigFile, loadConfigFile } from '../config/load.ts';
import { type DeliveryState, OPEN_STATES } from '../core/delivery.ts';
import { placeOf } from '../keep.ts';
import { causesOf } from '../log.ts';
import { copyStore, HOLDINGS } from '../store/copy.ts';
import { newestVersion } from '../store/migrations.ts';
import {
  type Arguments,
  type Command,
  EXIT,
  type Io,
  printFindings,
  textOption,
  UsageError,
} from './command.ts';
import { loadDemoConfig, usualAddresses } from './demo-config.ts';
import { withStore } from './with-store.ts';

/** `gradebridge store`: what is kept, and moving it to another place. */
export const storeCommand: Command = {
  summary: 'Says what the store holds, or copies a SQLite file into the store that the configuration names.',
  usage: 'status [--json] [--config FILE]  |  copy --from FILE [--config FILE]',
  options: {
    from: { value: 'FILE', text: 'the SQLite file from which everything is copied; nobody may be using it' },
    json: { text: 'the status as one JSON document' },
    config: {
      value: 'FILE',
      text: 'the configuration; default: GRADEBRIDGE_CONFIG, then ./gradebridge.config.json',
    },
  },
  example: 'gradebridge store copy --from data/gradebridge.db',
  run: async (args, io) => {
    const [verb = '', ...others] = args.positionals;
    const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
    if (run === undefined || others.length > 0) throw new UsageError('store can "status" and "copy"');
    const { environment, folder } = io;
    const file = findConfigFile({ named: textOption(args, 'config'), environment, folder });
    const loaded =
      file === undefined ? loadDemoConfig(usualAddresses(), folder) : loadConfigFile(file, environment);
    if ('config' in loaded) return run(loaded.config, args, io);
    printFindings(loaded.findings, io);
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
  io.out(args.values['json'] === true ? JSON.stringify(standing) : textOf(standing));
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
  // A file that is not there is not made: whoever mistypes its name would move nothing, and be told that it was done.
  if (!existsSync(file)) {
    io.error(`there is no file ${file}; nothing was copied.`);
    return EXIT.findings;
  }
  const copied = await withStore({ store: place }, (target) =>
    withStore({ store: { sqlite: file } }, (source) => copyStore(source, target).catch(asFailure)),
  );
  if (copied.kind === 'failed') {
    io.error(`${file} could not be copied, and nothing was: ${causesOf(copied.error)}`);
    return EXIT.findings;
  }
  if (copied.kind === 'inUse') {
    io.error(`${file} is being used: stop the gateway that serves from it. Nothing was copied.`);
    return EXIT.findings;
  }
  if (copied.kind === 'notEmpty') {
    io.error(`${placeOf(place)} is not empty; nothing was copied. It holds:\n${linesOf(copied.counts)}`);
    io.error('Copy into a new database, before a gateway has been started on it.');
    return EXIT.findings;
  }
  io.out(linesOf(copied.counts));
  io.error(`Copied to ${placeOf(place)}. ${file} is as it was: keep it, and start no gateway on it again.`);
  return EXIT.done;
}

function asFailure(error: unknown): { readonly kind: 'failed'; readonly error: unknown } {
  return { kind: 'failed', error };
}

function linesOf(counts: Readonly<Record<keyof typeof HOLDINGS, number>>): string {
  return (Object.keys(HOLDINGS) as (keyof typeof HOLDINGS)[])
    .map((table) => `${String(counts[table]).padStart(8)}  ${HOLDINGS[table]}`)
    .join('\n');
}
