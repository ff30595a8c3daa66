import { randomUUID } from 'node:crypto';
import type { Config, UpstreamConfig } from '../config/config.ts';
import {
  completeConfig,
  findConfigFile,
  type LoadedConfig,
  type LoadResult,
  readConfigFile,
} from '../config/load.ts';
import { NOTHING_STORED } from '../config/registered.ts';
import { type Connected, connect } from '../connect.ts';
import { type Check, type CheckResult, type Patient, runChecks, type State } from '../doctor/checks.ts';
import { MACHINE_CHECKS } from '../doctor/checks-machine.ts';
import { TOOL_CHECKS } from '../doctor/checks-tools.ts';
import { CONTEXT_CHECKS, UPSTREAM_CHECKS } from '../doctor/checks-upstreams.ts';
import {
  type Answer,
  CONFIG_OPTION,
  type Command,
  JSON_OPTION,
  noPositionals,
  textOption,
} from './command.ts';
import { storedIn } from './configured.ts';

/** Every check, in the order in which they are made. */
const CHECKS: readonly Check[] = [...MACHINE_CHECKS, ...UPSTREAM_CHECKS, ...CONTEXT_CHECKS, ...TOOL_CHECKS];

/** `gradebridge doctor`: whether what the configuration names is there and works. */
export const doctorCommand: Command = {
  summary: 'Looks whether all that the configuration names is there and works; changes nothing.',
  usage: '[--json] [--config FILE]',
  options: { json: JSON_OPTION, config: CONFIG_OPTION },
  example: 'gradebridge doctor --config gradebridge.config.json',
  exits: ['nothing is wrong, though there may be warnings', 'something is wrong'],
  run: async (args, io) => {
    noPositionals(args);
    const { environment, folder } = io;
    const file = findConfigFile({ named: textOption(args, 'config'), environment, folder });
    const results = file === undefined ? [NO_CONFIGURATION] : await examine(await load(file, environment));
    const isWell = results.every(({ state }) => state !== 'wrong' && state !== 'skipped');
    return { ok: isWell, members: { file: file ?? null, results }, ...forPeople(results) };
  },
};

const NO_CONFIGURATION: CheckResult = {
  check: 'configuration',
  state: 'wrong',
  found: 'There is no configuration.',
  remedy: 'Write one with gradebridge init (README.md, "Your own OneRoster"), or name one with --config.',
};

/** With what the store holds; whether that can be read is a check of its own. */
async function load(file: string, environment: NodeJS.ProcessEnv): Promise<LoadResult> {
  const read = readConfigFile(file, environment);
  if ('findings' in read) return read;
  return completeConfig(read, await storedIn(read.config).catch(() => NOTHING_STORED));
}

async function examine(loaded: LoadResult): Promise<readonly CheckResult[]> {
  if ('findings' in loaded) {
    return loaded.findings.map(({ file, place, message, remedy }) => ({
      check: 'configuration',
      subject: `${file} ${place}`,
      state: 'wrong',
      found: message,
      remedy,
    }));
  }
  const upstreams = connectAll(loaded.config);
  try {
    return await runChecks(CHECKS, patientOf(loaded, upstreams));
  } finally {
    await Promise.all([...upstreams.values()].map(({ transport }) => transport.close()));
  }
}

function connectAll({ upstreams }: Config): ReadonlyMap<string, Connected> {
  const world = { clock: Date.now, random: Math.random, log: () => {}, newId: randomUUID };
  return new Map(Object.entries(upstreams).map(([name, settings]) => [name, connect(name, settings, world)]));
}

function patientOf(loaded: LoadedConfig, upstreams: ReadonlyMap<string, Connected>): Patient {
  return {
    loaded,
    clock: Date.now,
    connected: (name) => {
      const found = upstreams.get(name);
      if (found === undefined) throw new TypeError(`There is no upstream ${name}.`);
      return found;
    },
    callTo: (name) => {
      const { timeouts } = loaded.config.upstreams[name] as UpstreamConfig;
      // Once more than a call may take: somebody is waiting, and a service that is down is down.
      return { requestId: randomUUID(), deadline: Date.now() + 2 * timeouts.call };
    },
  };
}

const MARKS: Readonly<Record<State, string>> = {
  wrong: 'WRONG',
  warning: 'WARNING',
  skipped: 'skipped',
  ok: 'ok',
};
const ORDER = Object.keys(MARKS);
const WIDTH = 9;

/** What is wrong first, each with what to do. */
function forPeople(results: readonly CheckResult[]): Pick<Answer, 'lines' | 'remarks'> {
  const sorted = [...results].sort((left, right) => ORDER.indexOf(left.state) - ORDER.indexOf(right.state));
  const count = (state: State): number => results.filter((result) => result.state === state).length;
  const [wrongs, warnings, skipped] = [count('wrong'), count('warning'), count('skipped')];
  return {
    lines: sorted.flatMap(({ state, check, subject, found, remedy }) => [
      `${MARKS[state].padEnd(WIDTH)}${[subject, found].filter(Boolean).join(': ')}  [${check}]`,
      ...(remedy === undefined ? [] : [`${' '.repeat(WIDTH)}→ ${remedy}`]),
    ]),
    remarks: [`\n${wrongs} wrong, ${warnings} warnings, ${skipped} not looked at, ${count('ok')} well.`],
  };
}
