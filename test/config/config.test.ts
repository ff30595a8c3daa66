// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is the form that the configuration has
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findConfigFile, type LoadedConfig, loadConfig, loadConfigFile } from '../../src/config/load.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';

const VALID: JsonObject = {
  version: 1,
  upstreams: {
    timeback: {
      profile: 'timeback',
      baseUrl: 'https://api.example',
      auth: { tokenUrl: 'https://idp.example/oauth2/token', clientId: 'id', clientSecret: '${SECRET}' },
    },
  },
  contexts: { 'math-101': { upstream: 'timeback', class: 'class-1', category: 'category-1' } },
  tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'a-long-api-key' } },
};
const ENVIRONMENT = { SECRET: 's3cret' };

/** The valid configuration with the value at a path replaced; undefined takes the member away. */
function withValue(path: string, value: Json | undefined): JsonObject {
  const copy = structuredClone(VALID) as { [member: string]: Json };
  const steps = path.split('.');
  const last = steps.pop() as string;
  let node = copy;
  for (const step of steps) {
    node[step] ??= {};
    node = node[step] as { [member: string]: Json };
  }
  if (value === undefined) delete node[last];
  else node[last] = value;
  return copy;
}

function findingsOf(document: Json, environment: NodeJS.ProcessEnv = ENVIRONMENT): readonly string[] {
  const loaded = loadConfig(document, '/etc/gradebridge.config.json', environment);
  return 'findings' in loaded ? loaded.findings.map(({ place, message }) => `${place}: ${message}`) : [];
}

test('a valid configuration gets its defaults, its secrets and absolute paths', () => {
  const { config, lenses } = loadConfig(VALID, '/etc/gradebridge/c.json', ENVIRONMENT) as LoadedConfig;
  assert.equal(config.publicUrl, 'http://127.0.0.1:8080');
  assert.deepEqual(config.store, { sqlite: '/etc/gradebridge/data/gradebridge.db' });
  assert.equal(config.upstreams['timeback']?.auth.clientSecret, 's3cret');
  assert.equal(config.upstreams['timeback']?.prefixes.gradebook, '/ims/oneroster/gradebook/v1p2');
  assert.deepEqual(config.contexts['math-101']?.school, { lookup: 'class' });
  assert.equal(config.contexts['math-101']?.ownership, 'tool');
  assert.deepEqual(config.tools['quizzer']?.scopes, [
    'lineitem',
    'lineitem.readonly',
    'score',
    'result.readonly',
  ]);
  assert.equal(lenses.get('math-101')?.lineItem.plan.mapping.name, 'line-item');
  assert.ok(Object.isFrozen(config.contexts['math-101']));
});

/** Where a value is put, the value, and the finding that it must cause. */
const WRONG: readonly (readonly [string, Json | undefined, RegExp])[] = [
  ['version', 2, /^\/version: must be 1/],
  ['lisen', {}, /^\/: unknown key "lisen"/],
  ['listen.port', 70_000, /^\/listen\/port/],
  ['publicUrl', 'https://grades.example/', /^\/publicUrl/],
  ['publicUrl', 'ftp://grades.example', /^\/publicUrl/],
  ['upstreams', undefined, /^\/: "upstreams" is missing/],
  ['upstreams.timeback.profile', 'powerschool', /^\/upstreams\/timeback\/profile: must be one of/],
  ['upstreams.timeback.baseUrl', 'api.example', /^\/upstreams\/timeback\/baseUrl/],
  ['upstreams.timeback.auth.clientSecret', '${NOT_SET}', /environment variable NOT_SET is not set/],
  ['upstreams.timeback.auth.clientSecret', undefined, /"clientSecret" is missing/],
  [
    'contexts.math-101.upstream',
    'elsewhere',
    /^\/contexts\/math-101\/upstream: there is no upstream "elsewhere"/,
  ],
  ['contexts.math-101.category', undefined, /^\/contexts\/math-101\/category: is missing/],
  ['contexts.math-101.ownership', 'mine', /^\/contexts\/math-101\/ownership/],
  ['contexts.math-101.mappings.lineItem', 'nowhere', /there is no such file \(context math-101\)/],
  [
    'contexts.math-101.mappings.lineItem',
    'assessment-line-item',
    /maps assessmentLineItem, but the family is lineItems/,
  ],
  [
    'contexts.Math',
    { upstream: 'timeback', class: 'c', category: 'k' },
    /the name "Math" has not the right form/,
  ],
  ['tools.quizzer.contexts', ['math-102'], /^\/tools\/quizzer\/contexts\/0: there is no context "math-102"/],
  ['tools.quizzer.apiKey', undefined, /^\/tools\/quizzer: has no means to sign in/],
  ['tools.quizzer.apiKey', 'with:colon', /^\/tools\/quizzer\/apiKey/],
  [
    'tools.other',
    { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'another-key' },
    /is the same as that of the tool/,
  ],
  ['tools.quizzer.scopes', ['everything'], /^\/tools\/quizzer\/scopes\/0: must be one of/],
  ['issuers.idp', { issuer: 'https://idp.example', audience: 'g' }, /^\/issuers\/idp: has no keys/],
  ['store', { sqlite: 'a', postgres: 'b' }, /^\/store/],
];

for (const [path, value, expected] of WRONG) {
  test(`${path} = ${JSON.stringify(value)} is a finding`, () => {
    const findings = findingsOf(withValue(path, value));
    assert.ok(
      findings.some((finding) => expected.test(finding)),
      findings.join('\n') || 'there was no finding',
    );
  });
}

test('all problems come at once, each with a remedy', () => {
  const document = withValue('contexts.math-101.upstream', 'elsewhere');
  (document['tools'] as Record<string, Json>)['quizzer'] = { clientId: 'q', contexts: ['gone'] };
  const loaded = loadConfig(document, 'c.json', ENVIRONMENT);
  assert.ok('findings' in loaded);
  assert.equal(loaded.findings.length, 3);
  for (const finding of loaded.findings) assert.notEqual(finding.remedy, '');
});

test('no finding shows the value of a variable', () => {
  const document = withValue('upstreams.timeback.baseUrl', '${SECRET}');
  assert.ok(findingsOf(document).length > 0);
  assert.ok(!JSON.stringify(findingsOf(document)).includes('s3cret'));
});

test('a file that is no JSON is told with line and column, an absent one by name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradebridge-'));
  const file = join(folder, 'broken.json');
  writeFileSync(file, '{\n  "version": 1,\n  "upstreams" {}\n}');
  const broken = loadConfigFile(file, {});
  assert.ok('findings' in broken);
  assert.match(broken.findings[0]?.place ?? '', /^line 3, column/);
  const absent = loadConfigFile(join(folder, 'absent.json'), {});
  assert.ok('findings' in absent);
  assert.equal(absent.findings[0]?.message, 'there is no such file');
});

test('a finding in a file names its line', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'gradebridge-')), 'c.json');
  writeFileSync(file, JSON.stringify(withValue('contexts.math-101.upstream', 'elsewhere'), null, 2));
  const loaded = loadConfigFile(file, ENVIRONMENT);
  assert.ok('findings' in loaded);
  assert.equal(loaded.findings[0]?.place, '/contexts/math-101/upstream (line 16)');
});

test('a mapping of a folder of its own is found there, and its rows are checked', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradebridge-'));
  const mapping = {
    name: 'mine',
    version: 1,
    resource: 'lineItem',
    fields: [{ ags: '/label', oneroster: '/title', codec: { affix: { prefix: 1 } } }],
  };
  writeFileSync(join(folder, 'mine.json'), JSON.stringify(mapping));
  const document = { ...withValue('contexts.math-101.mappings.lineItem', 'mine'), mappingsDir: folder };
  assert.match(findingsOf(document).join('\n'), /\/fields\/0\/codec/);
});

test('the configuration is the one that is named, else the one that the environment names, else the one that lies there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradebridge-'));
  assert.equal(findConfigFile({ environment: {}, folder }), undefined);
  writeFileSync(join(folder, 'gradebridge.config.json'), '{}');
  assert.equal(findConfigFile({ environment: {}, folder }), join(folder, 'gradebridge.config.json'));
  const environment = { GRADEBRIDGE_CONFIG: 'e.json' };
  assert.equal(findConfigFile({ environment, folder }), join(folder, 'e.json'));
  assert.equal(findConfigFile({ named: 'n.json', environment, folder }), join(folder, 'n.json'));
});
