import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import type { EntryName } from '../../src/config/registered.ts';
import { isGoodAt, keyDigest } from '../../src/core/api-key.ts';
import type { JsonObject } from '../../src/core/json.ts';
import {
  type Drafting,
  EntryRefused,
  endingKeys,
  forgetting,
  putting,
  rotating,
  switching,
} from '../../src/registry/drafts.ts';
import { issuedAt } from '../../src/registry/keys.ts';
import type { EntryAuthor } from '../../src/registry/ports.ts';
import type { Registry } from '../../src/registry/registry.ts';
import { assertCode, KINDS, type Kind } from '../store/databases.ts';
import {
  ALICE,
  DRILL,
  FILE,
  MATH,
  NOW,
  openShelf,
  QUIZZER,
  SCIENCE,
  SCIENCE_ENTRY,
  type Shelf,
  type ShelfOptions,
} from './desk.ts';

const DRILL_ENTRY: JsonObject = { clientId: 'drill', contexts: ['math-101'], apiKey: 'drill-api-key' };
const HOUR = 3_600_000;

async function made(
  registry: Registry,
  entry: EntryName,
  drafting: Drafting,
  author: EntryAuthor = ALICE,
): Promise<number> {
  const planned = await registry.plan(entry, drafting, author);
  return (await planned.commit()).revision;
}

async function configOf({ load }: Pick<Shelf, 'load'>): Promise<Config> {
  const loaded = await load();
  assert.ok('config' in loaded, JSON.stringify(loaded));
  return loaded.config;
}

function places(error: unknown): readonly string[] {
  assert.ok(error instanceof EntryRefused, String(error));
  return error.findings.map(({ file, place }) => `${file} ${place}`);
}

async function refusal(work: Promise<unknown>): Promise<readonly string[]> {
  try {
    await work;
  } catch (error) {
    return places(error);
  }
  assert.fail('it was not refused');
}

for (const kind of KINDS) {
  describe(`tools and contexts in ${kind.name}`, { skip: kind.skip }, () => {
    const open = async (t: TestContext, options?: ShelfOptions): Promise<Shelf> =>
      openShelf(t, await kind.newPlace(), options);

    test('a tool is registered, edited, disabled, enabled and removed, and its history says who and why', async (t) => {
      const shelf = await open(t);
      const { registry } = shelf;
      assert.equal(await made(registry, DRILL, putting(DRILL_ENTRY, 'keep')), 1);
      const { drill } = (await configOf(shelf)).tools;
      assert.deepEqual(
        [drill?.apiKey, drill?.apiKeys, drill?.disabled],
        [undefined, [{ sha256: keyDigest('drill-api-key') }], false],
      );
      assert.ok(!JSON.stringify(await shelf.store.registry.latest()).includes('drill-api-key'));
      const { apiKey: _, ...plain } = DRILL_ENTRY;
      assert.equal(await made(registry, DRILL, switching(true)), 2);
      assert.equal(await made(registry, DRILL, switching(true)), 2, 'doing it twice is doing it once');
      assert.equal(await made(registry, DRILL, putting({ ...plain, clientId: 'drill-2' }, 'keep')), 3);
      const edited = (await configOf(shelf)).tools['drill'];
      assert.deepEqual(
        [edited?.clientId, edited?.disabled, edited?.apiKeys],
        ['drill-2', true, drill?.apiKeys],
      );
      await made(registry, DRILL, switching(false), { who: 'bob', why: 'It is well again' });
      assert.equal((await configOf(shelf)).tools['drill']?.disabled, false);
      assert.equal(await made(registry, DRILL, forgetting()), 5);
      assert.equal((await configOf(shelf)).tools['drill'], undefined);
      const { history = [], isStored } = (await registry.standings('tool')).get('drill') ?? {};
      assert.deepEqual(
        [isStored, history.map(({ verb, who, why }) => `${verb} ${who} ${why}`)],
        [
          false,
          [
            'forgotten alice A new tool',
            'enabled bob It is well again',
            'edited alice A new tool',
            'disabled alice A new tool',
            'registered alice A new tool',
          ],
        ],
      );
      await assertCode(made(registry, DRILL, forgetting()), 'NOT_FOUND');
    });

    test('a tool of the file is copied when it is changed, and the file counts again when the copy is gone', async (t) => {
      const shelf = await open(t);
      await assertCode(made(shelf.registry, QUIZZER, forgetting()), 'NOTHING_TO_FORGET');
      await made(shelf.registry, QUIZZER, switching(true));
      const { quizzer } = (await configOf(shelf)).tools;
      assert.deepEqual(
        [quizzer?.disabled, quizzer?.apiKey, quizzer?.apiKeys],
        [true, undefined, [{ sha256: keyDigest('quizzer-api-key') }]],
      );
      await made(shelf.registry, QUIZZER, forgetting());
      const again = (await configOf(shelf)).tools['quizzer'];
      assert.deepEqual([again?.disabled, again?.apiKey], [false, 'quizzer-api-key']);
    });

    test('an older key is good for the grace, and not longer than it would have been anyway', async (t) => {
      const shelf = await open(t);
      const { registry } = shelf;
      const good = async (at: number): Promise<readonly string[]> =>
        ((await configOf(shelf)).tools['quizzer']?.apiKeys ?? [])
          .filter((key) => isGoodAt(key, at))
          .map(({ sha256 }) => sha256);
      const [file, one, two] = ['quizzer-api-key', 'one', 'two'].map(keyDigest);
      await made(registry, QUIZZER, rotating('one', 2));
      assert.deepEqual([await good(NOW + 2 * HOUR - 1), await good(NOW + 2 * HOUR)], [[one, file], [one]]);
      await made(registry, QUIZZER, rotating('two', 24));
      assert.deepEqual(await good(NOW), [two, one, file]);
      assert.deepEqual([await good(NOW + 2 * HOUR), await good(NOW + 24 * HOUR)], [[two, one], [two]]);
      await made(registry, QUIZZER, rotating('three', 0));
      assert.deepEqual(await good(NOW), [keyDigest('three')]);
    });

    test('of two who have seen the same, one is told; of two entries that need each other, one is refused', async (t) => {
      const place = await kind.newPlace();
      const [one, other] = [await openShelf(t, place), await openShelf(t, place)];
      await made(one.registry, SCIENCE, putting(SCIENCE_ENTRY, 'keep'));
      const both = await Promise.all(
        [one, other].map(({ registry }) =>
          registry.plan(SCIENCE, switching(true), { ...ALICE, revision: 1 }),
        ),
      );
      const settled = await Promise.allSettled(both.map(({ commit }) => commit()));
      assert.deepEqual(settled.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
      await assertCode(
        one.registry.plan(SCIENCE, switching(false), { ...ALICE, revision: 1 }),
        'ENTRY_CHANGED',
      );
      await assertCode(
        one.registry.plan(SCIENCE, putting(SCIENCE_ENTRY, 'keep'), { ...ALICE, isNew: true }),
        'ENTRY_EXISTS',
      );
      const using = { ...DRILL_ENTRY, contexts: ['science-7'] };
      const needed = await one.registry.plan(DRILL, putting(using, 'keep'), ALICE);
      const removed = await other.registry.plan(SCIENCE, forgetting(), ALICE);
      await needed.commit();
      assert.deepEqual(await refusal(removed.commit()), ['tool drill in the store /contexts/0']);
      assert.ok((await configOf(one)).contexts['science-7']);
    });

    test('changes of different names at the same time are all made', async (t) => {
      const place = await kind.newPlace();
      const shelves = [await openShelf(t, place), await openShelf(t, place)];
      const names = ['a', 'b', 'c', 'd'];
      const plans = await Promise.all(
        names.map((name, index) =>
          (shelves[index % 2] as Shelf).registry.plan(
            { kind: 'context', name },
            putting(SCIENCE_ENTRY, 'keep'),
            ALICE,
          ),
        ),
      );
      await Promise.all(plans.map(({ commit }) => commit()));
      assert.deepEqual(Object.keys((await configOf(shelves[0] as Shelf)).contexts).toSorted(), [
        ...names,
        'math-101',
      ]);
      assert.equal(await (shelves[1] as Shelf).store.registry.revision(), names.length);
    });
  });
}

async function openOne(t: TestContext, options?: ShelfOptions): Promise<Shelf> {
  return openShelf(t, await (KINDS[0] as Kind).newPlace(), options);
}

const WRONG: readonly (readonly [string, EntryName, JsonObject, readonly string[]])[] = [
  ['an unknown key', DRILL, { ...DRILL_ENTRY, colour: 'red' }, ['/']],
  [
    'several things',
    DRILL,
    { contexts: [], apiKey: 'short', scopes: ['all'] },
    ['/', '/apiKey', '/contexts', '/scopes/0'],
  ],
  ['a context that is not there', DRILL, { ...DRILL_ENTRY, contexts: ['math-102'] }, ['/contexts/0']],
  ['the client id of another', DRILL, { ...DRILL_ENTRY, clientId: 'quizzer' }, ['/clientId']],
  ['the API key of another', DRILL, { ...DRILL_ENTRY, apiKey: 'quizzer-api-key' }, ['/apiKeys']],
  ['no means to sign in', DRILL, { clientId: 'drill', contexts: ['math-101'] }, ['/']],
  [
    'what the gateway keeps',
    DRILL,
    { ...DRILL_ENTRY, apiKeys: [], keysSince: '2026-01-01T00:00:00Z' },
    ['/apiKeys', '/keysSince'],
  ],
  [
    'a private key',
    DRILL,
    { clientId: 'drill', contexts: ['math-101'], jwks: { keys: [{ kty: 'EC', x: 'x', d: 'secret' }] } },
    ['/jwks/keys/0/d'],
  ],
  ['an upstream that is not there', SCIENCE, { ...SCIENCE_ENTRY, upstream: 'home' }, ['/upstream']],
  [
    'a mapping that is not there',
    SCIENCE,
    { ...SCIENCE_ENTRY, mappings: { lineItem: 'nowhere', result: 'result' } },
    ['/mappings/lineItem'],
  ],
  ['no category', SCIENCE, { upstream: 'school', class: 'class-2' }, ['/category']],
  ['a name that can be none', { kind: 'context', name: 'Math 101' }, SCIENCE_ENTRY, ['/']],
  ['a name that is too long', { kind: 'context', name: 'a'.repeat(101) }, SCIENCE_ENTRY, ['/']],
  ['a member of a prototype', SCIENCE, JSON.parse('{ "__proto__": {} }') as JsonObject, ['/']],
];

for (const [what, entry, document, expected] of WRONG) {
  test(`an entry with ${what} is refused, and nothing is changed`, async (t) => {
    const { registry, store } = await openOne(t);
    const found = await refusal(registry.plan(entry, putting(document, 'keep'), ALICE));
    const file = `${entry.kind} ${entry.name} in the store`;
    assert.deepEqual(
      found.toSorted(),
      expected.map((place) => `${file} ${place}`),
    );
    assert.equal(await store.registry.revision(), 0);
  });
}

test('an entry does not read the environment', async (t) => {
  const shelf = await openOne(t);
  const secret = `\${PATH}`;
  await made(shelf.registry, DRILL, putting({ ...DRILL_ENTRY, clientId: secret }, 'keep'));
  assert.equal((await configOf(shelf)).tools['drill']?.clientId, secret);
});

test('a context that a tool uses is not removed, nor an entry on which a promise waits', async (t) => {
  let isPromised = false;
  const { registry } = await openOne(t, { isPromised: () => isPromised });
  await made(registry, SCIENCE, putting(SCIENCE_ENTRY, 'keep'));
  await made(registry, QUIZZER, switching(true));
  isPromised = true;
  await assertCode(registry.plan(SCIENCE, forgetting(), ALICE), 'ENTRY_PROMISED');
  await made(registry, SCIENCE, switching(true));
  assert.equal(await made(registry, QUIZZER, forgetting()), 4, 'the file has one of that name');
  isPromised = false;
  await made(registry, DRILL, putting({ ...DRILL_ENTRY, contexts: ['science-7'] }, 'keep'));
  assert.deepEqual(await refusal(registry.plan(SCIENCE, forgetting(), ALICE)), [
    'tool drill in the store /contexts/0',
  ]);
});

test('two entries that the file has broken are told with their places, and mended one after the other', async (t) => {
  let file = FILE;
  const shelf = await openOne(t, { file: () => file });
  for (const name of ['one', 'two'])
    await made(shelf.registry, { kind: 'context', name }, putting(SCIENCE_ENTRY, 'keep'));
  const { school } = FILE['upstreams'] as JsonObject;
  const contexts = { 'math-101': { upstream: 'home', class: 'class-1', category: 'category-1' } };
  file = { ...FILE, upstreams: { home: school as JsonObject }, contexts };
  const loaded = await shelf.load();
  assert.deepEqual('findings' in loaded && loaded.findings.map(({ file, place }) => `${file} ${place}`), [
    'context one in the store /upstream',
    'context two in the store /upstream',
  ]);
  const one: EntryName = { kind: 'context', name: 'one' };
  assert.deepEqual(await refusal(shelf.registry.plan(one, putting(SCIENCE_ENTRY, 'keep'), ALICE)), [
    'context one in the store /upstream',
  ]);
  await made(shelf.registry, one, putting({ ...SCIENCE_ENTRY, upstream: 'home' }, 'keep'));
  await made(shelf.registry, { kind: 'context', name: 'two' }, forgetting());
  assert.deepEqual(Object.keys((await configOf(shelf)).contexts), ['math-101', 'one']);
});

test('where nothing is in the file yet, a context comes first and then its tool', async (t) => {
  const shelf = await openOne(t, { file: () => ({ ...FILE, contexts: {}, tools: {} }) });
  const empty = await shelf.load();
  assert.deepEqual('findings' in empty && empty.findings.map(({ place }) => place), ['/contexts', '/tools']);
  assert.deepEqual(await refusal(shelf.registry.plan(DRILL, putting(DRILL_ENTRY, 'keep'), ALICE)), [
    'tool drill in the store /contexts/0',
  ]);
  await made(shelf.registry, MATH, putting(SCIENCE_ENTRY, 'keep'));
  await made(shelf.registry, DRILL, putting(DRILL_ENTRY, 'keep'));
  assert.deepEqual(Object.keys((await configOf(shelf)).tools), ['drill']);
});

test('all service keys that were issued until now end, and what is issued next counts', async (t) => {
  const shelf = await openOne(t);
  await made(shelf.registry, QUIZZER, endingKeys());
  const settings = (await configOf(shelf)).tools['quizzer'];
  assert.equal(settings?.keysSince, '2026-03-06T10:00:01.000Z');
  assert.equal(issuedAt(settings, NOW) * 1000, Date.parse(settings.keysSince));
  assert.equal(issuedAt({}, NOW), Math.floor(NOW / 1000));
  await made(
    shelf.registry,
    QUIZZER,
    putting({ clientId: 'quizzer', contexts: ['math-101'], scopes: ['score'] }, 'keep'),
  );
  assert.equal(
    (await configOf(shelf)).tools['quizzer']?.keysSince,
    settings.keysSince,
    'an edit takes nothing back',
  );
});

test('an edit may take the API key away, or give a new one', async (t) => {
  const shelf = await openOne(t);
  const ags = { clientId: 'quizzer', contexts: ['math-101'], jwksUrl: 'https://tool.example/jwks.json' };
  await made(shelf.registry, QUIZZER, putting(ags, 'none'));
  assert.equal((await configOf(shelf)).tools['quizzer']?.apiKeys, undefined);
  await made(shelf.registry, QUIZZER, putting(ags, { apiKey: 'new', grace: 1 }));
  assert.deepEqual((await configOf(shelf)).tools['quizzer']?.apiKeys, [{ sha256: keyDigest('new') }]);
  const found = await shelf.registry.find(MATH);
  assert.deepEqual([found?.stored, found?.file?.['class']], [undefined, 'class-1']);
});
