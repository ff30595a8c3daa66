import { setTimeout as sleep } from 'node:timers/promises';
import { type Pair, type Posting, scoreOf } from './plan.ts';
import { createRandom, type Random } from './random.ts';
import type { Stage } from './stage.ts';
import { codeOf, lineItemPath, type Reply, type Tool } from './tool.ts';
import type { Attempt } from './verdict.ts';

export interface ClientsParts {
  readonly seed: number;
  readonly gateways: Stage['gateways'];
  readonly tool: Tool;
  /** Is told after each posting which part of all is done. */
  readonly progress: (done: number) => void;
}

/** How many requests are under way at once. */
const AT_ONCE = 12;
/** Milliseconds. */
const STUBBORN_FOR = 60_000;
const PAUSE = { least: 50, most: 400 } as const;
/** Between an answer and the next score of a pair. */
const THINKING = { least: 0, most: 300 } as const;

/**
 * Posts the scores of all pairs, at once, as careful clients do: what got no answer is sent again as it is. Each pair's client
 * does one step after the other.
 *
 * @returns the attempts of each pair, in its order
 */
export async function postAll(
  pairs: readonly Pair[],
  parts: ClientsParts,
): Promise<readonly (readonly Attempt[])[]> {
  const started = Date.now();
  const all = pairs.reduce((sum, { steps }) => sum + steps.flat().length, 0);
  const gate = createGate(AT_ONCE);
  let done = 0;
  return Promise.all(
    pairs.map(async (pair) => {
      const random = createRandom(parts.seed, 'client', pair.number);
      const attempts: Attempt[] = [];
      for (const step of pair.steps) {
        await Promise.all(
          step.map(async (posting) => {
            await post(pair, posting, { ...parts, started, gate, random, attempts });
            done++;
            parts.progress(done / all);
          }),
        );
        await sleep(random.between(THINKING.least, THINKING.most));
      }
      return attempts;
    }),
  );
}

interface PostParts extends ClientsParts {
  readonly started: number;
  readonly gate: Gate;
  readonly random: Random;
  readonly attempts: Attempt[];
}

async function post(pair: Pair, posting: Posting, parts: PostParts): Promise<void> {
  const { index, isStubborn } = posting;
  const { random, attempts, started, gateways } = parts;
  const end = Date.now() + STUBBORN_FOR;
  for (let patience = posting.patience; Date.now() < end; patience = Math.min(2 * patience, 5_000)) {
    const process = random.between(0, gateways.length - 1);
    const from = Date.now() - started;
    const reply = await parts.gate(() => send(pair, { ...posting, patience }, { ...parts, process }));
    const said = replyOf(reply);
    attempts.push({ index, face: posting.face, process, from, to: Date.now() - started, ...said });
    const isAnswered = reply.status >= 200 && reply.status < 500 && reply.status !== 429;
    if (isAnswered || !isStubborn) return;
    await sleep(random.between(PAUSE.least, PAUSE.most));
  }
}

function send(
  pair: Pair,
  { index, face, patience }: Posting,
  { tool, gateways, process }: PostParts & { readonly process: number },
): Promise<Reply> {
  const url = gateways[process]?.url ?? '';
  const path = `${lineItemPath(face, pair.line)}/scores`;
  const once = pair.hasKeys ? { key: `pair-${pair.number}-score-${index}` } : {};
  return tool.ask({ method: 'POST', url, path, face, body: scoreOf(pair, index), patience, ...once });
}

function replyOf(reply: Reply): Pick<Attempt, 'status' | 'code' | 'receipt'> {
  const { status, location } = reply;
  if (status === 202) return { status, receipt: location };
  return status >= 400 ? { status, code: codeOf(reply) } : { status };
}

type Gate = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Lets only so much run at once; the others wait in their order. */
function createGate(count: number): Gate {
  let left = count;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (left > 0) left--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) left++;
      else next();
    }
  };
}
