import type { LoadedConfig } from '../config/load.ts';
import { createLog } from '../log.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { type Command, EXIT, type Io, noPositionals, printFindings } from './command.ts';
import { loadConfigured } from './configured.ts';
import { DEMO } from './demo-config.ts';
import { proveAll } from './laws.ts';
import { curlFor, explainListenError, type RunningGateway, startGateway, untilStopped } from './running.ts';

/** Enough to find a loss that is not declared, in well under a second; `gradebridge check` tries more. */
const RUNS_AT_START = 300;

/** `gradebridge serve`: the gateway from its configuration; with none, against the embedded sandbox. */
export const serveCommand: Command = {
  summary: 'Runs the gateway from its configuration; with none, against an embedded sandbox.',
  usage: '[--config FILE]',
  options: {
    config: {
      value: 'FILE',
      text: 'the configuration; default: GRADEBRIDGE_CONFIG, then ./gradebridge.config.json',
    },
  },
  example: 'gradebridge serve --config /etc/gradebridge/gradebridge.config.json',
  run: async (args, io) => {
    noPositionals(args);
    const { file, loaded } = loadConfigured(args, io);
    const findings =
      'findings' in loaded ? loaded.findings : proveAll(loaded.ownMappings, { runs: RUNS_AT_START });
    if ('findings' in loaded || findings.length > 0) {
      printFindings(findings, io);
      return EXIT.findings;
    }
    try {
      const sandbox = file === undefined ? await startSandbox({ port: DEMO.sandboxPort }) : undefined;
      const gateway = await start(loaded, sandbox);
      await introduce(gateway, { loaded, sandbox, io });
      io.error(`${await untilStopped()}: no new requests; ending those under way …`);
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

async function start(loaded: LoadedConfig, sandbox: Sandbox | undefined): Promise<RunningGateway> {
  try {
    const log = createLog(loaded.config.log.level);
    return await startGateway(loaded, { clock: Date.now, random: Math.random, log });
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
  { url, service }: RunningGateway,
  { loaded, sandbox, io }: Introduction,
): Promise<void> {
  const { config, file } = loaded;
  io.error(`Gradebridge is listening on ${url}; tools reach it as ${config.publicUrl}.`);
  if (sandbox === undefined) {
    const count = (record: object): number => Object.keys(record).length;
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
  io.error(
    `\nWhat OneRoster holds then: curl ${sandbox.url}/_sandbox/requests\nFor your own: write gradebridge.config.json (README.md, "Your own OneRoster").\n`,
  );
}
