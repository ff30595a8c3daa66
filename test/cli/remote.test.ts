import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { freePort, start } from './process.ts';
import { newFolder, type Ran, run } from './run.ts';

const TOKENS = { vic: 'viewer-token-of-vic', ada: 'operator-token-of-ada' };

interface Scene {
  readonly folder: string;
  readonly url: string;
  readonly pid: number | undefined;
  write(members: JsonObject): void;
  call(args: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Ran>;
}

/** A gateway that serves from a file, before a OneRoster that nobody asks. */
async function serve(t: TestContext, members: JsonObject): Promise<Scene> {
  const folder = newFolder();
  const port = await freePort();
  const auth = { tokenUrl: 'http://127.0.0.1:9/token', clientId: 'c', clientSecret: 'secret-of-upstream' };
  const config: JsonObject = {
    version: 1,
    listen: { port },
    publicUrl: 'https://grades.example',
    mappingsDir: '.',
    upstreams: { sis: { profile: 'timeback', baseUrl: 'http://127.0.0.1:9', auth } },
    contexts: { 'math-101': { upstream: 'sis', class: 'class-1', category: 'category-1' } },
    tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'first-secret-key' } },
  };
  const write: Scene['write'] = (changed) =>
    writeFileSync(
      join(folder, 'gradebridge.config.json'),
      JSON.stringify({ ...config, ...members, ...changed }),
    );
  write({});
  const { until, child } = start(t, ['serve'], folder);
  await until(/listening on/);
  return {
    ...{ folder, write, url: `http://127.0.0.1:${port}`, pid: child.pid },
    call: (args, environment = {}) => run(args, { folder, environment }),
  };
}

/** A server that is no gateway. */
async function listenOn(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ADMIN = {
  admin: {
    tokens: { vic: { role: 'viewer', token: TOKENS.vic }, ada: { role: 'operator', token: TOKENS.ada } },
  },
};

test('diff and reload of a gateway that runs, by the tokens of its configuration', async (t) => {
  const { call, write, url, folder } = await serve(t, ADMIN);
  const same = await call(['diff']);
  assert.deepEqual([same.code, same.out], [0, ''], same.error);
  assert.match(same.error, /What runs is what \S+gradebridge\.config\.json says/);

  const tools = {
    quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'second-secret-key', scopes: ['score'] },
  };
  write({ tools });
  const other = await call(['diff']);
  assert.equal(other.code, 1);
  assert.match(
    other.out,
    /^\/tools\/quizzer\/apiKey\n- ••• \(a secret\)\n\+ ••• \(a secret\)\n\/tools\/quizzer\/scopes\n- \[/m,
  );
  assert.match(other.error, /2 places differ/);
  const told = JSON.parse((await call(['diff', '--json'])).out) as JsonObject;
  assert.deepEqual(
    [told['command'], told['ok'], (told['differences'] as JsonObject[]).map(({ pointer }) => pointer)],
    ['diff', false, ['/tools/quizzer/apiKey', '/tools/quizzer/scopes']],
  );
  assert.doesNotMatch(JSON.stringify([other, told]), /secret-key|secret-of|token-of/);

  const reloaded = await call(['reload']);
  assert.equal(reloaded.code, 0, reloaded.error);
  assert.match(reloaded.out, /^[\w-]{22}$/);
  assert.match(reloaded.error, /is in force/);
  assert.equal((await call(['diff'])).code, 0);

  writeFileSync(join(folder, 'line-item.json'), '{ "name": "line-item" }');
  const environment = { OPERATOR: TOKENS.ada };
  const remote = ['--url', `${url}/`, '--token-env', 'OPERATOR'];
  const unusable = await call(['reload', ...remote, '--json'], environment);
  assert.equal(unusable.code, 1);
  assert.match(unusable.error, /line-item\.json\n {2}at [\s\S]*nothing was started or changed/);
  const { ok, findings } = JSON.parse(unusable.out) as { ok: boolean; findings: { file: string }[] };
  assert.deepEqual([ok, findings[0]?.file], [false, join(folder, 'line-item.json')]);
  assert.match(
    (await call(['diff', ...remote], environment)).error,
    /cannot be used[\s\S]*"resource" is missing/,
  );

  const refusals: readonly (readonly [string, string, number, RegExp])[] = [
    ['reload', TOKENS.vic, 1, /refuses: Whoever is signed in may not do this.*ADMIN_FORBIDDEN/],
    ['diff', 'a-token-of-nobody', 1, /ADMIN_UNAUTHORISED\]\n {2}The token was that of the variable GIVEN/],
    ['diff', '', 2, /GIVEN is not set/],
    ['diff', 'two\nlines', 2, /characters that no token has/],
  ];
  for (const [command, token, code, message] of refusals) {
    const ran = await call([command, '--url', url, '--token-env', 'GIVEN'], { GIVEN: token });
    assert.deepEqual([ran.code, ran.out], [code, ''], `${command} ${token}`);
    assert.match(ran.error, message);
    if (token !== '') assert.ok(!ran.error.includes(token), 'the token is shown');
  }
  write({ lisen: {} });
  const mistaken = await call(['reload']);
  assert.equal(mistaken.code, 1);
  assert.match(mistaken.error, /unknown key "lisen"[\s\S]*With --url and a token in GRADEBRIDGE_ADMIN_TOKEN/);
});

test('a gateway without a console is told by a signal, whose process is named where it can be seen', async (t) => {
  const { call, pid } = await serve(t, {});
  const ran = await call(['reload', '--json'], { GRADEBRIDGE_ADMIN_TOKEN: TOKENS.ada });
  assert.equal(ran.code, 1);
  const seen = process.platform === 'linux' ? pid : 'PID';
  assert.match(ran.error, new RegExp(`has no console[\\s\\S]*kill -HUP ${seen}\\.`));
  assert.equal((JSON.parse(ran.out) as JsonObject)['outcome'], 'noConsole');
});

test('where no gateway is, that is said, and no token is told to anybody', async (t) => {
  const asked: string[] = [];
  const record: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? 'without a token'}`);
    response.end('{}');
  };
  const elsewhere = await listenOn(t, record);
  const redirecting = await listenOn(t, (request, response) => {
    record(request, response.writeHead(302, { location: `${elsewhere}/admin/v1/sign-in` }));
  });
  process.env['HTTP_PROXY'] = elsewhere;
  t.after(() => delete process.env['HTTP_PROXY']);
  const environment = { GRADEBRIDGE_ADMIN_TOKEN: TOKENS.ada };
  const at = (url: string) => run(['reload', '--url', url], { environment });
  for (const [url, message] of [
    [
      `http://127.0.0.1:${await freePort()}`,
      /No gateway is running at .*ECONNREFUSED[\s\S]*gradebridge serve/,
    ],
    [redirecting, /is no gateway \(status 302\)/],
    [elsewhere, /is no gateway \(status 200\)/],
  ] as const) {
    const ran = await at(url);
    assert.equal(ran.code, 1);
    assert.match(ran.error, message);
  }
  assert.deepEqual(asked, Array(2).fill('GET /admin/v1/sign-in without a token'));
  for (const url of ['127.0.0.1:8080', 'ftp://x', 'http://a:b@x', 'http://x/?a'])
    assert.equal((await at(url)).code, 2, url);
});
