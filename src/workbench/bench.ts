import { Worker } from 'node:worker_threads';
import { compileText, type MappingFault } from '../config/mappings.ts';
import { GradebridgeError } from '../core/errors.ts';
import { type Judged, judge } from './judge.ts';
import type { Bench } from './ports.ts';
import { type Tried, type TryRequest, tryMapping } from './try.ts';
import { answerWhatIf, type WhatIf, type WhatIfAsked } from './what-if.ts';

/** One piece of work, as it goes to the thread. */
export type Job =
  | { readonly kind: 'try'; readonly text: string; readonly request: TryRequest }
  | {
      readonly kind: 'judge';
      readonly text: string;
      readonly name: string;
      readonly earlier?: readonly string[];
    }
  | { readonly kind: 'faults'; readonly text: string; readonly name: string }
  | { readonly kind: 'whatIf'; readonly asked: WhatIfAsked };

interface Trial {
  readonly kind: 'try' | 'judge';
}

type Faults = { readonly faults: readonly MappingFault[] };
/** What comes of a job: plain data. */
export type Done = Tried | Judged | Faults | WhatIf;

/**
 * How many documents the laws are tried on, and for how long; a trial answers somebody who is writing, a judgement decides.
 * `least` is below what a judgement may pass with: a loaded machine is no proof.
 */
const BOUNDS = {
  try: { runs: 1_000, milliseconds: 800 },
  judge: { runs: 500, milliseconds: 10_000, least: 300 },
} as const;

/**
 * Does a job in this thread: `runJob({ kind: 'judge', text, name: 'line-item' }, Date.now)`.
 *
 * @throws GradebridgeError MAPPING_TOO_HEAVY when there was no time to try the laws enough for a judgement
 */
export function runJob(job: Extract<Job, Trial>, clock: () => number): Tried | Judged;
export function runJob(job: Job, clock: () => number): Done;
export function runJob(job: Job, clock: () => number): Done {
  if (job.kind === 'whatIf') return answerWhatIf(job.asked);
  if (job.kind === 'faults') return faultsOf(job);
  if (job.kind === 'try') return tryMapping(job.text, job.request, { ...BOUNDS.try, clock });
  const { least, ...bounds } = BOUNDS.judge;
  const { judged } = judge(job.text, { ...bounds, name: job.name, clock, earlier: job.earlier ?? [] });
  const { problems, examples, laws } = judged;
  const isFaulty = problems.length > 0 || examples.some(({ holds }) => !holds);
  const isBroken = laws.some(({ counterExample }) => counterExample !== undefined);
  if (!isFaulty && !isBroken && laws.some(({ runs }) => runs < least))
    throw new GradebridgeError('MAPPING_TOO_HEAVY');
  return judged;
}

function faultsOf({ text, name }: { readonly text: string; readonly name: string }): Faults {
  const compiled = compileText(text, name);
  return 'faults' in compiled ? compiled : { faults: [] };
}

/** A bench in this thread, for those for whom nobody waits: `await benchHere(Date.now).judge(text, 'line-item')`. */
export function benchHere(clock: () => number): Bench {
  return benchOn(async (job) => runJob(job, clock));
}

function benchOn(run: (job: Job) => Promise<Done>): Bench {
  return {
    tryMapping: async (text, request) => (await run({ kind: 'try', text, request })) as Tried,
    judge: async (text, name, earlier = []) => (await run({ kind: 'judge', text, name, earlier })) as Judged,
    faultsIn: async (text, name) => ((await run({ kind: 'faults', text, name })) as Faults).faults,
    whatIf: async (asked) => (await run({ kind: 'whatIf', asked })) as WhatIf | Faults,
  };
}

/** Milliseconds after which a thread is ended that has not answered, whatever it does. */
const PATIENCE = { try: 5_000, judge: 30_000, faults: 5_000, whatIf: 10_000 } as const;
/** Jobs that may wait for the one that is under way. */
const MOST_WAITING = 8;
/** Of the thread, so that no mapping takes the memory of the gateway. MiB. */
const HEAP = 256;

export interface Apart extends Bench {
  /** Ends the thread; nothing may be asked any more. */
  close(): Promise<void>;
}

/**
 * A bench in a thread of its own, because a proof takes its time and tools are not to wait for it. The thread is started when it
 * is needed, kept, and ended when it does not answer: what a mapping does there cannot stop the gateway.
 *
 * @example const bench = openBench(); await bench.judge(text, 'line-item')
 */
export function openBench(): Apart {
  let worker: Worker | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const run = async (job: Job): Promise<Done> => {
    if (waiting >= MOST_WAITING) throw new GradebridgeError('OVERLOADED');
    waiting++;
    const turn = last.then(() => {
      worker ??= startWorker(() => {
        worker = undefined;
      });
      return ask(worker, job);
    });
    last = turn.catch(() => worker?.terminate());
    try {
      return await turn;
    } finally {
      waiting--;
    }
  };
  return {
    ...benchOn(run),
    close: async () => {
      await worker?.terminate();
    },
  };
}

/** @param ended is called when the thread has ended, for whatever reason */
function startWorker(ended: () => void): Worker {
  const worker = new Worker(new URL('./worker.js', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: HEAP },
  });
  worker.unref();
  worker.on('exit', ended);
  // Whoever waits is told; an error without a listener would end the gateway.
  worker.on('error', () => {});
  return worker;
}

/** What the thread answers: a result, or that there was too much to do. */
export type Answer = { readonly result: Done } | { readonly tooHeavy: true };

/** @throws GradebridgeError MAPPING_TOO_HEAVY; the thread may still be at work then */
function ask(worker: Worker, job: Job): Promise<Done> {
  return new Promise((resolve, reject) => {
    const done = (answer?: Answer, cause?: unknown): void => {
      clearTimeout(timer);
      worker.off('message', done).off('error', failed).off('exit', ended);
      if (answer !== undefined && 'result' in answer) resolve(answer.result);
      else reject(new GradebridgeError('MAPPING_TOO_HEAVY', { cause }));
    };
    const failed = (cause: unknown): void => done(undefined, cause);
    const ended = (): void => done();
    const timer = setTimeout(ended, PATIENCE[job.kind]);
    worker.on('message', done).on('error', failed).on('exit', ended);
    worker.postMessage(job);
  });
}
