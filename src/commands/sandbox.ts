import { type SandboxProfile, startSandbox } from '../sandbox/sandbox.ts';
import { type Command, EXIT, noPositionals, portOption, textOption, UsageError } from './command.ts';
import { DEMO } from './demo-config.ts';
import { explainListenError, untilStopped } from './listening.ts';

const PROFILES: readonly string[] = ['timeback', 'spec', 'google'] satisfies readonly SandboxProfile[];

/** `gradebridge sandbox`: a OneRoster service to run against. */
export const sandboxCommand: Command = {
  summary: 'Runs a OneRoster 1.2 gradebook to try things against; it keeps nothing.',
  usage: '[--port N] [--profile NAME]',
  options: {
    port: { value: 'N', text: `default ${DEMO.sandboxPort}; 0 takes any that is free` },
    profile: {
      value: 'NAME',
      choices: PROFILES,
      text: 'timeback (default), spec or google: whose habits it has',
    },
  },
  example: 'gradebridge sandbox --port 8081 --profile spec',
  exits: ['stopped as wished', 'the port cannot be had'],
  run: async (args, io) => {
    noPositionals(args);
    const profile = textOption(args, 'profile') ?? 'timeback';
    if (!PROFILES.includes(profile)) throw new UsageError(`--profile takes ${PROFILES.join(', ')}`);
    try {
      const port = portOption(args, 'port', DEMO.sandboxPort);
      const sandbox = await startSandbox({ port, profile: profile as SandboxProfile });
      io.error(`OneRoster sandbox (${profile}) is listening on ${sandbox.url}`);
      io.error(
        `  token endpoint  ${sandbox.tokenUrl}\n  client          ${sandbox.clientId} / ${sandbox.clientSecret}\n  faults, objects ${sandbox.url}/_sandbox`,
      );
      await untilStopped();
      await sandbox.close();
      return EXIT.done;
    } catch (error) {
      explainListenError(error, '--port', io);
      return EXIT.findings;
    }
  },
};
