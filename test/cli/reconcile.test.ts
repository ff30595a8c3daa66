import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { resultIdOf } from '../../src/core/identity.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Finding } from '../../src/reconcile/finding.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { openStore } from '../../src/store/store.ts';
import { ADMIN, itemsOf } from '../admin/desk.ts';
import { deskOn } from '../ags/desk.ts';
import { eventually } from '../exchange/world.ts';
import { idIn, type Reconciling, reconcilingOn } from '../reconcile/desk.ts';
import { exitOf, start } from './process.ts';
import { newFolder } from './run.ts';

interface Report {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly repairs: readonly { readonly outcome: string; readonly code?: string }[];
  readonly troubles: readonly JsonObject[];
}

interface Place extends Reconciling {
  readonly sqlite: string;
  /** Runs the command in a process of its own; a gateway of this one has the store open. */
  run(
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly said: string; readonly report: Report }>;
  /** Writes the configuration that the command reads. */
  configure(admin: JsonObject | undefined): void;
  begin(...args: readonly string[]): ReturnType<typeof start>;
}

/** A gateway that runs in this process, and the command line beside it. */
async function openPlace(t: TestContext): Promise<Place> {
  const folder = newFolder();
  const sqlite = join(folder, 'gradebridge.db');
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const desk = reconcilingOn(await deskOn(t, sandbox, { admin: ADMIN }, { sqlite }));
  const file = join(folder, 'gradebridge.config.json');
  const configure = (admin: JsonObject | undefined): void => {
    const auth = {
      tokenUrl: sandbox.tokenUrl,
      clientId: sandbox.clientId,
      clientSecret: sandbox.clientSecret,
    };
    const timeouts = { call: 2000, late: 60 };
    const config = {
      version: 1,
      listen: { port: Number(new URL(desk.world.url).port) },
      publicUrl: 'https://grades.example',
      upstreams: {
        school: { profile: 'timeback', baseUrl: sandbox.url, auth, timeouts, retry: { attempts: 1 } },
      },
      contexts: { 'math-101': { upstream: 'school', class: 'class-1', category: 'category-1' } },
      tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-key' } },
      store: { sqlite },
      ...(admin && { admin }),
    };
    writeFileSync(file, JSON.stringify(config));
  };
  configure(ADMIN);
  const begin: Place['begin'] = (...args) =>
    start(t, ['reconcile', ...args, '--json', '--config', file], folder);
  return {
    ...desk,
    sqlite,
    configure,
    begin,
    run: async (...args) => {
      const running = begin(...args);
      const code = await exitOf(running);
      const report = running.out().startsWith('{') ? (JSON.parse(running.out()) as Report) : undefined;
      return { code, said: running.said(), report: report as Report };
    },
  };
}

const WHY = ['--yes', '--why', 'After the outage'] as const;

test('reconcile looks beside a running gateway, and has that one mend; alone it mends by itself, and what is killed half-way is mended by the next', async (t) => {
  const place = await openPlace(t);
  const { tool, change, hold, run, world } = place;
  const lost = await tool.create({ label: 'Lost', resourceId: 'lost' });
  await tool.grade(lost, { comment: 'Only for her' });
  const line = idIn(lost);
  const result = resultIdOf(line, 'student-1');
  const lose = (): void => change('results', result, { status: 'tobedeleted' });

  lose();
  const looked = await run('--context', 'math-101');
  assert.deepEqual([looked.code, looked.report.findings.map(({ kind }) => kind)], [1, ['resultMissing']]);
  assert.doesNotMatch(looked.said, /Only for her/);
  const planned = await run('--repair', 'all');
  assert.deepEqual([planned.code, planned.report.repairs.map(({ outcome }) => outcome)], [1, ['planned']]);
  assert.equal(hold('results', result)['status'], 'tobedeleted', 'planning changes nothing');

  place.configure(undefined);
  const refused = await run('--repair', 'all', ...WHY);
  assert.equal(refused.code, 1);
  assert.match(refused.said, /A gateway runs on this store.*Nothing was done.*no token of an operator/s);
  assert.equal(hold('results', result)['status'], 'tobedeleted');

  place.configure(ADMIN);
  const mended = await run('--repair', 'all', ...WHY);
  assert.deepEqual([mended.code, mended.report.repairs.map(({ outcome }) => outcome)], [0, ['mended']]);
  assert.match(mended.said, /asked at http:\S+, with the token of "admin\.tokens\.ada"/);
  assert.equal(hold('results', result)['status'], 'active');
  const [done] = itemsOf(await place.ada.get('/audit'));
  assert.deepEqual([done?.['who'], done?.['what']], ['ada', 'reconcile.revive.done']);

  const both = await tool.create({ label: 'Gone', resourceId: 'gone' });
  await tool.grade(both);
  change('lineItems', idIn(both), { status: 'tobedeleted' });
  lose();
  const stands = (await run()).report.findings.find(({ kind }) => kind === 'lineItemGone');
  assert.ok(stands);
  await world.gateway.stop();

  // Killed in the middle of its write: OneRoster has it or not, and the store is free.
  world.sandbox.inject({ kind: 'hang', method: 'PUT', path: '/results/' });
  const writes = world.writes().length;
  const killed = place.begin('--repair', 'all', ...WHY);
  await eventually(async () => world.writes().length > writes, 20_000);
  killed.child.kill('SIGKILL');
  await exitOf(killed);
  world.sandbox.clearFaults();
  const again = await run('--repair', 'all', ...WHY);
  assert.deepEqual(
    again.report.repairs.map(({ outcome }) => outcome),
    ['mended'],
    again.said,
  );
  assert.equal(again.code, 1, 'the line item needs a decision of its own');
  const last = await run('--id', stands.id, '--repair', 'revive', ...WHY);
  assert.deepEqual([last.code, hold('lineItems', idIn(both))['status']], [0, 'active'], last.said);
  assert.equal((await run()).code, 0);
  const store = await openStore({ sqlite: place.sqlite }, { clock: Date.now });
  const audit = await store.audit.list(50);
  await store.close();
  assert.match(audit[0]?.who ?? '', /^cli:/);
  const counted = (what: string): number => audit.filter((entry) => entry.what === what).length;
  const [begun, ended, failed] = ['', '.done', '.failed'].map((end) => counted(`reconcile.revive${end}`));
  assert.equal(Number(begun) - Number(ended) - Number(failed), 1, 'the one that was killed has no end');
  await world.sandbox.close();
  const away = await run();
  assert.deepEqual([away.code, away.report.troubles.length, away.report.ok], [1, 1, false]);
});
