import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LoadedConfig } from '../config/load.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Lens, Note } from '../core/lens.ts';
import { createLog } from '../log.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { usable } from './answer.ts';
import { type Command, EXIT, type Io, noPositionals } from './command.ts';
import { DEMO, loadDemoConfig } from './demo-config.ts';
import { journeyTable } from './journey.ts';
import { curlFor, untilStopped } from './listening.ts';
import { type RunningGateway, startGateway } from './running.ts';

const ID = 'https://lms.example.com/course/1/lineitems/1';

/** What the demo's tool sends: a line item with no end date, a date with an offset, and an extension of its own. */
const SENT: JsonObject = {
  label: 'Activity',
  scoreMaximum: 100,
  resourceId: 'quiz-231',
  tag: 'grade',
  startDateTime: '2026-03-06T20:05:02+02:00',
  gradesReleased: true,
  'https://quizzer.example/ags/attempts': 3,
};

/** And a score, which counts points of its own. */
const SCORE: JsonObject = {
  userId: 'student-1',
  activityProgress: 'Completed',
  gradingProgress: 'FullyGraded',
  scoreGiven: 4,
  scoreMaximum: 5,
  comment: 'Well done',
};

/** `gradebridge demo`: one line item and one score to OneRoster and back, for a newcomer to look at. */
export const demoCommand: Command = {
  summary:
    'Sends a line item and a score through a gateway to a OneRoster sandbox and shows their way; then stays up.',
  usage: '[--once]',
  options: { once: { text: 'end when it is shown' } },
  example: 'gradebridge demo --once',
  exits: ['all came back as it was sent', 'it did not'],
  run: async (args, io) => {
    noPositionals(args);
    const sandbox = await startSandbox({ port: await portNear(DEMO.sandboxPort) });
    // A store of its own, so that it may run beside `npm start`, and leaves nothing behind.
    const folder = mkdtempSync(join(tmpdir(), 'gradebridge-demo-'));
    const store = join(folder, 'gradebridge.db');
    const loaded = usable(loadDemoConfig({ port: await portNear(DEMO.port), store, sandbox }, io.folder));
    let notes: readonly Note[] = [];
    const observe = (_caller: unknown, _call: unknown, seen: readonly Note[]): void => {
      notes = seen;
    };
    const world = { clock: Date.now, random: Math.random, log: createLog('error'), observe };
    const gateway = await startGateway(loaded, world);
    const key = await gateway.service.keyring.sign('serviceKey', { tool: DEMO.tool, context: DEMO.context });
    const isShown = await show({ gateway, sandbox, loaded, key, io, notes: () => notes });
    if (args.values['once'] !== true && isShown) await stayUp(gateway, { sandbox, key, io });
    await gateway.stop();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
    return isShown ? EXIT.done : EXIT.findings;
  },
};

interface Stage {
  readonly gateway: RunningGateway;
  readonly sandbox: Sandbox;
  readonly loaded: LoadedConfig;
  readonly key: string;
  readonly io: Io;
  readonly notes: () => readonly Note[];
}

/** @returns whether the line item came back as it was sent */
async function show({ gateway, sandbox, loaded, key, io, notes }: Stage): Promise<boolean> {
  const url = `${gateway.url}/api/lineitems/${encodeURIComponent(ID)}`;
  const headers = {
    authorization: `SERVICE-AUTH-V1 ${DEMO.apiKey}:${key}`,
    'content-type': 'application/json',
  };
  const put = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(SENT) });
  const get = await fetch(url, { headers });
  const read = (await get.json()) as JsonObject;
  const written = sandbox.requests().findLast(({ method }) => method === 'PUT');
  const sourcedId = decodeURIComponent(written?.path.split('/').at(-1) ?? '');
  const held = sandbox.find('lineItems', sourcedId) as JsonObject | undefined;
  io.out(`A tool sends  PUT /api/lineitems/${encodeURIComponent(ID)}  → ${put.status}`);
  io.out(`Gradebridge writes  PUT ${written?.path ?? 'nothing'}  → ${written?.status ?? '-'}\n`);
  if (put.status !== 201 || held === undefined) {
    io.error(`This should not have happened. The gateway said: ${JSON.stringify(await put.json())}`);
    return false;
  }
  const lens = loaded.lenses.get(DEMO.context)?.lineItem as Lens;
  for (const line of journeyTable({ lens, sent: SENT, held, read, notes: notes() })) io.out(line);
  const same = Object.entries(SENT).every(([member, value]) => sameText(value, read[member]));
  io.out(
    `\nThe tool reads it under the id it gave it, ${String(read['id'])}, ${same ? 'exactly as it sent it' : 'CHANGED'}.`,
  );
  return same && (await showScore(url, { headers, sandbox, io }));
}

interface ScoreStage {
  readonly headers: Readonly<Record<string, string>>;
  readonly sandbox: Sandbox;
  readonly io: Io;
}

/** @returns whether the score came back on the line item's scale */
async function showScore(url: string, { headers, sandbox, io }: ScoreStage): Promise<boolean> {
  const post = await fetch(`${url}/scores`, { method: 'POST', headers, body: JSON.stringify(SCORE) });
  const written = sandbox
    .requests()
    .findLast(({ method, path }) => method === 'PUT' && path.includes('/results/'));
  const held = written?.body as { readonly result?: JsonObject } | undefined;
  const { scores } = (await (await fetch(`${url}/scores`, { headers })).json()) as {
    scores?: readonly JsonObject[];
  };
  const { score, scoreStatus } = held?.result ?? {};
  const { resultScore, resultMaximum } = scores?.[0] ?? {};
  io.out(
    `\nThe tool posts a score of ${SCORE['scoreGiven']} out of ${SCORE['scoreMaximum']} for ${SCORE['userId']}  → ${post.status}`,
  );
  io.out(
    `OneRoster holds ${String(score)}, "${String(scoreStatus)}"; the tool reads ${String(resultScore)} out of ${String(resultMaximum)}.`,
  );
  return post.ok && resultScore === score && typeof score === 'number';
}

function sameText(left: Json, right: Json | undefined): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

async function stayUp(
  { url }: RunningGateway,
  { sandbox, key, io }: { readonly sandbox: Sandbox; readonly key: string; readonly io: Io },
): Promise<void> {
  io.out(`\nThe gateway stays up on ${url}, the OneRoster sandbox on ${sandbox.url}. Send one yourself:\n`);
  io.out(curlFor(url, DEMO.apiKey, key));
  io.out('\nCtrl-C ends both.');
  await untilStopped();
}

/** The port, or any that is free when something else has it. */
function portNear(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' && port !== 0) portNear(0).then(resolve, reject);
      else reject(error);
    });
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}
