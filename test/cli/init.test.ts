import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfigFile } from '../../src/config/load.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { freePort } from './process.ts';
import { newFolder, type Ran, type RunOptions, run } from './run.ts';

interface Made extends Ran {
  readonly folder: string;
  /** The configuration as it was written, undefined when it was not. */
  readonly config: JsonObject | undefined;
}

async function init(args: readonly string[], options: RunOptions = {}): Promise<Made> {
  const folder = options.folder ?? newFolder();
  const ran = await run(['init', ...args], { ...options, folder });
  const file = join(folder, 'gradebridge.config.json');
  const config = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as JsonObject) : undefined;
  return { ...ran, folder, config };
}

/** The variables that it says are to be set, with something in each. */
function variablesOf({ out }: Ran): NodeJS.ProcessEnv {
  const names = [...out.matchAll(/^([A-Z_][A-Z0-9_]*)=/gm)].map(([, name = '']) => name);
  return Object.fromEntries(names.map((name) => [name, `value-of-${name}-made-up`]));
}

const SANDBOX = ['--yes', '--service', 'sandbox'];
const AGS = ['--protocol', 'ags', '--jwks-url', 'https://drill.example/jwks'];

/** Sets of answers that are all there: the arguments, and a part of what they come to. */
const WHOLE: readonly (readonly [string, readonly string[], JsonObject])[] = [
  [
    'the sandbox',
    SANDBOX,
    { contexts: { 'math-101': { upstream: 'sandbox', class: 'class-1', category: 'category-1' } } },
  ],
  [
    'Timeback staging, whose category is made when there is none',
    ['--yes', '--class', 'c-1', '--school', 's-1'],
    {
      contexts: {
        'math-101': {
          ...{ upstream: 'timeback', class: 'c-1', school: 's-1' },
          category: { lookup: { title: 'Homework', create: true } },
        },
      },
    },
  ],
  [
    'Timeback production with an AGS tool, without a console',
    [
      ...['--yes', '--service', 'timeback-production', '--class', 'c-1', '--family', 'assessmentLineItems'],
      ...['--tool', 'drill', '--client-id', 'drill-7', ...AGS, '--console', 'no'],
    ],
    {
      contexts: { 'math-101': { upstream: 'timeback', class: 'c-1', family: 'assessmentLineItems' } },
      tools: {
        drill: { clientId: 'drill-7', contexts: ['math-101'], jwksUrl: 'https://drill.example/jwks' },
      },
      admin: undefined as unknown as null,
    },
  ],
  [
    'another OneRoster behind a proxy',
    [
      ...['--yes', '--service', 'oneroster', '--upstream-url', 'https://or.example/v1', '--class', 'c-1'],
      ...[
        '--token-url',
        'https://or.example/token',
        '--public-url',
        'https://grades.example',
        '--port',
        '9090',
      ],
      ...['--category', 'k-1', '--context', 'art', '--api-key-env', 'ART_KEY', '--admin-token-env', 'ADMIN'],
    ],
    {
      listen: { port: 9090 },
      publicUrl: 'https://grades.example',
      contexts: { art: { upstream: 'oneroster', class: 'c-1', category: 'k-1' } },
      tools: { quizzer: { clientId: 'quizzer', contexts: ['art'], apiKey: `\${ART_KEY}` } },
      admin: { tokens: { admin: { role: 'operator', token: `\${ADMIN}` } } },
    },
  ],
];

for (const [name, args, expected] of WHOLE) {
  test(`init --yes for ${name} writes what check takes, and no secret`, async () => {
    const made = await init(args);
    assert.equal(made.code, 0, made.error);
    for (const [member, value] of Object.entries(expected))
      assert.deepEqual(made.config?.[member], value, member);
    const environment = variablesOf(made);
    const text = JSON.stringify(made.config);
    const taken = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, variable]) => variable);
    assert.deepEqual(Object.keys(environment), [...new Set(taken)]);
    assert.doesNotMatch(text, /sandbox-secret|value-of/);
    assert.match(text, /"clientSecret":"\$\{\w+\}"/);
    const checked = await run(['check', '--runs', '20'], { folder: made.folder, environment });
    assert.equal(checked.code, 0, checked.error);
    const schema = String(made.config?.['$schema']);
    assert.ok(existsSync(join(made.folder, schema)), schema);
  });
}

test('init asks what no option says, shows what OneRoster has, and asks again with the reason', async (t) => {
  const sandbox = await startSandbox();
  t.after(() => sandbox.close());
  const at = ['--upstream-url', sandbox.url, '--token-url', sandbox.tokenUrl];
  const asked: readonly (readonly [string, RegExp])[] = [
    ['canvas', /one of timeback-staging, timeback-production, oneroster, sandbox/],
    ['4', /4 {2}sandbox/],
    ['http://127.0.0.1:9080/', /An http\(s\) URL without query, fragment and trailing slash/],
    ['http://127.0.0.1:9080', /public-url/],
    ['Math 101', /the name "Math 101" has not the right form/],
    ['algebra', /context/],
    ['', /family \[lineItems\]/],
    ['class-9', /the service has no such object; --class takes it unseen/],
    ['3', /3 {2}class-3 {2}Algebra \(school school-2\)/],
    ['', /school \[class\]/],
    ['2', /2 {2}category-2 {2}Quizzes/],
    ['drill', /tool \[quizzer\]/],
    ['', /protocol \[ltiaas\]/],
    ['a-secret-that-was-pasted', /the name of a variable is of capital letters/],
    ['', /api-key-env \[DRILL_API_KEY\]/],
    ['yes', /console \[yes\]/],
    ['', /admin-token-env \[GRADEBRIDGE_ADMIN_TOKEN\]/],
  ];
  const made = await init(at, { input: `${asked.map(([answer]) => answer).join('\n')}\n` });
  assert.equal(made.code, 0, made.error);
  for (const [, said] of asked) assert.match(made.error, said);
  assert.deepEqual(made.config?.['contexts'], {
    algebra: { upstream: 'sandbox', class: 'class-3', category: 'category-2' },
  });
  assert.deepEqual(made.config?.['listen'], { port: 9080 });
  assert.match(made.error, /gradebridge keys issue --tool drill --context algebra[\s\S]*9080\/console\//);
  assert.doesNotMatch(made.out + JSON.stringify(made.config), /a-secret/);
  // What was chosen is there.
  const environment = {
    ...variablesOf(made),
    SANDBOX_CLIENT_ID: 'sandbox',
    SANDBOX_CLIENT_SECRET: 'sandbox-secret',
  };
  const { out } = await run(['doctor', '--json'], { folder: made.folder, environment });
  const { results } = JSON.parse(out) as { results: { check: string; state: string }[] };
  for (const id of ['context.class', 'context.school', 'context.category'])
    assert.equal(results.find(({ check }) => check === id)?.state, 'ok', id);
});

test('init asks for ids where the service cannot be asked', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const input = ['', 'c-1', 'title:Homework', ''].join('\n');
  const args = [
    '--upstream-url',
    url,
    '--token-url',
    `${url}/token`,
    '--public-url',
    'https://grades.example',
  ];
  const rest = ['--context', 'art', '--school', 'class', '--tool', 'quizzer', '--protocol', 'ltiaas'];
  const last = ['--family', 'lineItems', '--api-key-env', 'KEY', '--console', 'no'];
  const without = await init([...args, ...rest, ...last], { input });
  assert.equal(without.code, 0, without.error);
  assert.match(
    without.error,
    /With TIMEBACK_CLIENT_ID and TIMEBACK_CLIENT_SECRET in the environment, the classes/,
  );
  const environment = { TIMEBACK_CLIENT_ID: 'c', TIMEBACK_CLIENT_SECRET: 'a-secret-of-timeback' };
  const down = await init([...args, ...rest, ...last], { input, environment });
  assert.equal(down.code, 0, down.error);
  assert.match(down.error, /The classes cannot be read there, so give the id yourself/);
  assert.deepEqual(down.config, without.config);
  assert.match(down.out, /^# TIMEBACK_CLIENT_SECRET is set in this environment/m);
  assert.deepEqual(Object.keys(variablesOf(down)), ['KEY']);
  assert.doesNotMatch(down.error + down.out, /a-secret/);
});

/** What is refused: the arguments, what stands in the way, the exit code, and what is said. */
const REFUSED: readonly (readonly [readonly string[], RunOptions, number, RegExp])[] = [
  [['--yes'], {}, 2, /--class is needed: it has no default/],
  [['--yes', '--service', 'oneroster'], {}, 2, /--upstream-url is needed/],
  [['--yes', '--service', 'canvas'], {}, 2, /--service: it is one of/],
  [[...SANDBOX, '--port', '99999'], {}, 2, /--port: must be <= 65535/],
  [[...SANDBOX, '--port', 'many'], {}, 2, /--port: must be integer/],
  [[...SANDBOX, '--jwks-url', 'https://x.example/jwks'], {}, 2, /no use for --jwks-url/],
  [[...SANDBOX, '--category', 'title:'], {}, 2, /--category: /],
  [[...SANDBOX, '--class', '..'], {}, 2, /--class: that is no sourcedId/],
  [[...SANDBOX, '--tool', '__proto__'], {}, 2, /--tool: the name "__proto__" has not the right form/],
  [SANDBOX, { environment: { QUIZZER_API_KEY: 'short' } }, 2, /--api-key-env: must NOT have fewer than 8/],
  [SANDBOX, { environment: { GRADEBRIDGE_CONFIG: 'absent/c.json' } }, 1, /cannot be written \(ENOENT\)/],
  [[], { input: 'sandbox\n' }, 1, /There was no answer to "public-url"\. Nothing was written/],
  [[], { input: '' }, 1, /There was no answer to "service"/],
];

test('init writes nothing when something stands in the way', async () => {
  for (const [args, options, code, message] of REFUSED) {
    const made = await init(args, options);
    assert.equal(made.code, code, `${args.join(' ')}: ${made.error}`);
    assert.match(made.error, message);
    assert.deepEqual([made.out, readdirSync(made.folder)], ['', []], args.join(' '));
  }
});

test('init writes over a file with --force alone', async () => {
  const folder = newFolder();
  const file = join(folder, 'gradebridge.config.json');
  writeFileSync(file, '{ "mine": true }');
  const kept = await init([...SANDBOX, '--json'], { folder });
  assert.deepEqual([kept.code, kept.config], [1, { mine: true }]);
  assert.deepEqual(JSON.parse(kept.out), { version: 1, command: 'init', ok: false, outcome: 'exists', file });
  const forced = await init([...SANDBOX, '--force', '--json'], { folder });
  const told = JSON.parse(forced.out) as { ok: boolean; file: string; variables: { name: string }[] };
  assert.deepEqual([forced.code, told.ok, told.file], [0, true, file]);
  const environment = Object.fromEntries(
    told.variables.map(({ name }) => [name, `value-of-${name}-made-up`]),
  );
  assert.ok('config' in loadConfigFile(file, environment));
  assert.deepEqual(readdirSync(folder), ['gradebridge.config.json']);
  mkdirSync(join(folder, 'sub'));
  const named = await run(['init', ...SANDBOX, '--config', 'sub/c.json'], { folder });
  assert.equal(named.code, 0);
  assert.match(named.error, /gradebridge serve --config sub\/c\.json/);
});
