import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditEntry } from '../../src/core/admin.ts';
import { positionOf } from '../../src/core/delivery.ts';
import { openStore } from '../../src/store/store.ts';
import { newFolder, type Ran, run, writeFile } from './run.ts';

const CONFIG = {
  version: 1,
  upstreams: {
    sis: {
      profile: 'timeback',
      baseUrl: 'http://127.0.0.1:9',
      auth: { tokenUrl: 'http://127.0.0.1:9/token', clientId: 'c', clientSecret: 's' },
    },
  },
  contexts: { 'math-101': { upstream: 'sis', class: 'class-1', category: 'category-1' } },
  tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-key' } },
  store: { sqlite: './store.db' },
};

/** A configuration with promises in its store: one waits, one is held, and two that failed. */
async function withPromises(config: object = CONFIG): Promise<{
  call(...args: readonly string[]): Promise<Ran>;
  /** What stands in the audit. */
  audit(): Promise<readonly AuditEntry[]>;
}> {
  const { file, folder } = writeFile('gradebridge.config.json', config);
  const store = await openStore({ sqlite: `${folder}/store.db` }, { clock: Date.now });
  const states = { waits: 'accepted', holds: 'held', 'fails-1': 'accepted', 'fails-2': 'accepted' } as const;
  for (const [id, state] of Object.entries(states)) {
    const timestamp = '2026-03-06T20:05:02.123Z';
    await store.deliveries.accept({
      ...{ id, target: id, position: positionOf(timestamp), fingerprint: 'f', upstream: 'sis' },
      ...{ tool: 'quizzer', context: 'math-101', line: { sourcedId: 'li-1' }, timestamp, state },
      operation: { kind: 'postScore', score: { comment: 'Only for her' } },
      errorCode: state === 'held' ? 'GRADEBOOK_EDITED' : 'UPSTREAM_DOWN',
      due: id === 'waits' ? Date.now() + 60_000 : 0,
      acceptedAt: 0,
    });
  }
  const question = { upstream: 'sis', holder: 'h', now: 1, leaseUntil: 2, most: 10 };
  for (const taken of await store.deliveries.take(question))
    await store.deliveries.settle(taken, { state: 'failed', errorCode: 'USER_UNKNOWN', due: 1 }, 1);
  await store.close();
  return {
    call: (...args) => run(['deliveries', ...args, '--config', file], { folder: newFolder() }),
    audit: async () => {
      const again = await openStore({ sqlite: `${folder}/store.db` }, { clock: Date.now });
      return again.audit.list(10).finally(() => again.close());
    },
  };
}

const idsIn = ({ out }: Ran): readonly (string | undefined)[] =>
  out.split('\n').map((line) => line.split('  ')[0]);

test('deliveries list shows ids, states and codes, filtered, and nothing of what was scored', async () => {
  const { call } = await withPromises();
  const all = await call('list');
  assert.deepEqual(idsIn(all).toSorted(), ['fails-1', 'fails-2', 'holds', 'waits']);
  assert.deepEqual(idsIn(await call('list', '--state', 'failed')), ['fails-1', 'fails-2']);
  assert.match((await call('list', '--tool', 'drill')).error, /There are none/);
  assert.equal((await call('list', '--state', 'lost')).code, 2);
  const { deliveries, ok } = JSON.parse((await call('list', '--json')).out) as {
    deliveries: { id: string }[];
    ok: boolean;
  };
  assert.deepEqual([deliveries.length, ok], [4, true]);
  assert.doesNotMatch(all.out + JSON.stringify(deliveries), /Only for her/);
});

test('deliveries show says all of one, and what to do', async () => {
  const { call } = await withPromises();
  const { out, error, code } = await call('show', 'fails-1');
  assert.equal(code, 0);
  assert.match(out, /^state +failed$/m);
  assert.match(error, /Check the userId/);
  assert.equal((await call('show', 'nothing')).code, 1);
});

test('deliveries retry and discard change one, or all that a filter finds once they were counted', async () => {
  const { call, audit } = await withPromises();
  const counted = await call('retry', '--state', 'failed');
  assert.equal(counted.code, 1);
  assert.match(counted.error, /2 would be changed; --yes does it/);
  assert.equal(idsIn(await call('list', '--state', 'failed')).length, 2, 'counting changed nothing');
  assert.match((await call('retry', '--state', 'failed', '--yes')).error, /2 will be tried again/);
  assert.deepEqual(idsIn(await call('list', '--state', 'accepted')).toSorted(), [
    'fails-1',
    'fails-2',
    'waits',
  ]);
  assert.equal((await call('retry', 'waits', 'nothing')).code, 1, 'what waits need not be sent again');
  assert.equal((await call('discard', 'holds')).code, 2, 'a reason is needed');
  assert.equal((await call('discard', 'holds', '--reason', 'The teacher is right', '--who', 'ada')).code, 0);
  const [{ at: _at, id: _id, ...written } = {} as AuditEntry] = await audit();
  assert.deepEqual(written, {
    ...{ who: 'cli:ada', what: 'delivery.discard', subject: 'holds', why: 'The teacher is right' },
    ...{ before: { state: 'held' }, after: { state: 'discarded' } },
  });
  assert.equal((await audit()).length, 3, 'what is left as it is, is not written down');
  const { out } = await call('show', 'holds', '--json');
  const { delivery } = JSON.parse(out) as { delivery: { state: string; reason: string } };
  assert.deepEqual([delivery.state, delivery.reason], ['discarded', 'The teacher is right']);
  for (const wrong of [
    ['retry'],
    ['discard', '--reason', 'x'],
    ['retry', 'waits', '--state', 'failed'],
    ['mend'],
    [],
  ])
    assert.equal((await call(...wrong)).code, 2, wrong.join(' '));
});

test('deliveries of a tool and a context that were renamed are found and shown by their present names', async () => {
  const { sis } = CONFIG.upstreams;
  const { quizzer } = CONFIG.tools;
  const { call } = await withPromises({
    ...CONFIG,
    upstreams: { school: { ...sis, formerNames: ['sis'] } },
    contexts: { algebra: { ...CONFIG.contexts['math-101'], formerNames: ['math-101'] } },
    tools: { quiz: { ...quizzer, formerNames: ['quizzer'] } },
  });
  for (const filter of ['--tool=quiz', '--tool=quizzer', '--context=algebra', '--upstream=school']) {
    const { out } = await call('list', ...filter.split('='));
    assert.equal(out.match(/ {2}quiz\/algebra {2}/g)?.length, 4, `${filter}: ${out}`);
  }
});
