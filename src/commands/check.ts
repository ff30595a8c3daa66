import type { Config, Finding } from '../config/config.ts';
import { completeConfig, type LoadResult } from '../config/load.ts';
import { type ActiveMapping, foldersOf, loadMapping, mappingNames } from '../config/mappings.ts';
import { warningsOf } from '../config/one-gradebook.ts';
import { NOTHING_STORED, type Stored } from '../config/registered.ts';
import { tryExamples } from '../core/examples.ts';
import { LAWS } from '../core/laws.ts';
import type { Lens } from '../core/lens.ts';
import {
  type Arguments,
  CONFIG_OPTION,
  type Command,
  findingLines,
  type Io,
  JSON_OPTION,
  noPositionals,
  textOption,
  UsageError,
} from './command.ts';
import { knownIn, readConfigured, storedIn } from './configured.ts';
import { proveAll, show } from './laws.ts';
import { moveLines, movesBetween } from './moves.ts';
import { openProgress } from './progress.ts';

const DEFAULT_RUNS = 1_000;

/** `gradebridge check`: everything that can be known before anything runs. */
export const checkCommand: Command = {
  summary: 'Checks the configuration and every mapping, and tries the laws on generated documents.',
  usage: '[--config FILE] [--runs N] [--seed N] [--json]',
  options: {
    config: CONFIG_OPTION,
    runs: { value: 'N', text: `generated documents per mapping; default ${DEFAULT_RUNS}` },
    seed: { value: 'N', text: 'the seed of an earlier run, to see its counter-example again' },
    json: JSON_OPTION,
  },
  example: 'gradebridge check --config gradebridge.config.json --runs 10000',
  exits: ['all is right', 'something is wrong'],
  run: async (args, io) => {
    noPositionals(args);
    const [runs, seed] = [countOption(args, 'runs') ?? DEFAULT_RUNS, countOption(args, 'seed')];
    const { file, read } = readConfigured(args, io);
    const stored = 'config' in read ? await storedOrNothing(read.config, io) : NOTHING_STORED;
    const loaded = 'config' in read ? completeConfig(read, stored) : read;
    if (file === undefined)
      io.error('There is no configuration; the mappings that come with Gradebridge are checked.\n');
    const known = 'config' in loaded ? await knownIn(loaded.config) : undefined;
    const moves = 'config' in loaded && known !== undefined ? movesBetween(known, loaded.config) : [];
    const mappings = mappingsToCheck(loaded, stored.active);
    const findings = [...('findings' in loaded ? loaded.findings : []), ...mappings.findings];
    for (const { lens, file: at } of mappings.lenses)
      findings.push(...checkMapping(lens, { file: at, runs, seed, io }));
    const warnings = 'config' in loaded ? warningsOf(loaded.config, file ?? '') : [];
    return {
      ok: findings.length === 0,
      members: { file: file ?? null, findings, warnings, moves },
      remarks: [
        ...warnings.map(warningLine),
        ...(findings.length > 0
          ? findingLines(findings)
          : [...moveLines(moves), `${file ?? 'The built-in configuration'} can be run.`]),
      ],
    };
  },
};

function warningLine({ file, place, message, remedy }: Finding): string {
  return `WARNING ${file}\n  at ${place}: ${message}\n  → ${remedy}\n`;
}

/** A configuration may be checked where its database is out of reach. */
async function storedOrNothing(config: Config, io: Io): Promise<Stored> {
  try {
    return await storedIn(config);
  } catch {
    io.error('The store cannot be read; what lies in files is checked.\n');
    return NOTHING_STORED;
  }
}

interface Checkable {
  readonly lenses: readonly { readonly lens: Lens; readonly file: string }[];
  readonly findings: readonly Finding[];
}

/** Every mapping that the configuration can name: in its own folder, and shipped; or what is active in their place. */
function mappingsToCheck(loaded: LoadResult, active: ActiveMapping): Checkable {
  const folders = foldersOf('config' in loaded ? loaded.config : {});
  const results = mappingNames(folders).map((name) => loadMapping(name, folders, active));
  const known = new Set('findings' in loaded ? loaded.findings.map(({ file }) => file) : []);
  return {
    lenses: results.flatMap((result) => ('lens' in result ? [result] : [])),
    findings: results.flatMap((result) =>
      'findings' in result ? result.findings.filter(({ file }) => !known.has(file)) : [],
    ),
  };
}

interface MappingCheck {
  readonly file: string;
  readonly runs: number;
  readonly seed: number | undefined;
  readonly io: Io;
}

function checkMapping(lens: Lens, { file, runs, seed, io }: MappingCheck): readonly Finding[] {
  const wrong = tryExamples(lens).map(
    ({ index, direction, difference }): Finding => ({
      file,
      place: `/examples/${index}`,
      message: `the example does not hold towards ${direction}: at ${difference.pointer || '/'} it says ${show(difference.expected)}, the mapping gives ${show(difference.actual)}`,
      remedy: 'correct the example or the rows',
    }),
  );
  const { name, fields, examples = [] } = lens.plan.mapping;
  const progress = openProgress(io, name);
  const tried = (samples: number): void => progress.at(Math.min(samples, runs), runs);
  const broken = proveAll([{ lens, file }], { runs, tried, ...(seed !== undefined && { seed }) });
  progress.end();
  if (broken.length === 0 && wrong.length === 0) {
    io.error(
      `${name}: ${fields.length} rows, ${examples.length} examples, ${LAWS.length} laws held on ${runs} generated documents.`,
    );
  }
  return [...wrong, ...broken];
}

function countOption(args: Arguments, name: string): number | undefined {
  const text = textOption(args, name);
  if (text === undefined || /^\d{1,9}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new UsageError(`--${name} takes a whole number, not "${text}"`);
}
