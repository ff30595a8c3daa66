import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutSecrets } from '../../src/admin/without-secrets.ts';
import type { LoadedConfig, LoadResult } from '../../src/config/load.ts';
import type { Json } from '../../src/core/json.ts';
import { openDesk } from '../ags/desk.ts';
import { PUBLIC_URL } from '../exchange/world.ts';
import { ADMIN, assertCode, browser, itemsOf, openAdmin, program, TOKENS } from './desk.ts';

/** A configuration in which every secret says that it is one. */
const CONFIG = {
  store: { postgres: 'postgres://gradebridge:SECRET-1@db.example/grades' },
  upstreams: {
    a: {
      baseUrl: 'https://user:SECRET-2@or.example',
      auth: { tokenUrl: 'https://or.example/token', clientId: 'c', clientSecret: 'SECRET-3' },
    },
  },
  contexts: { c: { users: { by: 'table', users: { 'SECRET-4': 'SECRET-5' } } } },
  tools: {
    q: {
      clientId: 'q',
      apiKey: 'SECRET-6',
      jwks: {
        keys: [
          { kty: 'EC', kid: 'k', x: 'public', d: 'SECRET-7' },
          { kty: 'oct', k: 'SECRET-8' },
          'SECRET-9',
        ],
      },
      users: { by: 'table', users: { a: 'SECRET-10' } },
    },
  },
  admin: {
    tokens: { ada: { role: 'operator', token: 'SECRET-11' } },
    oidc: { clientId: 'x', clientSecret: 'SECRET-12' },
  },
};

test('the configuration is shown without a secret, and with all that is none', () => {
  const shown = JSON.stringify(withoutSecrets(CONFIG as unknown as Json));
  assert.doesNotMatch(shown, /SECRET/);
  for (const open of [
    'https://or.example/token',
    '"clientId":"q"',
    '"kid":"k"',
    '"role":"operator"',
    'or.example',
  ])
    assert.ok(shown.includes(open), open);
});

test('no answer of the API holds a secret of the configuration', async (t) => {
  const { world } = await openDesk(t, { config: { admin: ADMIN } });
  const secrets = [...Object.values(TOKENS), world.sandbox.clientSecret, 'drill-api-key', 'quizzer-api-key'];
  const viewer = program(world, 'vic');
  for (const path of [
    '/configuration',
    '/tools',
    '/contexts',
    '/overview',
    '/configuration/diff',
    '/audit',
    '/session',
  ]) {
    const { status, text } = await viewer.get(path);
    assert.equal(status, 200, path);
    for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} in ${path}`);
  }
});

test('a tool is shown with what is to be pasted into it', async (t) => {
  const { world } = await openDesk(t, { config: { admin: ADMIN } });
  const [quizzer] = itemsOf(await program(world).get('/tools'));
  assert.deepEqual(quizzer?.['ags'], {
    issuer: PUBLIC_URL,
    clientId: 'quizzer',
    tokenUrl: `${PUBLIC_URL}/lti/token`,
    audience: `${PUBLIC_URL}/lti/token`,
    lineItems: ['math-101', 'science-7'].map((context) => ({
      context,
      url: `${PUBLIC_URL}/lti/contexts/${context}/lineitems`,
    })),
    jwksUrl: `${PUBLIC_URL}/.well-known/jwks.json`,
  });
  assert.deepEqual(quizzer?.['ltiaas'], { baseUrl: `${PUBLIC_URL}/api` });
  const values = quizzer?.['values'] as { label: string; value: string }[];
  assert.deepEqual(values.at(-1), {
    label: 'Line items of science-7',
    value: `${PUBLIC_URL}/lti/contexts/science-7/lineitems`,
  });
  assert.ok(values.every(({ label, value }) => label !== '' && value !== 'undefined'));
  const contexts = itemsOf(await program(world).get('/contexts'));
  assert.deepEqual(
    contexts.map(({ name, tools }) => [name, tools]),
    [
      ['math-101', ['quizzer', 'drill']],
      ['science-7', ['quizzer']],
      ['algebra-1', ['drill']],
    ],
  );
});

test('a tool and an upstream are tried as doctor does', async (t) => {
  const world = await openAdmin(t, { config: { contexts: { 'science-7': { class: 'no-such-class' } } } });
  const ada = await browser(world);
  const rowsOf = async (path: string) =>
    ((await ada.post(path)).body['results'] as { check: string; subject: string; state: string }[]).map(
      ({ check, subject, state }) => `${subject} ${check} ${state}`,
    );
  const ofTool = await rowsOf('/tools/drill/test');
  assert.ok(ofTool.includes('contexts.algebra-1 context.class ok'));
  assert.ok(!ofTool.some((row) => row.includes('science-7') || row.includes('quizzer')));
  assert.ok((await rowsOf('/upstreams/school/test')).includes('contexts.science-7 context.class wrong'));
  assertCode(await ada.post('/tools/nothing/test'), 404, 'NOT_FOUND');
  assertCode(await ada.post('/upstreams/__proto__/test'), 404, 'NOT_FOUND');
});

test('a reload that finds something wrong says what, changes nothing, and stands in the audit', async (t) => {
  const finding = { file: 'config.json', place: '/tools', message: 'is odd', remedy: 'mend it' };
  const world = await openAdmin(t, { load: () => ({ findings: [finding] }) });
  const answer = await program(world).post('/reload');
  assert.equal(answer.status, 422, answer.text);
  assert.equal(answer.body['code'], 'CONFIGURATION_INVALID');
  assert.deepEqual(answer.body['findings'], [finding]);
  const { revision, attention } = (await program(world).get('/overview')).body as {
    revision: Record<string, unknown>;
    attention: readonly { text: string }[];
  };
  assert.deepEqual([revision['isCurrent'], revision['problem']], [false, '/tools: is odd']);
  assert.match(attention[0]?.text ?? '', /cannot be used: \/tools: is odd/);
  assertCode(await program(world).get('/configuration/diff'), 422, 'CONFIGURATION_INVALID');
  const entries = itemsOf(await program(world).get('/audit'));
  assert.deepEqual(entries.map(({ what }) => what).sort(), [
    'configuration.reload',
    'configuration.reload.failed',
  ]);
});

test('what the file says otherwise is told without secrets, and taken up by a reload', async (t) => {
  const world = await openAdmin(t, {
    load: ({ config, ...loaded }) => {
      const { school } = config.upstreams;
      assert.ok(school);
      const upstreams = {
        school: { ...school, concurrency: 7, auth: { ...school.auth, clientSecret: 'SECRET' } },
      };
      return { ...loaded, config: { ...config, upstreams } };
    },
  });
  const before = (await program(world).get('/overview')).body['revision'] as Record<string, unknown>;
  assert.equal(before['isCurrent'], false);
  const diff = await program(world, 'vic').get('/configuration/diff');
  assert.deepEqual(
    itemsOf(diff).toSorted((left, right) => (String(left['pointer']) < String(right['pointer']) ? -1 : 1)),
    [
      { pointer: '/upstreams/school/auth/clientSecret', running: '•••', file: '•••' },
      { pointer: '/upstreams/school/concurrency', running: 32, file: 7 },
    ],
  );
  const { revision } = (await program(world).post('/reload')).body as { revision: Record<string, unknown> };
  assert.notEqual(revision['id'], before['id']);
  assert.equal(revision['isCurrent'], true);
  const { configuration } = (await program(world).get('/configuration')).body as {
    configuration: { upstreams: { school: { concurrency: number } } };
  };
  assert.equal(configuration.upstreams.school.concurrency, 7);
});

test('whether there is a console, and how much it remembers, needs a restart', async (t) => {
  const load = ({ config, ...loaded }: LoadedConfig): LoadResult => {
    const { admin: _admin, ...rest } = config;
    return { ...loaded, config: rest };
  };
  const world = await openAdmin(t, { load });
  const { body } = await program(world).post('/reload');
  assert.deepEqual(
    (body['findings'] as { place: string }[]).map(({ place }) => place),
    ['/admin/traffic'],
  );
  assert.equal((await program(world).get('/tools')).status, 200);
});
