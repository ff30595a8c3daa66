import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { SUITE } from '../../src/probe/suite.ts';
import type { SandboxProfile } from '../../src/sandbox/sandbox.ts';
import { activeObjects, configure, openSandbox, probe } from './scene.ts';

interface Expected {
  readonly sandbox: SandboxProfile;
  readonly configured: string;
  readonly code: number;
  readonly suggested: string;
  readonly fit: readonly string[];
  /** Rows by their outcomes. */
  readonly outcomes: Readonly<Record<string, string>>;
}

/** What is known of each profile of the sandbox (src/sandbox/profiles.ts), and what the probe must find. */
const TABLE: readonly Expected[] = [
  {
    sandbox: 'timeback',
    configured: 'timeback',
    code: 0,
    suggested: 'timeback',
    fit: ['timeback'],
    outcomes: {
      'token.method': 'both',
      'token.scope': 'unneeded',
      'put.answer': 'document',
      'form.references': 'either',
      'form.dated': 'unneeded',
      'form.nulls': 'taken',
      'result.date': 'millisecond',
      'page.limit': 'enough',
      'filter.metadata': 'works',
      'delete.read': 'marked',
      'delete.lists': 'unfiltered',
    },
  },
  {
    sandbox: 'timeback',
    configured: 'oneroster-1.2',
    code: 1,
    suggested: 'timeback',
    fit: ['timeback'],
    outcomes: { 'profile.oneroster-1.2': 'unfit', 'result.create': 'creates' },
  },
  {
    sandbox: 'spec',
    configured: 'oneroster-1.2',
    code: 0,
    suggested: 'oneroster-1.2',
    fit: ['oneroster-1.2'],
    outcomes: {
      'put.answer': 'nothing',
      'form.references': 'full',
      'form.dated': 'needed',
      'form.nulls': 'refused',
      'result.date': 'date',
      'profile.timeback': 'other',
    },
  },
  {
    sandbox: 'spec',
    configured: 'timeback',
    code: 1,
    suggested: 'oneroster-1.2',
    fit: ['oneroster-1.2'],
    outcomes: { 'profile.timeback': 'unfit', 'metadata.nested': 'kept', 'score.zero': 'kept' },
  },
  {
    sandbox: 'google',
    configured: 'timeback',
    code: 0,
    suggested: 'timeback',
    fit: ['timeback', 'oneroster-1.2'],
    outcomes: { 'delete.lists': 'never', 'result.date': 'millisecond', 'form.references': 'either' },
  },
  {
    sandbox: 'google',
    configured: 'oneroster-1.2',
    code: 0,
    suggested: 'oneroster-1.2',
    fit: ['timeback', 'oneroster-1.2'],
    outcomes: { 'put.answer': 'document' },
  },
];

for (const family of ['lineItems', 'assessmentLineItems'] as const) {
  for (const { sandbox: profile, configured, code, suggested, fit, outcomes } of TABLE) {
    test(`a ${profile} service configured as ${configured}, ${family}`, async (t) => {
      const sandbox = await openSandbox(t, { profile });
      const config = configure(sandbox, { profile: configured });
      const probed = await probe(config, '--family', family);
      const { report } = probed;
      assert.deepEqual([probed.code, report.ok], [code, code === 0], JSON.stringify(report.rows, null, 1));
      assert.deepEqual(report.profile, { configured, fit, suggested });
      for (const [id, outcome] of Object.entries(outcomes)) assert.equal(probed.row(id).outcome, outcome, id);
      assert.deepEqual([report.leftBehind, report.stopped], [[], undefined]);
      assert.deepEqual(activeObjects(sandbox), []);
    });
  }
}

test('every row comes out, and says what it means', async (t) => {
  const sandbox = await openSandbox(t);
  const { report } = await probe(configure(sandbox));
  assert.deepEqual(
    report.rows.map(({ id }) => id),
    SUITE.map(({ id }) => id),
  );
  for (const { id, question, found, means } of report.rows) {
    assert.match(question, /\?$/, id);
    assert.match(found, /\.$/, id);
    assert.match(means, /\.$/, id);
  }
  assert.equal(new Set(SUITE.map(({ id }) => id)).size, SUITE.length);
});

test('a row builds on rows before it alone', () => {
  const before = new Set<string>();
  for (const { id, after = [] } of SUITE) {
    assert.deepEqual(
      after.filter((other) => !before.has(other)),
      [],
      id,
    );
    before.add(id);
  }
});

test('it writes objects of its own alone, in the class that is given', async (t) => {
  const sandbox = await openSandbox(t);
  await probe(configure(sandbox));
  const writes = sandbox
    .requests()
    .filter(({ method, path }) => method !== 'GET' && !path.includes('oauth2'));
  assert.ok(writes.length > 10);
  for (const { method, path, body } of writes) {
    assert.match(path, /\/(lineItems|results)\/gradebridge-probe-[\w-]+$/);
    if (method === 'DELETE' || path.includes('/results/')) continue;
    const { lineItem } = body as { readonly lineItem: { readonly class: { readonly sourcedId: string } } };
    assert.equal(lineItem.class.sourcedId, 'class-1');
  }
});

test('what it suggests can be configured', async (t) => {
  const sandbox = await openSandbox(t, { profile: 'spec' });
  const { report } = await probe(configure(sandbox));
  const auth = { tokenUrl: sandbox.tokenUrl, clientId: 'c', clientSecret: 's' };
  const upstream: JsonObject = { baseUrl: sandbox.url, auth, ...report.suggestion };
  const loaded = loadConfig(
    {
      version: 1,
      upstreams: { school: upstream },
      contexts: { a: { upstream: 'school', class: 'class-1', category: 'k' } },
      tools: { t: { clientId: 't', contexts: ['a'], apiKey: 'quizzer-key' } },
    },
    'c.json',
    {},
  );
  assert.ok('config' in loaded, JSON.stringify(loaded));
  assert.equal(loaded.config.upstreams['school']?.profile, 'oneroster-1.2');
});
