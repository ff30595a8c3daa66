import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attentionFor, type Situation } from '../../src/admin/attention.ts';
import { openDesk } from '../ags/desk.ts';
import { ADMIN, program } from './desk.ts';

test('the overview tells how tools and upstreams do, and what to look at', async (t) => {
  const { world, tool } = await openDesk(t, { config: { admin: ADMIN } });
  const id = await tool.create();
  for (let count = 0; count < 12; count++) await tool.get(`${id}-nothing`);
  const overview = async () => (await program(world).get('/overview')).body as unknown as Overview;
  const well = await overview();
  const [school] = well.upstreams;
  assert.deepEqual([school?.name, school?.reachable, school?.circuit], ['school', true, 'closed']);
  assert.ok(Date.parse(school?.tokenUntil ?? '') > world.now());
  const [minute] = school?.latency ?? [];
  assert.ok(minute !== undefined && minute.count >= 13 && minute.p50 <= minute.p95 && minute.errors === 0);
  const quizzer = well.tools.find((one) => one.tool === 'quizzer')?.series ?? [];
  const sum = (name: 'requests' | 'errors'): number => quizzer.reduce((all, row) => all + row[name], 0);
  assert.deepEqual([sum('requests'), sum('errors')], [13, 12]);
  assert.deepEqual(
    well.attention.map(({ level, href }) => [level, href]),
    [['amber', '/console/traffic?tool=quizzer']],
  );
  world.sandbox.inject({ kind: 'status', status: 503, path: '/ims/', times: 1_000 });
  world.advance(10_000);
  const ill = await overview();
  assert.equal(ill.upstreams[0]?.reachable, false);
  assert.deepEqual([ill.attention[0]?.level, ill.attention[0]?.href], ['red', '/console/']);
});

interface Overview {
  readonly upstreams: readonly {
    readonly name: string;
    readonly reachable: boolean;
    readonly circuit: string;
    readonly tokenUntil?: string;
    readonly latency: readonly {
      readonly count: number;
      readonly p50: number;
      readonly p95: number;
      readonly errors: number;
    }[];
  }[];
  readonly tools: readonly {
    readonly tool: string;
    readonly series: readonly { readonly requests: number; readonly errors: number }[];
  }[];
  readonly attention: readonly { readonly level: string; readonly href: string }[];
}

const WELL: Situation = {
  revision: { isCurrent: true },
  upstreams: [{ name: 'school', reachable: true, circuit: 'closed' }],
  tools: [],
  counts: [{ upstream: 'school', state: 'accepted', count: 3, oldest: 0 }],
  now: 1_000,
};

/** What is not well, and what is said of it. */
const ILL: readonly (readonly [string, Partial<Situation>, 'red' | 'amber', RegExp])[] = [
  [
    'an upstream that cannot be reached',
    { upstreams: [{ name: 'school', reachable: false, code: 'UPSTREAM_REFUSED', circuit: 'open' }] },
    'red',
    /school: OneRoster does not accept the credentials/,
  ],
  ['an open circuit', { upstreams: [{ name: 's', reachable: true, circuit: 'open' }] }, 'amber', /held back/],
  [
    'failed deliveries',
    { counts: [{ upstream: 's', state: 'failed', count: 2, oldest: 0 }] },
    'red',
    /2 deliveries have failed/,
  ],
  [
    'held deliveries',
    { counts: [{ upstream: 's', state: 'held', count: 1, oldest: 0 }] },
    'red',
    /1 delivery waits for a person/,
  ],
  ['deliveries that wait for long', { now: 660_000 }, 'amber', /the oldest for 11 minutes/],
  ['a file that says something else', { revision: { isCurrent: false } }, 'amber', /something else/],
  ['a file that cannot be used', { revision: { isCurrent: false, problem: 'no JSON' } }, 'amber', /no JSON/],
];

test('where all is well, nothing asks for attention', () => assert.deepEqual(attentionFor(WELL), []));

for (const [name, situation, level, text] of ILL) {
  test(`${name} is told`, () => {
    const [only, ...others] = attentionFor({ ...WELL, ...situation });
    assert.deepEqual([only?.level, others], [level, []]);
    assert.match(only?.text ?? '', text);
    assert.match(only?.href ?? '', /^\/console\//);
  });
}
