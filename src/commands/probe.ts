import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Config, ContextConfig, UpstreamConfig } from '../config/config.ts';
import { findConfigFile, loadConfigFile } from '../config/load.ts';
import { connect } from '../connect.ts';
import { isSafeSourcedId } from '../core/identity.ts';
import { PREFIX } from '../probe/cleaning.ts';
import { printReport } from '../probe/print.ts';
import { type ProbeOrder, probe } from '../probe/probe.ts';
import type { ProbeReport } from '../probe/report.ts';
import type { Progress } from '../probe/suite.ts';
import { usable } from './answer.ts';
import {
  type Arguments,
  CONFIG_OPTION,
  type Command,
  EXIT,
  type Io,
  JSON_OPTION,
  noPositionals,
  textOption,
  UsageError,
} from './command.ts';
import { watchInterruption } from './interruption.ts';

const FAMILIES: readonly string[] = [
  'lineItems',
  'assessmentLineItems',
] satisfies readonly ContextConfig['family'][];

/** `gradebridge probe`: what a OneRoster service can do, found out by doing it. */
export const probeCommand: Command = {
  summary:
    'Finds out what a OneRoster service can do, with objects of its own in one class, which it deletes.',
  usage:
    '--upstream NAME --class ID [--family NAME] [--category ID] [--student ID] [--json] [--out FILE] [--config FILE]',
  options: {
    upstream: { value: 'NAME', text: 'the name of an upstream in the configuration' },
    class: {
      value: 'ID',
      text: 'the sourcedId of the class to do it in: one that is there for trying things',
    },
    family: {
      value: 'NAME',
      choices: FAMILIES,
      text: 'lineItems or assessmentLineItems; default: of a context of that class, then lineItems',
    },
    category: {
      value: 'ID',
      text: 'the category of the line items; default: of a context of that class, then the first one',
    },
    student: {
      value: 'ID',
      text: 'the student who gets a result for the time being; default: the first active one of the class',
    },
    json: JSON_OPTION,
    out: { value: 'FILE', text: 'where the report goes in place of stdout' },
    config: CONFIG_OPTION,
  },
  example: 'gradebridge probe --upstream timeback --class class-1 --json --out timeback.probe.json',
  exits: [
    'all that the gateway needs is there',
    'something that it needs is missing or could not be found out, or something was left behind',
    'used wrongly, nothing was asked',
  ],
  run: async (args, io) => {
    noPositionals(args);
    const file = findConfigFile({ named: textOption(args, 'config'), ...io });
    if (file === undefined) throw new UsageError('there is no configuration; name one with --config');
    const out = outOption(args, io);
    const { config } = usable(loadConfigFile(file, io.environment));
    const order = orderOf(args, config);
    const report = await runProbe(order, config.upstreams[order.upstream] as UpstreamConfig, io);
    const text = args.values['json'] === true ? JSON.stringify(report, null, 2) : printReport(report);
    return deliver(text, out, io) && report.ok ? EXIT.done : EXIT.findings;
  },
};

/** A report that cannot be written down is to be known before anything is touched. */
function outOption(args: Arguments, { folder }: Io): string | undefined {
  const named = textOption(args, 'out');
  if (named === undefined) return undefined;
  const file = resolve(folder, named);
  try {
    accessSync(existsSync(file) ? file : dirname(file), constants.W_OK);
    return file;
  } catch {
    throw new UsageError(`--out: ${named} cannot be written`);
  }
}

/** What was found out with some trouble is not lost because a disk is full. @returns whether it is where it was wanted */
function deliver(text: string, file: string | undefined, io: Io): boolean {
  try {
    if (file === undefined) io.out(text);
    else writeFileSync(file, `${text}\n`);
    if (file !== undefined) io.error(`The report is in ${file}.`);
    return true;
  } catch (error) {
    io.error(`${file} could not be written (${(error as NodeJS.ErrnoException).code}); this is the report.`);
    io.out(text);
    return false;
  }
}

/** An id of OneRoster that can stand in a path. @throws UsageError */
function idOption(args: Arguments, name: string): string | undefined {
  const id = textOption(args, name);
  if (id === undefined || isSafeSourcedId(id)) return id;
  throw new UsageError(`--${name} takes the sourcedId of an object, not "${id}"`);
}

function orderOf(args: Arguments, { upstreams, contexts }: Config): ProbeOrder {
  const [upstream, classId] = [textOption(args, 'upstream'), idOption(args, 'class')];
  if (upstream === undefined || classId === undefined)
    throw new UsageError('--upstream and --class are needed');
  const settings = Object.hasOwn(upstreams, upstream) ? upstreams[upstream] : undefined;
  if (settings === undefined) {
    const known = Object.keys(upstreams).join(', ');
    throw new UsageError(`there is no upstream "${upstream}"; there are ${known}`);
  }
  const named = textOption(args, 'family');
  if (named !== undefined && !FAMILIES.includes(named))
    throw new UsageError(`--family takes ${FAMILIES.join(' or ')}`);
  const context = Object.values(contexts).find(
    (candidate) =>
      candidate.upstream === upstream &&
      candidate.class === classId &&
      (named === undefined || candidate.family === named),
  );
  const category = typeof context?.category === 'string' ? context.category : undefined;
  return {
    upstream,
    profile: settings.profile,
    classId,
    family: (named as ContextConfig['family'] | undefined) ?? context?.family ?? 'lineItems',
    category: idOption(args, 'category') ?? category,
    student: idOption(args, 'student'),
  };
}

async function runProbe(order: ProbeOrder, settings: UpstreamConfig, io: Io): Promise<ProbeReport> {
  announce(order, settings, io);
  const interruption = watchInterruption(io.isAtTerminal === true, (signal) =>
    io.error(`${signal}: it ends, and takes away what it has made. Once more to leave it there.`),
  );
  const { clock, random } = { clock: Date.now, random: Math.random };
  const connected = connect(order.upstream, settings, { clock, random, log: () => {}, newId: randomUUID });
  const { pause, isInterrupted } = interruption;
  const { retry, timeouts, auth } = settings;
  try {
    return await probe(order, {
      ...connected,
      ...{ clock, random, pause, isInterrupted, retry },
      tokenUrl: auth.tokenUrl,
      callTimeout: timeouts.call,
      newId: randomUUID,
      progress: progressOn(io),
      cleaning: (objects) => io.error(`Taking away ${objects} of its objects …`),
    });
  } finally {
    interruption.end();
    await connected.transport.close();
  }
}

function announce(
  { upstream, classId, family, student }: ProbeOrder,
  { baseUrl }: UpstreamConfig,
  io: Io,
): void {
  const [lineItem, result] =
    family === 'lineItems' ? ['line items', 'result'] : ['assessment line items', 'assessment result'];
  const who = student === undefined ? 'the first active student of the class' : `the student ${student}`;
  io.error(
    [
      `At ${upstream} (${baseUrl}), in the class ${classId}, this`,
      '  - asks for tokens in several ways, and reads the class, its enrollments, categories and lists;',
      `  - makes two ${lineItem} and, for ${who}, one ${result}, and writes them over many times;`,
      `  - deletes them at the end, also when it fails or is interrupted. Their ids begin with ${PREFIX}.`,
      'Nothing else is written.',
      '',
    ].join('\n'),
  );
}

function progressOn(io: Io): Progress {
  return ({ id, question }, { index, count }, report) => {
    const number = `[${String(index).padStart(String(count).length)}/${count}]`;
    if (report === undefined) io.error(`${number} ${id}: ${question}`);
    else io.error(`${' '.repeat(number.length)} ${report.verdict}: ${report.found}`);
  };
}
