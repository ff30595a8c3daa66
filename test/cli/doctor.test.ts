// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the form that the configuration has
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import Libsql from 'libsql';
import { startGateway } from '../../src/commands/running.ts';
import { loadConfigFile } from '../../src/config/load.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { CheckResult } from '../../src/doctor/checks.ts';
import { type Fault, type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import { KEYS, openStore } from '../../src/store/store.ts';
import { newFolder, run } from './run.ts';

const ENVIRONMENT = { SECRET: 'sandbox-secret' };

interface Ward {
  readonly sandbox: Sandbox;
  readonly folder: string;
  readonly file: string;
  /** Writes the configuration with other members of one part. */
  configure(changes: Changes): void;
  examine(): Promise<Examined>;
}

interface Changes {
  readonly listen?: JsonObject;
  readonly upstream?: JsonObject;
  readonly context?: JsonObject;
  readonly tool?: JsonObject;
  readonly more?: JsonObject;
}

interface Examined {
  readonly code: number;
  readonly results: readonly CheckResult[];
  of(check: string): CheckResult;
}

/** A healthy sandbox and a configuration for it. */
async function open(t: TestContext, options: SandboxOptions = {}): Promise<Ward> {
  const sandbox = await startSandbox(options);
  t.after(() => sandbox.close());
  const folder = newFolder();
  const file = join(folder, 'gradebridge.config.json');
  const configure: Ward['configure'] = (changes) => {
    writeFileSync(file, JSON.stringify(documentFor(sandbox, changes)), { mode: 0o600 });
  };
  configure({});
  const examine = async (): Promise<Examined> => {
    const { code, out } = await run(['doctor', '--json'], { folder, environment: ENVIRONMENT });
    const { results } = JSON.parse(out) as { readonly results: readonly CheckResult[] };
    const of = (check: string): CheckResult => {
      const found = results.find((result) => result.check === check);
      assert.ok(found, `there is no ${check} in ${out}`);
      return found;
    };
    return { code, results, of };
  };
  return { sandbox, folder, file, configure, examine };
}

function documentFor(sandbox: Sandbox, { listen, upstream, context, tool, more }: Changes): JsonObject {
  const auth = { tokenUrl: sandbox.tokenUrl, clientId: 'sandbox', clientSecret: '${SECRET}' };
  const timeouts = { call: 1500 };
  const retry = { attempts: 2, firstDelay: 1, longestDelay: 2 };
  const common = { profile: 'timeback', baseUrl: sandbox.url, auth, timeouts, retry };
  return {
    version: 1,
    listen: { port: 0, ...listen },
    upstreams: { school: { ...common, ...upstream } },
    contexts: {
      'math-101': { upstream: 'school', class: 'class-1', category: 'category-1', ...context },
    },
    tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-key', ...tool } },
    ...more,
  };
}

test('all is well: exit 0, and nothing is written anywhere', async (t) => {
  const { folder, sandbox, examine } = await open(t);
  const { code, results } = await examine();
  assert.equal(code, 0);
  assert.deepEqual(
    results.map(({ check, state, subject }) => [check, state, subject]),
    [
      ['file.configuration', 'ok', undefined],
      ['folder.data', 'ok', undefined],
      ['store', 'ok', undefined],
      ['listen', 'ok', undefined],
      ['upstream.token', 'ok', 'upstreams.school'],
      ['upstream.read', 'ok', 'upstreams.school'],
      ['upstream.clock', 'ok', 'upstreams.school'],
      ['context.class', 'ok', 'contexts.math-101'],
      ['context.school', 'ok', 'contexts.math-101'],
      ['context.category', 'ok', 'contexts.math-101'],
      ['context.students', 'ok', 'contexts.math-101'],
    ],
  );
  assert.equal(existsSync(join(folder, 'data')), false);
  const asked = sandbox.requests().filter(({ path }) => !path.startsWith('/oauth2/'));
  assert.ok(asked.length > 0 && asked.every(({ method }) => method === 'GET'));
});

interface Ailment {
  readonly title: string;
  readonly changes?: Changes;
  readonly fault?: Fault;
  readonly sandbox?: SandboxOptions;
  readonly prepare?: (ward: Ward) => void | Promise<void>;
  readonly check: string;
  readonly state: CheckResult['state'];
  readonly found: RegExp;
  readonly remedy?: RegExp;
}

const token =
  (auth: JsonObject) =>
  (sandbox: Sandbox): JsonObject => ({
    tokenUrl: sandbox.tokenUrl,
    clientId: 'sandbox',
    clientSecret: 'sandbox-secret',
    ...auth,
  });

const lookup = (title: string, create = false): Json => ({ lookup: { title, create } });
const data = ({ folder }: Ward): string => {
  mkdirSync(join(folder, 'data'), { recursive: true });
  return join(folder, 'data');
};

const AILMENTS: readonly Ailment[] = [
  {
    title: 'a wrong secret',
    prepare: ({ sandbox, configure }) =>
      configure({ upstream: { auth: token({ clientSecret: 'wrong-one' })(sandbox) } }),
    check: 'upstream.token',
    state: 'wrong',
    found: /token endpoint answered 400 invalid_client\): UPSTREAM_REFUSED/,
    remedy: /clientId, clientSecret, tokenUrl/,
  },
  {
    title: 'a service that is not there',
    changes: { upstream: { baseUrl: 'http://127.0.0.1:9' } },
    check: 'upstream.read',
    state: 'wrong',
    found: /cannot be reached/,
    remedy: /baseUrl/,
  },
  {
    title: 'a service that hangs',
    fault: { kind: 'hang', path: '/categories?', times: 0 },
    check: 'upstream.read',
    state: 'wrong',
    found: /did not answer in time/,
  },
  {
    title: 'a wrong prefix',
    changes: { upstream: { prefixes: { gradebook: '/ims/oneroster/v1p2' } } },
    check: 'upstream.read',
    state: 'wrong',
    found: /not there \(404\)/,
    remedy: /prefixes\.gradebook/,
  },
  {
    title: 'credentials without a permission',
    fault: { kind: 'status', status: 403, path: '/enrollments', times: 0 },
    check: 'context.students',
    state: 'wrong',
    found: /upstream answered 403/,
    remedy: /permissions/,
  },
  {
    title: 'a class that is not there',
    changes: { context: { class: 'class-9' } },
    check: 'context.class',
    state: 'wrong',
    found: /no class class-9/,
    remedy: /Correct "class"/,
  },
  {
    title: 'a class that was deleted',
    prepare: ({ sandbox }) => sandbox.put('classes', { sourcedId: 'class-1', status: 'tobedeleted' }),
    check: 'context.class',
    state: 'wrong',
    found: /marked as deleted/,
  },
  {
    title: 'a class without a school',
    prepare: ({ sandbox }) =>
      sandbox.put('classes', { sourcedId: 'class-1', status: 'active', school: null }),
    check: 'context.school',
    state: 'wrong',
    found: /names no school/,
  },
  {
    title: 'a school that is not there',
    changes: { context: { school: 'school-9' } },
    check: 'context.school',
    state: 'wrong',
    found: /no school school-9/,
  },
  {
    title: 'the school of another class',
    changes: { context: { school: 'school-2' } },
    check: 'context.school',
    state: 'warning',
    found: /the class is of school-1/,
    remedy: /Leave "school" out/,
  },
  {
    title: 'a category that is not there',
    changes: { context: { category: 'category-9' } },
    check: 'context.category',
    state: 'wrong',
    found: /no category category-9/,
  },
  {
    title: 'no category of a title',
    changes: { context: { category: lookup('Essays') } },
    check: 'context.category',
    state: 'wrong',
    found: /No category is titled "Essays"/,
  },
  {
    title: 'two categories of a title',
    changes: { context: { category: lookup('Homework') } },
    prepare: ({ sandbox }) =>
      sandbox.put('categories', { sourcedId: 'k-9', status: 'active', title: 'Homework' }),
    check: 'context.category',
    state: 'wrong',
    found: /Several categories .*category-1, k-9/,
  },
  {
    title: 'a category that will be made',
    changes: { context: { category: lookup('Essays', true) } },
    check: 'context.category',
    state: 'ok',
    found: /will be made/,
  },
  {
    title: 'a class without students',
    changes: { context: { class: 'class-3' } },
    prepare: ({ sandbox }) =>
      sandbox.put('enrollments', { sourcedId: 'enrollment-student-90-class-3', status: 'tobedeleted' }),
    check: 'context.students',
    state: 'warning',
    found: /no active student/,
  },
  {
    title: 'a clock that is off',
    check: 'upstream.clock',
    state: 'warning',
    found: /7(199|20[01]) s ahead of ours/,
    remedy: /NTP/,
    prepare: () => {},
  },
  {
    title: 'a key set at a private address',
    changes: { tool: { jwksUrl: 'http://127.0.0.1:9/jwks.json' } },
    check: 'tool.keys',
    state: 'wrong',
    found: /is a private address/,
    remedy: /privateAddresses/,
  },
  {
    title: 'a key set that cannot be reached',
    changes: {
      tool: { jwksUrl: 'http://127.0.0.1:9/jwks.json' },
      more: { keySets: { privateAddresses: true } },
    },
    check: 'tool.keys',
    state: 'wrong',
    found: /127\.0\.0\.1:9 cannot be had/,
  },
  {
    title: 'an empty key set in the configuration',
    changes: { tool: { jwks: { keys: [] } } },
    check: 'tool.keys',
    state: 'wrong',
    found: /holds no key/,
  },
  {
    title: 'an issuer whose keys cannot be reached',
    changes: {
      more: {
        keySets: { privateAddresses: true },
        issuers: { idp: { issuer: 'https://idp.example', audience: 'g', jwksUrl: 'http://127.0.0.1:9/k' } },
      },
    },
    check: 'issuer.keys',
    state: 'wrong',
    found: /cannot be had/,
  },
  {
    title: 'an address that is not of this machine',
    changes: { listen: { host: '203.0.113.7' } },
    check: 'listen',
    state: 'wrong',
    found: /no address of this machine/,
  },
  {
    title: 'an address that tools reach over a network in the clear',
    changes: { more: { publicUrl: 'http://grades.example' } },
    check: 'addresses',
    state: 'warning',
    found: /^publicUrl: plain HTTP/,
    remedy: /https:/,
  },
  {
    title: 'secrets in a file that others may read',
    prepare: ({ sandbox, configure, file }) => {
      configure({ upstream: { auth: token({})(sandbox) } });
      chmodSync(file, 0o644);
    },
    check: 'file.configuration',
    state: 'warning',
    found: /others on this machine may read it \(0644\)/,
    remedy: /chmod 600/,
  },
  {
    title: 'a token for metrics in a file that others may read',
    prepare: ({ configure, file }) => {
      configure({ more: { metrics: { token: 'a-token-for-metrics' } } });
      chmodSync(file, 0o644);
    },
    check: 'file.configuration',
    state: 'warning',
    found: /holds secrets/,
    remedy: /chmod 600/,
  },
  {
    title: 'a store that others may read',
    prepare: async (ward) => chmodSync(await storeOf(ward), 0o644),
    check: 'file.store',
    state: 'wrong',
    found: /Others on this machine may read .*gradebridge\.db \(0644\)/,
    remedy: /chmod 600 .*keys rotate/,
  },
  {
    title: 'keys that are none',
    prepare: async (ward) => {
      const store = await openStore({ sqlite: await storeOf(ward) }, { clock: Date.now });
      await store.settings.write(KEYS, '{ "keys": [] }');
      await store.close();
    },
    check: 'store',
    state: 'wrong',
    found: /keys of the gateway in .* cannot be read/,
    remedy: /copy of the store/,
  },
  {
    title: 'a database that is not there',
    changes: { more: { store: { postgres: 'postgres://u:secret-word@127.0.0.1:9/g' } } },
    check: 'store',
    state: 'wrong',
    found: /^The PostgreSQL database cannot be opened \(ECONNREFUSED\)\.$/,
  },
  {
    title: 'a store that is something else',
    prepare: (ward) =>
      writeFileSync(join(data(ward), 'gradebridge.db'), 'this is a text about something else'),
    check: 'store',
    state: 'wrong',
    found: /no SQLite database/,
  },
  {
    title: 'a file where the folder should be',
    prepare: ({ folder }) => writeFileSync(join(folder, 'data'), ''),
    check: 'folder.data',
    state: 'wrong',
    found: /is no folder/,
  },
];

/** A store as the gateway makes it. */
async function storeOf({ folder, file }: Ward): Promise<string> {
  const { code } = await run(['keys', 'rotate', '--config', file], { folder, environment: ENVIRONMENT });
  assert.equal(code, 0);
  return join(folder, 'data', 'gradebridge.db');
}

for (const { title, changes = {}, fault, prepare, check, state, found, remedy } of AILMENTS) {
  test(`${title}: ${check} is ${state}`, async (t) => {
    const ahead = check === 'upstream.clock' ? 7_200 : 0;
    const ward = await open(t);
    ward.configure(changes);
    await prepare?.(ward);
    if (ahead > 0) ward.configure({ upstream: { baseUrl: await behindClock(t, ward.sandbox, ahead) } });
    if (fault) ward.sandbox.inject(fault);
    const examined = await ward.examine();
    const result = examined.of(check);
    assert.equal(result.state, state, JSON.stringify(examined.results));
    assert.match(result.found, found);
    assert.equal(examined.code, state === 'wrong' ? 1 : 0, JSON.stringify(examined.results));
    if (state === 'wrong' || state === 'warning') assert.ok(result.remedy, 'it says what to do');
    if (remedy) assert.match(String(result.remedy), remedy);
  });
}

/** The sandbox with another time of day in its answers. */
async function behindClock(t: TestContext, sandbox: Sandbox, seconds: number): Promise<string> {
  const server = createServer(async ({ url, headers }, response) => {
    const { authorization = '' } = headers;
    const answer = await fetch(sandbox.url + url, { headers: { authorization } });
    const date = new Date(Date.now() + seconds * 1000).toUTCString();
    response.writeHead(answer.status, { 'content-type': 'application/json', date }).end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('what comes after something wrong is skipped, and says why', async (t) => {
  const { configure, examine } = await open(t);
  configure({ upstream: { baseUrl: 'http://127.0.0.1:9' } });
  const { results, of } = await examine();
  assert.deepEqual(
    results.filter(({ state }) => state === 'skipped').map(({ check }) => check),
    ['upstream.clock', 'context.class', 'context.school', 'context.category', 'context.students'],
  );
  assert.match(of('context.class').found, /upstream\.read of upstreams\.school comes first/);
});

test('a context of another upstream is looked at although one is down', async (t) => {
  const { sandbox, configure, examine } = await open(t);
  const auth = token({})(sandbox);
  configure({
    upstream: { baseUrl: 'http://127.0.0.1:9' },
    more: {
      upstreams: {
        school: { profile: 'timeback', baseUrl: 'http://127.0.0.1:9', auth, timeouts: { call: 300 } },
        other: { profile: 'timeback', baseUrl: sandbox.url, auth },
      },
      contexts: {
        down: { upstream: 'school', class: 'class-1', category: 'category-1' },
        up: { upstream: 'other', class: 'class-1', category: 'category-1' },
      },
      tools: { quizzer: { clientId: 'quizzer', contexts: ['down', 'up'], apiKey: 'quizzer-key' } },
    },
  });
  const { results } = await examine();
  const classes = results.filter(({ check }) => check === 'context.class');
  assert.deepEqual(
    classes.map(({ subject, state }) => [subject, state]),
    [
      ['contexts.down', 'skipped'],
      ['contexts.up', 'ok'],
    ],
  );
});

test('a port that something else uses is wrong; one that this gateway uses is well', async (t) => {
  const { file, configure, examine } = await open(t);
  const other = createServer((_request, response) => response.end('{}'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  configure({ listen: { port } });
  const taken = await examine();
  assert.deepEqual([taken.code, taken.of('listen').state], [1, 'wrong']);
  assert.match(taken.of('listen').found, /in use by something else/);
  other.closeAllConnections();
  await new Promise((resolve) => other.close(resolve));
  const loaded = loadConfigFile(file, ENVIRONMENT);
  assert.ok('config' in loaded);
  const gateway = await startGateway(loaded, { clock: Date.now, random: Math.random, log: () => {} });
  t.after(() => gateway.stop());
  const ours = await examine();
  assert.deepEqual([ours.code, ours.of('listen').found], [0, `This gateway is running on port ${port}.`]);
});

test('a folder that cannot be written', {
  skip: process.getuid?.() === 0 && 'root may write anywhere',
}, async (t) => {
  const ward = await open(t);
  chmodSync(data(ward), 0o500);
  const { code, of } = await ward.examine();
  assert.deepEqual([code, of('folder.data').state, of('store').state], [1, 'wrong', 'skipped']);
});

test('a store is left as it was, whatever it is', async (t) => {
  const ward = await open(t);
  const file = join(data(ward), 'gradebridge.db');
  // A database without a write-ahead log, which the gateway has never opened.
  const database = new Libsql(file);
  database.exec('create table other (id integer)');
  database.close();
  const before = readFileSync(file);
  assert.match((await ward.examine()).of('store').found, /can be opened; the first start fills it/);
  assert.deepEqual(readFileSync(file), before);
  rmSync(file);
  await storeOf(ward);
  assert.match((await ward.examine()).of('store').found, /can be opened, and holds the keys of the gateway/);
});

test('for people: what is wrong first, each with what to do; no secret anywhere', async (t) => {
  const { sandbox, folder, configure } = await open(t);
  configure({ upstream: { auth: token({})(sandbox) }, context: { category: 'category-9' } });
  const { code, out, error } = await run(['doctor'], { folder });
  assert.equal(code, 1);
  assert.match(
    out,
    /^WRONG {4}contexts\.math-101: There is no category category-9\. {2}\[context\.category\]\n {9}→ Correct/,
  );
  assert.match(error, /1 wrong, 0 warnings, 0 not looked at, 10 well/);
  assert.doesNotMatch(out + error, /sandbox-secret|quizzer-key|Bearer/);
});

test('without a configuration, and with a broken one, it says so in both forms', async () => {
  const folder = newFolder();
  assert.match((await run(['doctor'], { folder })).out, /There is no configuration/);
  writeFileSync(join(folder, 'gradebridge.config.json'), '{ "version": 1 }');
  const { code, out } = await run(['doctor', '--json'], { folder });
  const { ok, results } = JSON.parse(out) as {
    readonly ok: boolean;
    readonly results: readonly CheckResult[];
  };
  assert.deepEqual([code, ok], [1, false]);
  assert.ok(results.length > 0 && results.every(({ check, remedy }) => check === 'configuration' && remedy));
});

test('check --json tells its findings to programs', async () => {
  const folder = newFolder();
  const well = await run(['check', '--json', '--runs', '5'], { folder });
  assert.deepEqual(JSON.parse(well.out), {
    version: 1,
    command: 'check',
    ok: true,
    file: null,
    findings: [],
    warnings: [],
    moves: [],
  });
  writeFileSync(join(folder, 'gradebridge.config.json'), '{ "version": 1 }');
  const ill = await run(['check', '--json', '--runs', '5'], { folder });
  const { ok, findings } = JSON.parse(ill.out) as {
    readonly ok: boolean;
    readonly findings: readonly unknown[];
  };
  assert.deepEqual([ill.code, ok], [1, false]);
  assert.ok(findings.length > 0);
});
