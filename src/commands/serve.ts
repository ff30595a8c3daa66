import { randomBytes } from 'node:crypto';
import type { World } from '../compose.ts';
import type { LoadedConfig, LoadResult, ReadResult } from '../config/load.ts';
import { onDisk } from '../config/on-disk.ts';
import { storedOf } from '../keep.ts';
import { createLog } from '../log.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { usable } from './answer.ts';
import { CONFIG_OPTION, type Command, EXIT, type Io, noPositionals } from './command.ts';
import { loadWithStore, readConfigured, storedIn } from './configured.ts';
import { endWithin } from './deadline.ts';
import { DEMO } from './demo-config.ts';
import { curlFor, explainListenError, untilStopped } from './listening.ts';
import { proven, reloadOnDemand } from './reloading.ts';
import { type RunningGateway, startGateway } from './running.ts';

/** Milliseconds after `limits.drain` for closing what is left; then the process ends, whatever hangs. */
const MARGIN = 900;

/** `gradebridge serve`: the gateway from its configuration; with none, against the embedded sandbox. */
export const serveCommand: Command = {
  summary: 'Runs the gateway from its configuration; with none, against an embedded sandbox.',
  usage: '[--watch] [--reload-on-hangup] [--config FILE]',
  options: {
    watch: { text: 'reload when the configuration or a mapping of your own has changed, as SIGHUP does' },
    'reload-on-hangup': {
      text: 'reload on SIGHUP also when started on a terminal, where it stops the gateway otherwise',
    },
    config: CONFIG_OPTION,
  },
  example: 'gradebridge serve --config /etc/gradebridge/gradebridge.config.json',
  exits: [
    'stopped as wished',
    'the configuration is wrong, a mapping breaks a law, or the port cannot be had',
  ],
  run: async (args, io) => {
    noPositionals(args);
    // Another one at each start: on a machine with several people, nobody can know it beforehand.
    const adminToken = randomBytes(18).toString('base64url');
    let stored = storedIn;
    const load = async (): Promise<LoadResult> =>
      proven((await loadWithStore(args, io, { stored, adminToken })).loaded);
    const read = (): ReadResult => readConfigured(args, io, adminToken).read;
    const source: World['source'] = ({ file: path, config }) => onDisk(path, config);
    const { file } = readConfigured(args, io);
    const loaded = usable(await load());
    try {
      const sandbox = file === undefined ? await startSandbox({ port: DEMO.sandboxPort }) : undefined;
      const gateway = await start(loaded, { load, read, source }, sandbox);
      const { reloads, store } = gateway.service;
      stored = () => storedOf(store);
      const isWatching = args.values['watch'] === true;
      const onHangup = io.isAtTerminal !== true || args.values['reload-on-hangup'] === true;
      const { config } = loaded;
      const stopReloading = reloadOnDemand({ reloads, config, file, isWatching, onHangup, io });
      const stopped = untilStopped({ hangup: !onHangup });
      await introduce(gateway, { loaded, sandbox, io });
      const signal = await stopped;
      endWithin(config.limits.drain + MARGIN);
      io.error(`${signal}: no new requests; ending those under way …`);
      stopReloading();
      await gateway.stop();
      await sandbox?.close();
      return EXIT.done;
    } catch (error) {
      explainListenError(
        error,
        file === undefined ? 'a configuration of your own' : '"listen" in the configuration',
        io,
      );
      return EXIT.findings;
    }
  },
};

async function start(
  loaded: LoadedConfig,
  again: Pick<World, 'load' | 'read' | 'source'>,
  sandbox: Sandbox | undefined,
): Promise<RunningGateway> {
  try {
    const log = createLog(loaded.config.log.level);
    return await startGateway(loaded, { clock: Date.now, random: Math.random, log, ...again });
  } catch (error) {
    await sandbox?.close();
    throw error;
  }
}

interface Introduction {
  readonly loaded: LoadedConfig;
  readonly sandbox: Sandbox | undefined;
  readonly io: Io;
}

async function introduce(
  { url, metricsUrl, service }: RunningGateway,
  { loaded, sandbox, io }: Introduction,
): Promise<void> {
  const { config, file } = loaded;
  io.error(`Gradebridge is listening on ${url}; tools reach it as ${config.publicUrl}.`);
  if (metricsUrl !== undefined) io.error(`Metrics are at ${metricsUrl}.`);
  if (sandbox === undefined) {
    const count = (record: object): number => Object.keys(record).length;
    if (config.admin !== undefined) io.error(`The console is at ${config.publicUrl}/console/.`);
    io.error(
      `${file}: ${count(config.tools)} tools, ${count(config.contexts)} contexts, ${count(config.upstreams)} upstreams.`,
    );
    return;
  }
  const key = await service.keyring.sign('serviceKey', { tool: DEMO.tool, context: DEMO.context });
  io.error(
    `There is no configuration, so it runs against a OneRoster sandbox on ${sandbox.url}, which forgets everything when it stops.`,
  );
  io.error(`\nTry this:\n`);
  io.out(curlFor(url, DEMO.apiKey, key));
  io.error(`\nThe console: ${url}/console/ (token: ${config.admin?.tokens[DEMO.admin]?.token})`);
  io.error(
    `\nWhat OneRoster holds then: curl ${sandbox.url}/_sandbox/requests\nFor your own: gradebridge init (README.md, "Your own OneRoster").\n`,
  );
}
