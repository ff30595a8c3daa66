import { mkdtempSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Answer } from '../exchange/client.ts';
import { eventually } from '../exchange/world.ts';
import { verdictOn } from './judge.ts';
import { heapInUse, openPlace, type Place, processorTime } from './place.ts';
import { type FuzzRequest, requestOf } from './requests.ts';

export interface FuzzOptions {
  readonly seed: number;
  /** The number of the first request; 0 by default. */
  readonly from?: number;
  readonly requests: number;
  readonly progress?: (done: number) => void;
}

export interface FuzzResult {
  /** What went wrong, each with its seed and its request. */
  readonly violations: readonly string[];
  readonly statuses: Readonly<Record<string, number>>;
  /** Bytes that the heap has grown by since the first thousand requests; 0 when there were no more. */
  readonly grown: number;
  /** Milliseconds of the processor that the most expensive request took. */
  readonly slowest: number;
}

/** Milliseconds that one request may have of the main thread, with all that the test itself does for it. */
const MOST_TIME = 100;
/** What is too slow once may have met a compiler or a collection: it is sent again, and its best time counts. */
const TRIES = 4;
/** Bytes: what caches of a fixed size and the compiler may still take after the first thousand. */
export const MOST_GROWN = 30_000_000;
const WARM = 1_000;
/** Violations after which there is no more to be learnt. */
const ENOUGH = 20;
/** Milliseconds after which nothing will be answered any more, however busy the machine is. */
const PATIENCE = 120_000;

/**
 * Sends requests that are drawn from a seed to every route, one after another, and looks at each answer.
 *
 * @param t ends what is opened
 * @example const { violations } = await fuzz(t, { seed: 1, requests: 2_000 })
 */
export async function fuzz(t: Pick<TestContext, 'after'>, options: FuzzOptions): Promise<FuzzResult> {
  const { seed, from = 0, requests, progress } = options;
  const place = await openPlace(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const violations: string[] = [];
  const statuses: Record<string, number> = {};
  let [slowest, warm, end] = [0, 0, from];
  for (; end < from + requests && violations.length < ENOUGH; end++) {
    if (end - from === WARM) warm = heapInUse();
    const request = await requestOf(place, seed, end);
    const { status, found, time } = await tryOne(place, agent, request);
    statuses[status] = (statuses[status] ?? 0) + 1;
    slowest = Math.max(slowest, time);
    for (const one of found)
      violations.push(`${one}\n  --seed ${seed} --from ${end} --requests 1\n  ${curlOf(place, request)}`);
    await place.goOn();
    progress?.(end - from + 1);
  }
  const grown = warm === 0 ? 0 : heapInUse() - warm;
  if (grown > MOST_GROWN)
    violations.push(`the heap grew by ${grown} bytes after ${WARM} requests, --seed ${seed}`);
  return { violations, statuses, grown, slowest };
}

interface Tried {
  readonly status: number;
  readonly found: readonly string[];
  readonly time: number;
}

async function tryOne(place: Place, agent: Agent, request: FuzzRequest): Promise<Tried> {
  const { world } = place;
  const found: string[] = [];
  world.sandbox.clearRequests();
  let { answer, time } = await timed(world.url, agent, request);
  const wrong = verdictOn(request, answer);
  const causes = world.log.filter((line) => answer.status >= 500 && /"level":"error"/.test(line));
  if (wrong !== undefined) found.push([wrong, ...causes].join('\n  '));
  const written = world.writes().filter(({ status }) => status < 300);
  if (answer.status >= 400 && written.length > 0)
    found.push(`${answer.status}, and yet written: ${JSON.stringify(written).slice(0, 500)}`);
  for (let tries = 1; time > MOST_TIME && tries < TRIES; tries++)
    time = Math.min(time, (await timed(world.url, agent, request)).time);
  if (time > MOST_TIME) found.push(`it takes ${Math.round(time)} ms of the processor`);
  if (answer.status < 300 && request.method !== 'GET') await settled(place);
  // The log is for the test alone, and would be taken for the gateway's memory.
  (world.log as string[]).length = 0;
  return { status: answer.status, found, time };
}

/** Waits until everything that was promised is written, so that it is not taken for the doing of a later request. */
async function settled({ world }: Place): Promise<void> {
  const isOpen = async (): Promise<boolean> => {
    const counts = await world.gateway.service.store.deliveries.count();
    return counts.some(({ state, count }) => count > 0 && (state === 'accepted' || state === 'sent'));
  };
  await eventually(async () => {
    if (!(await isOpen())) return true;
    world.advance(100);
    return false;
  });
}

async function timed(
  url: string,
  agent: Agent,
  request: FuzzRequest,
): Promise<{ readonly answer: Answer; readonly time: number }> {
  const before = processorTime();
  const answer = await send(url, agent, request);
  return { answer, time: processorTime() - before };
}

function send(url: string, agent: Agent, { method, path, headers, body }: FuzzRequest): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest({ hostname, port, path, method, headers, agent }, (incoming) => {
      const { statusCode: status = 0, headers: received } = incoming;
      const chunks: Buffer[] = [];
      const done = (): void => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status, headers: received, text, body: parsed(text) });
      };
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject).once('end', done);
      // A stream has no end.
      if (String(received['content-type']).startsWith('text/event-stream')) {
        done();
        outgoing.destroy();
      }
    });
    outgoing.setTimeout(PATIENCE, () => outgoing.destroy(new Error('no answer')));
    outgoing.once('error', (cause) =>
      resolve({ status: 599, headers: {}, text: `no answer: ${cause.message}`, body: {} }),
    );
    if (body !== undefined) outgoing.setHeader('content-length', body.length);
    outgoing.end(body);
  });
}

function parsed(text: string): Answer['body'] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Answer['body']) : {};
  } catch {
    return {};
  }
}

/** Bytes of a body that may stand in a command; a longer one goes into a file. */
const SHORT = 400;

/** The request as a command, its credentials as they were: they are the test's own, and have no use any more. */
function curlOf({ world }: Place, { method, path, headers, body }: FuzzRequest): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const words = [
    `curl -i --path-as-is -X ${method} ${quoted(world.url + (path.startsWith('/') ? path : `/${path}`))}`,
  ];
  if (!path.startsWith('/')) words.push(`--request-target ${quoted(path)}`);
  for (const [name, value] of Object.entries(headers)) words.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) words.push(`--data-binary ${dataOf(body, quoted)}`);
  return words.join(' ');
}

function dataOf(body: Buffer, quoted: (text: string) => string): string {
  const text = body.toString('latin1');
  if (body.length <= SHORT && /^[\x20-\x7e]*$/.test(text) && !text.startsWith('@')) return quoted(text);
  const file = join(mkdtempSync(join(tmpdir(), 'gradebridge-fuzz-')), 'body');
  writeFileSync(file, body);
  return quoted(`@${file}`);
}
