import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../src/core/json.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { makeLineItems, startLoad, TROUBLES } from './load.ts';
import { type Deliveries, judge, type Sample, type Verdict } from './sample.ts';

export interface SoakOptions {
  readonly seconds: number;
  /** Requests a second. */
  readonly perSecond: number;
  /** Is told of each sample. */
  readonly sampled?: (sample: Sample) => void;
}

export interface Soaked {
  readonly samples: readonly Sample[];
  readonly verdicts: readonly Verdict[];
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** What must not be. */
  readonly wrong: readonly string[];
  /** What the store has when everything that could be delivered is. */
  readonly deliveries: Deliveries;
}

const SAMPLES = 30;
/** With fewer, thirds say nothing: a busy machine needs longer for them. */
const FEWEST = 12;
/** Seconds. */
const SHORTEST_SAMPLE = 0.5;
const BETWEEN_TROUBLES = 3;
/** Seconds that promises have to be delivered when the load is over. */
const PATIENCE = 30;

/** A constant load on a gateway in a process of its own, with faults now and then, and what the process holds meanwhile. */
export async function soak({ seconds, perSecond, sampled = () => {} }: SoakOptions): Promise<Soaked> {
  const sandbox = await startSandbox();
  const child = fork(
    fileURLToPath(new URL('./gateway.js', import.meta.url)),
    [JSON.stringify(settings(sandbox))],
    {
      execArgv: ['--expose-gc', '--enable-source-maps'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  try {
    const { url, authorization } = (await next(child)) as { url: string; authorization: string };
    await makeLineItems({ url, authorization });
    const load = startLoad({ url, authorization, perSecond });
    const samples: Sample[] = [];
    const every = Math.max(seconds / SAMPLES, SHORTEST_SAMPLE);
    const trouble = startTrouble(sandbox, Math.min(BETWEEN_TROUBLES, seconds / TROUBLES.length));
    const began = performance.now();
    const passed = (): number => (performance.now() - began) / 1000;
    while (passed() < seconds || samples.length < FEWEST) {
      await sleep(every * 1000);
      const held = (await ask(child, 'sample')) as Omit<Sample, 'at' | 'requests'>;
      samples.push({ at: passed(), requests: load.answered(), ...held });
      sampled(samples.at(-1) as Sample);
    }
    clearInterval(trouble);
    sandbox.clearFaults();
    await load.stop();
    const deliveries = await settled(child);
    const statuses = Object.fromEntries([...load.statuses].sort());
    return { samples, verdicts: judge(samples), statuses, wrong: load.wrong, deliveries };
  } finally {
    child.disconnect();
    await once(child, 'exit');
    await sandbox.close();
  }
}

function startTrouble(sandbox: Sandbox, seconds: number): NodeJS.Timeout {
  let count = 0;
  return setInterval(() => {
    const fault = TROUBLES[count++ % TROUBLES.length] as (typeof TROUBLES)[number];
    sandbox.clearFaults();
    sandbox.inject({ path: '/ims/', ...fault });
  }, seconds * 1000);
}

async function settled(child: ChildProcess): Promise<Deliveries> {
  const end = performance.now() + PATIENCE * 1000;
  for (;;) {
    const states = (await ask(child, 'deliveries')) as Deliveries;
    const { accepted = 0, sent = 0 } = states;
    if (accepted + sent === 0 || performance.now() > end) return states;
    await sleep(100);
  }
}

async function ask(child: ChildProcess, question: 'sample' | 'deliveries'): Promise<unknown> {
  const answer = next(child);
  child.send(question);
  return answer;
}

function next(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`the gateway has ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}

/** The usual gateway, with less patience, so that much happens in little time. */
function settings({ url, tokenUrl, clientId, clientSecret }: Sandbox): JsonObject {
  return {
    version: 1,
    listen: { port: 0 },
    upstreams: {
      school: {
        profile: 'timeback',
        baseUrl: url,
        auth: { tokenUrl, clientId, clientSecret },
        timeouts: { call: 500, late: 500 },
        largestAnswer: 1_000_000,
        retry: { attempts: 2, firstDelay: 20, longestDelay: 100 },
      },
    },
    contexts: {
      'math-101': { upstream: 'school', class: 'class-1', school: 'school-1', category: 'category-1' },
    },
    tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'soak-api-key' } },
    limits: { request: 2000 },
    deliveries: { firstDelay: 50, longestDelay: 1000 },
    log: { level: 'error' },
  };
}
