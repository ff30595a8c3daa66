import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partOf, readSources, type Source } from './sources.ts';

const sources = readSources();
const imports = sources.flatMap((source) => source.imports.map((found) => ({ source, found })));

/** What each part may import of src. Everything it may import more would have to be argued for here. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: ['core'],
  dialects: ['core'],
  gateway: ['core', 'cache.ts'],
  'cache.ts': [],
  'log.ts': ['sink.ts'],
  'sink.ts': [],
  'terminal.ts': [],
  'heap.ts': [],
  auth: ['core', 'cache.ts'],
  directory: ['core', 'cache.ts'],
  upstream: ['core', 'cache.ts'],
  http: ['core'],
  telemetry: ['core', 'cache.ts'],
  store: ['core'],
  delivery: ['core'],
  proof: ['core'],
  // It tries what a configuration would load, by the laws that are tried at a start.
  workbench: ['core', 'config', 'proof'],
  // It checks a change as a configuration is checked.
  registry: ['core', 'config'],
  // What it tries is what the gateway sends.
  probe: ['core', 'upstream'],
  config: ['core'],
  // What it has found, lists and pages show; it knows no part of the gateway by name.
  reconcile: ['core'],
  admin: ['core', 'config', 'registry', 'reconcile'],
  // It looks at the real parts, each by itself.
  doctor: ['core', 'config', 'auth', 'store', 'probe', 'upstream'],
  sandbox: [],
  'reload.ts': ['core', 'config'],
  // The pages run in a browser: what they know of the gateway, they are told over HTTP.
  console: [],
};

for (const [part, allowed] of Object.entries(MAY_IMPORT)) {
  test(`${part} imports only ${[...allowed, 'itself'].join(', ')}`, () => {
    const own = imports.filter(({ source }) => partOf(source.path) === part);
    assert.ok(
      sources.some(({ path }) => partOf(path) === part),
      `there is no src/${part}`,
    );
    const strays = own.filter(
      ({ found }) => found.isLocal && ![part, ...allowed].includes(partOf(found.target)),
    );
    assert.deepEqual(strays.map(name), []);
  });
}

/** They wire real parts together, and may import anything. */
const ENTRIES = [
  'main.ts',
  'cli.ts',
  'compose.ts',
  'revision.ts',
  'administer.ts',
  'administered.ts',
  'reconciled.ts',
  'admission.ts',
  'connect.ts',
  'contexts.ts',
  'keep.ts',
  'store-readiness.ts',
  'registering.ts',
  'renamed.ts',
  'known.ts',
  'observe.ts',
  'commands',
];

test('every part of src has its import rule, or is an entry', () => {
  const parts = new Set(sources.map(({ path }) => partOf(path)));
  assert.deepEqual(
    [...parts].filter((part) => !Object.hasOwn(MAY_IMPORT, part) && !ENTRIES.includes(part)),
    [],
  );
});

test('only the entries choose real parts: nothing else imports them', () => {
  const strays = imports.filter(
    ({ source, found }) =>
      found.isLocal && ENTRIES.includes(partOf(found.target)) && !ENTRIES.includes(partOf(source.path)),
  );
  assert.deepEqual(strays.map(name), []);
});

test('core imports no package and reads no clock', () => {
  const core = imports.filter(({ source }) => partOf(source.path) === 'core');
  // A hash is a pure function; nothing else of Node is one.
  assert.deepEqual(
    core.filter(({ found }) => !found.isLocal && found.target !== 'node:crypto').map(name),
    [],
  );
  const isClock = /Date\.now|new Date\(\)|Math\.random|randomUUID/;
  const clocks = sources.filter(
    ({ path, text }) => partOf(path) === 'core' && isClock.test(withoutComments(text)),
  );
  assert.deepEqual(
    clocks.map(({ path }) => path),
    [],
  );
});

/** Each library that could spread has one home. */
const HOMES: Readonly<Record<string, string>> = {
  express: 'http',
  helmet: 'http',
  jose: 'auth',
  axios: 'upstream/transport.ts',
  undici: 'upstream/transport.ts',
  ajv: 'config/schema.ts',
  'ajv-formats': 'config/schema.ts',
  'jsonc-parser': 'config/files.ts',
  'lru-cache': 'cache.ts',
  pino: 'log.ts',
  kysely: 'store',
  libsql: 'store',
  pg: 'store/postgres.ts',
  'fast-check': 'proof',
  'prom-client': 'telemetry/prometheus.ts',
  '@opentelemetry/api': 'telemetry/opentelemetry.ts',
  '@opentelemetry/exporter-trace-otlp-http': 'telemetry/opentelemetry.ts',
  '@opentelemetry/resources': 'telemetry/opentelemetry.ts',
  '@opentelemetry/sdk-trace': 'telemetry/opentelemetry.ts',
  preact: 'console/app',
  '@codemirror/autocomplete': 'console/app/editor',
  '@codemirror/commands': 'console/app/editor',
  '@codemirror/lang-json': 'console/app/editor',
  '@codemirror/language': 'console/app/editor',
  '@codemirror/lint': 'console/app/editor',
  '@codemirror/state': 'console/app/editor',
  '@codemirror/view': 'console/app/editor',
  '@lezer/highlight': 'console/app/editor',
};

for (const [library, home] of Object.entries(HOMES)) {
  test(`${library} is imported in src/${home} and nowhere else`, () => {
    const users = imports.filter(({ found }) => found.target === library);
    assert.notEqual(users.length, 0);
    assert.deepEqual(users.filter(({ source }) => !`${source.path}/`.startsWith(`${home}/`)).map(name), []);
  });
}

test('every package that src imports is named above', () => {
  const packages = new Set(
    imports
      .filter(({ found }) => !found.isLocal && !found.target.startsWith('node:'))
      .map(({ found }) => found.target),
  );
  assert.deepEqual(
    [...packages].filter((name) => !Object.hasOwn(HOMES, name)),
    [],
  );
});

test('there is no drawer called utils, helpers or common', () => {
  const drawers = sources.filter(({ path }) =>
    /(^|\/)(utils?|helpers?|common|shared|misc|lib)(\/|\.ts$)/.test(path),
  );
  assert.deepEqual(
    drawers.map(({ path }) => path),
    [],
  );
});

test('there is no import cycle', () => {
  const graph = new Map(
    sources.map(({ path, imports: found }) => [
      path,
      found.filter(({ isLocal }) => isLocal).map(({ target }) => target),
    ]),
  );
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(path), `cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' → ')}`);
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
});

test('no file is longer than 300 lines', () => {
  const long = sources.filter(({ text }) => text.split('\n').length > 300);
  assert.deepEqual(
    long.map(({ path }) => path),
    [],
  );
});

test('there is no any, no enum and no default export', () => {
  const strays = sources.filter(({ text }) =>
    /\bas any\b|: any\b|^export default|^(export )?(const )?enum /m.test(text),
  );
  assert.deepEqual(
    strays.map(({ path }) => path),
    [],
  );
});

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}

function name({
  source,
  found,
}: {
  readonly source: Source;
  readonly found: { readonly target: string };
}): string {
  return `${source.path} → ${found.target}`;
}
