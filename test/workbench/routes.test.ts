import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { GradebridgeError } from '../../src/core/errors.ts';
import type { PlainResponse } from '../../src/core/exchange.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { AuditedChange } from '../../src/workbench/audited.ts';
import { benchHere } from '../../src/workbench/bench.ts';
import type { RecordedRequest } from '../../src/workbench/ports.ts';
import { mappingRoutes, type Person } from '../../src/workbench/routes.ts';
import { KINDS, type Kind } from '../store/databases.ts';
import { CONFIG, openShelf } from './authors.ts';
import { ATTEMPTS, lossyText, shippedText, withRow } from './texts.ts';

const OPERATOR: Person = { name: 'alice', role: 'operator' };
const VIEWER: Person = { name: 'victor', role: 'viewer' };
const NOW = Date.UTC(2026, 2, 1);

const RECORDED: RecordedRequest = {
  id: 'r-1',
  at: NOW,
  tool: 'quizzer',
  context: 'math-101',
  operation: {
    kind: 'createLineItem',
    lineItem: { label: 'Of Ada', scoreMaximum: 1, 'https://quizzer.example/ags/attempts': 3 },
  },
  values: { class: 'c', school: 's', category: 'k' },
  now: NOW,
};

interface Api {
  call(
    method: string,
    path: string,
    body?: Json,
    person?: Person,
  ): Promise<PlainResponse & { body: JsonObject }>;
  readonly audit: readonly (AuditedChange & { readonly who: string })[];
  readonly asked: readonly { readonly count: number; readonly contexts: readonly string[] }[];
}

/** The table, called as the admin's API calls it. */
async function openApi(t: TestContext): Promise<Api> {
  const kind = KINDS[0] as Kind;
  const place = await kind.newPlace();
  const { openStore } = await import('../../src/store/store.ts');
  const { versions } = await openShelf(t, {
    ...kind,
    open: async () => {
      const store = await openStore(place, { clock: Date.now });
      t.after(() => store.close());
      return store;
    },
  });
  const audit: (AuditedChange & { who: string })[] = [];
  const asked: { count: number; contexts: string[] }[] = [];
  const routes = mappingRoutes({
    versions,
    bench: benchHere(Date.now),
    recordings: {
      last: async (count, contexts) => {
        asked.push({ count, contexts: [...contexts] });
        return [RECORDED];
      },
    },
    config: () => CONFIG,
    audited: async ({ name }, change, work) => {
      audit.push({ who: name, ...change });
      return work();
    },
  });
  const call: Api['call'] = async (method, address, body, person = OPERATOR) => {
    const url = new URL(address, 'http://x');
    for (const route of routes) {
      const pattern = new RegExp(`^${route.path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
      const match = pattern.exec(url.pathname);
      if (route.method !== method || match === null) continue;
      assert.ok(person.role === 'operator' || route.role === 'viewer', 'the gate would refuse it');
      assert.equal(route.takesBody === true, method === 'POST');
      const params = { ...match.groups };
      const request = { params, query: url.searchParams, now: NOW, ...(body !== undefined && { body }) };
      return (await route.answer(request, person)) as PlainResponse & { body: JsonObject };
    }
    throw new Error(`there is no ${method} ${address}`);
  };
  return { call, audit, asked };
}

async function code(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
}

test('a person sees the mappings, tries a draft, keeps it, activates it and rolls it back', async (t) => {
  const { call, audit } = await openApi(t);
  const { items } = (await call('GET', '/mappings', undefined, VIEWER)).body as { items: JsonObject[] };
  const listed = items.find(({ name }) => name === 'line-item');
  assert.deepEqual(
    { ...listed },
    {
      name: 'line-item',
      resource: 'lineItem',
      source: 'shipped',
      active: null,
      usedBy: ['math-101'],
      versions: 0,
    },
  );
  const detail = (await call('GET', '/mappings/line-item', undefined, VIEWER)).body;
  assert.equal(detail['text'], shippedText());
  assert.equal((detail['schema'] as JsonObject)['title'], 'Gradebridge mapping');
  const document = { label: 'Quiz', scoreMaximum: 1, 'https://quizzer.example/ags/attempts': 3 };
  const text = withRow(ATTEMPTS);
  const trial = { text, direction: 'oneroster', document };
  const tried = (await call('POST', '/mappings/line-item/try', trial, VIEWER)).body;
  assert.deepEqual([tried['problems'], tried['differences']], [[], []]);
  assert.deepEqual((tried['document'] as { metadata: JsonObject }).metadata['maxAttempts'], 3);
  const draft = await call('POST', '/mappings/line-item/drafts', { text, why: 'Attempts' });
  assert.deepEqual([draft.status, draft.body], [201, { version: 1 }]);
  const activated = await call('POST', '/mappings/line-item/versions/1/activate', { why: 'Tried' });
  assert.deepEqual([activated.status, activated.body], [200, { active: 1, revision: 1 }]);
  const diff = (await call('GET', '/mappings/line-item/diff?before=0&after=1', undefined, VIEWER)).body;
  assert.deepEqual(
    (diff['items'] as JsonObject[]).map(({ what }) => what),
    ['/metadata/maxAttempts'],
  );
  const back = await call('POST', '/mappings/line-item/rollback', { why: 'Not now' });
  assert.deepEqual(back.body, { active: null, revision: 2 });
  assert.deepEqual(
    audit.map(({ who, what, why }) => `${who} ${what}: ${why}`),
    ['alice mapping.draft: Attempts', 'alice mapping.activate: Tried', 'alice mapping.rollback: Not now'],
  );
  const [drafted, ...others] = audit;
  assert.deepEqual(
    ((drafted?.after ?? []) as JsonObject[]).map(({ change, what }) => [change, what]),
    [['added', '/metadata/maxAttempts']],
  );
  assert.deepEqual(
    others.map(({ before, after }) => [before, after]),
    [
      ['file', { version: 1 }],
      [{ version: 1 }, 'file'],
    ],
  );
});

test('a lossy draft is refused with the law and its counter-example', async (t) => {
  const { call } = await openApi(t);
  await call('POST', '/mappings/line-item/drafts', { text: lossyText(), why: 'Less' });
  const activate = call('POST', '/mappings/line-item/versions/1/activate', { why: 'x' });
  await assert.rejects(activate, (error) => {
    assert.ok(error instanceof GradebridgeError);
    const body = JSON.parse(JSON.stringify(error.details.members)) as JsonObject;
    const law = body['law'] as { law: string; counterExample: { panes: JsonObject; sample: JsonObject } };
    assert.deepEqual([error.code, law.law], ['MAPPING_REFUSED', 'put-get']);
    assert.ok(law.counterExample.panes['document'] && law.counterExample.sample['first']);
    return Array.isArray(body['problems']) && Array.isArray(body['laws']);
  });
});

test('what would have been otherwise is asked of the contexts that use the mapping, and hidden', async (t) => {
  const { call, asked, audit } = await openApi(t);
  const body = { text: withRow(ATTEMPTS), last: 20 };
  const hidden = (await call('POST', '/mappings/line-item/what-if', body, VIEWER)).body;
  assert.deepEqual(asked, [{ count: 20, contexts: ['math-101'] }]);
  assert.deepEqual([hidden['tried'], hidden['redacted'], audit.length], [1, true, 0]);
  assert.ok(!JSON.stringify(hidden['items']).includes(':3'));
  const curious = await call('POST', '/mappings/line-item/what-if', { ...body, reason: 'I wonder' }, VIEWER);
  assert.equal(curious.body['redacted'], true, 'a viewer has no reason that counts');
  const shown = (await call('POST', '/mappings/line-item/what-if', { ...body, reason: 'A complaint' })).body;
  assert.ok(JSON.stringify(shown['items']).includes('"after":3'));
  assert.deepEqual(
    audit.map(({ what, why }) => [what, why]),
    [['mapping.what-if', 'A complaint']],
  );
});

const TRY = '/mappings/line-item/try';
const DOCUMENT = { text: '{}', direction: 'ags', document: {} };
const WRONG: readonly (readonly [string, Json | undefined, string])[] = [
  [TRY, undefined, 'INVALID_DOCUMENT'],
  [TRY, { ...DOCUMENT, text: 7 }, 'INVALID_DOCUMENT'],
  [TRY, { ...DOCUMENT, direction: 'left' }, 'INVALID_DOCUMENT'],
  [TRY, { ...DOCUMENT, document: [] }, 'INVALID_DOCUMENT'],
  [TRY, { ...DOCUMENT, base: 'x' }, 'INVALID_DOCUMENT'],
  [TRY, { ...DOCUMENT, context: JSON.parse('{"__proto__":{}}') as Json }, 'INVALID_DOCUMENT'],
  [TRY, { ...DOCUMENT, now: 'noon' }, 'INVALID_DOCUMENT'],
  [TRY, { ...DOCUMENT, now: 1e300 }, 'INVALID_DOCUMENT'],
  ['/mappings/..%2F..%2Fetc/try', DOCUMENT, 'MAPPING_NOT_FOUND'],
  ['/mappings/line-item/drafts', { text: shippedText() }, 'INVALID_DOCUMENT'],
  ['/mappings/line-item/drafts', { text: shippedText(), why: ' ' }, 'INVALID_DOCUMENT'],
  ['/mappings/line-item/drafts', { text: '{', why: 'x' }, 'INVALID_MAPPING'],
  ['/mappings/line-item/versions/9/activate', { why: 'x' }, 'MAPPING_NOT_FOUND'],
  ['/mappings/line-item/versions/0/activate', { why: 'x' }, 'MAPPING_NOT_FOUND'],
  ['/mappings/line-item/versions/1e1/activate', { why: 'x' }, 'MAPPING_NOT_FOUND'],
  ['/mappings/line-item/rollback', { why: 'x' }, 'NOTHING_TO_ROLL_BACK'],
  ['/mappings/line-item/what-if', { text: '{', last: 5 }, 'INVALID_MAPPING'],
  ['/mappings/line-item/what-if', { text: shippedText(), last: 0 }, 'INVALID_DOCUMENT'],
  ['/mappings/nothing/what-if', { text: shippedText() }, 'INVALID_MAPPING'],
];

test('what cannot be answered is refused with its code', async (t) => {
  const { call } = await openApi(t);
  for (const [path, body, expected] of WRONG)
    assert.equal(
      await code(call('POST', path, body)),
      expected,
      `${path} ${JSON.stringify(body)?.slice(0, 60)}`,
    );
  assert.equal(await code(call('GET', '/mappings/nothing')), 'MAPPING_NOT_FOUND');
  assert.equal(await code(call('GET', '/mappings/line-item/diff?before=x')), 'MAPPING_NOT_FOUND');
});
