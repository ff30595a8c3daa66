import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newKeySet } from '../../src/auth/keyring.ts';
import { loadCommands } from '../../src/cli.ts';
import { newFolder, run, writeFile } from './run.ts';

const COMMANDS = await loadCommands();

const CONFIG = {
  version: 1,
  upstreams: {
    sis: {
      profile: 'timeback',
      baseUrl: 'http://127.0.0.1:9',
      auth: { tokenUrl: 'http://127.0.0.1:9/token', clientId: 'c', clientSecret: 's' },
    },
  },
  contexts: { 'math-101': { upstream: 'sis', class: 'class-1', category: 'category-1' } },
  tools: { quizzer: { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'quizzer-key' } },
};
const CONTEXT = '{"class":"class-1","school":"school-1","category":"category-1"}';

/** Errors of use: the arguments, and what must be said. */
const WRONG_USE: readonly (readonly [readonly string[], RegExp])[] = [
  [['fly'], /there is no command "fly"/],
  [['check', '--confg', 'x'], /--confg/],
  [['check', 'extra'], /no use for "extra"/],
  [['check', '--runs', 'many'], /--runs takes a whole number/],
  [['sandbox', '--port', '99999'], /--port takes a port/],
  [['sandbox', '--profile', 'canvas'], /--profile takes timeback, spec, google/],
  [['keys'], /keys can "issue", "rotate", "list" and "retire"/],
  [['keys', 'issue', '--tool', 'demo'], /--tool and --context are needed/],
  [
    ['keys', 'issue', '--tool', 'nobody', '--context', 'math-101'],
    /there is no tool "nobody"; there are demo/,
  ],
  [['keys', 'issue', '--tool', 'demo', '--context', 'art'], /has no context "art"; it has math-101/],
  [['doctor', 'now'], /no use for "now"/],
  [['probe', '--class', 'c'], /there is no configuration/],
  [['translate'], /--to takes oneroster or ags/],
  [['translate', '--to', 'oneroster', '--now', 'noon'], /--now takes a date-time/],
  [['translate', '--to', 'oneroster', '--base', 'absent.json'], /cannot be read/],
];

for (const [args, expected] of WRONG_USE) {
  test(`gradebridge ${args.join(' ')} exits 2 and shows the help`, async () => {
    const { code, out, error } = await run(args);
    assert.equal(code, 2);
    assert.match(error, expected);
    assert.match(error, /gradebridge /);
    assert.equal(out, '');
  });
}

for (const name of Object.keys(COMMANDS)) {
  test(`gradebridge ${name} --help has an example`, async () => {
    const { code, out } = await run([name, '--help']);
    assert.equal(code, 0);
    assert.match(out, new RegExp(`Example:\\n  .*gradebridge ${name}`));
  });
}

test('keys issue prints the key as the last line of stdout, and keeps its own keys to itself', async () => {
  const { file, folder } = writeFile('gradebridge.config.json', CONFIG);
  const issue = ['keys', 'issue', '--tool', 'quizzer', '--context', 'math-101', '--config', file];
  const service = await run(issue, { folder });
  assert.equal(service.code, 0);
  assert.match(service.out, /^[\w-]+\.[\w-]+\.[\w-]+$/);
  const claims = (token: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString()) as Record<string, unknown>;
  assert.equal(claims(service.out)['exp'], undefined, 'a service key does not end');
  const ltik = claims((await run([...issue, '--ltik', '--resource-link', 'rl-1'], { folder })).out);
  assert.equal((ltik['exp'] as number) - (ltik['iat'] as number), 86_400);
  assert.equal(ltik['resourceLinkId'], 'rl-1');
  for (const name of readdirSync(join(folder, 'data')))
    assert.equal(statSync(join(folder, 'data', name)).mode & 0o777, 0o600, `${name} can be read by others`);
});

test('keys rotate adds a key that signs, and what the old one signed stays good', async () => {
  const { file, folder } = writeFile('gradebridge.config.json', CONFIG);
  const issue = ['keys', 'issue', '--tool', 'quizzer', '--context', 'math-101', '--config', file];
  const kidOf = ({ out }: { readonly out: string }): string =>
    (JSON.parse(Buffer.from(out.split('.')[0] as string, 'base64url').toString()) as { kid: string }).kid;
  const before = await run(issue, { folder });
  const rotated = await run(['keys', 'rotate', '--config', file], { folder });
  assert.equal(rotated.code, 0);
  const after = await run(issue, { folder });
  assert.notEqual(kidOf(before), kidOf(after));
  const listed = await run(['keys', 'list', '--config', file], { folder });
  assert.deepEqual(listed.out.trim().split('\n'), [kidOf(after), kidOf(before)]);
  const retire = (key: string) => run(['keys', 'retire', '--key', key, '--config', file], { folder });
  assert.equal((await retire(kidOf(after))).code, 2, 'the key that signs was taken away');
  assert.equal((await retire(kidOf(before))).code, 0);
  const left = await run(['keys', 'list', '--config', file], { folder });
  assert.equal(left.out.trim(), kidOf(after));
});

test('keys of a version that kept them in a file are taken over', async () => {
  const { file, folder } = writeFile('gradebridge.config.json', CONFIG);
  const issue = ['keys', 'issue', '--tool', 'quizzer', '--context', 'math-101', '--config', file];
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'keys.json'), await newKeySet('key-of-old'));
  const { out } = await run(issue, { folder });
  assert.match(Buffer.from(out.split('.')[0] as string, 'base64url').toString(), /"key-of-old"/);
  assert.ok(!readdirSync(join(folder, 'data')).includes('keys.json'));
});

test('two first issues at once end with the same keys', async () => {
  const { file, folder } = writeFile('gradebridge.config.json', CONFIG);
  const issue = ['keys', 'issue', '--tool', 'quizzer', '--context', 'math-101', '--config', file];
  const keys = await Promise.all(Array.from({ length: 8 }, () => run(issue, { folder })));
  const kids = keys.map(({ out }) => Buffer.from(out.split('.')[0] as string, 'base64url').toString());
  assert.equal(new Set(kids).size, 1);
});

test('check passes on the shipped mappings without any configuration', async () => {
  const { code, error } = await run(['check', '--runs', '50']);
  assert.equal(code, 0);
  assert.match(error, /line-item: \d+ rows, \d+ examples, 6 laws held on 50 generated documents/);
});

test('check exits 1 and shows the smallest counter-example of a mapping that loses something', async () => {
  const mapping = {
    name: 'lossy',
    version: 1,
    resource: 'lineItem',
    lossy: 'there is no stash',
    fields: [{ ags: '/endDateTime', oneroster: '/dueDate', codec: 'date' }],
  };
  const { folder: mappingsDir } = writeFile('lossy.json', mapping);
  const { file } = writeFile('c.json', { ...CONFIG, mappingsDir });
  const { code, out, error } = await run(['check', '--config', file, '--runs', '300', '--seed', '1']);
  assert.equal(code, 1);
  assert.equal(out, '');
  assert.match(error, /lossy\.json\n {2}at \/endDateTime: breaks the law put-get/);
  assert.match(error, /smallest counter-example: \{"document":\{"endDateTime":[^}]+\},"context":\{\}\}/);
  assert.match(error, /--seed 1 shows this again/);
});

/** Contexts beside math-101, and whether a tool that has both is warned of. */
const BESIDE: readonly (readonly [what: string, context: object, isWarned: boolean])[] = [
  ['of the same class', { upstream: 'sis', class: 'class-1', category: 'category-1' }, true],
  [
    'of the same class by another upstream of that address',
    { upstream: 'same', class: 'class-1', category: 'c' },
    true,
  ],
  ['of another class', { upstream: 'sis', class: 'class-2', category: 'category-1' }, false],
  ['of the other family', { upstream: 'sis', class: 'class-1', family: 'assessmentLineItems' }, false],
];

for (const [what, context, isWarned] of BESIDE) {
  test(`check ${isWarned ? 'warns' : 'does not warn'} of a tool with two contexts, the second ${what}`, async () => {
    const { file } = writeFile('c.json', {
      ...CONFIG,
      upstreams: { ...CONFIG.upstreams, same: CONFIG.upstreams.sis },
      contexts: { ...CONFIG.contexts, 'math-102': context },
      tools: {
        quizzer: { ...CONFIG.tools.quizzer, contexts: ['math-101', 'math-102'] },
        drill: { clientId: 'drill', contexts: ['math-102'], apiKey: 'drill-api-key' },
      },
    });
    const { code, out, error } = await run(['check', '--config', file, '--runs', '1', '--json']);
    // Each to itself, the tools are right: that a class is one gradebook may be wanted.
    assert.equal(code, 0, error);
    const { ok, warnings } = JSON.parse(out) as {
      ok: boolean;
      warnings: { place: string; message: string }[];
    };
    assert.equal(ok, true);
    assert.deepEqual(
      warnings.map(({ place }) => place),
      isWarned ? ['/tools/quizzer/contexts'] : [],
    );
    if (isWarned)
      assert.match(error, /WARNING .*\n {2}at \/tools\/quizzer\/contexts: has math-101 and math-102/);
  });
}

test('check names an example that does not hold', async () => {
  const mapping = {
    name: 'wrong',
    version: 1,
    resource: 'lineItem',
    stash: { oneroster: '/metadata/lti' },
    fields: [{ ags: '/label', oneroster: '/title' }],
    examples: [{ title: 'wrong', ags: { label: 'A' }, oneroster: { title: 'B' } }],
  };
  const { folder: mappingsDir } = writeFile('wrong.json', mapping);
  const { file } = writeFile('c.json', { ...CONFIG, mappingsDir });
  const { code, error } = await run(['check', '--config', file, '--runs', '10']);
  assert.equal(code, 1);
  assert.match(
    error,
    /at \/examples\/0: the example does not hold towards oneroster: at \/title it says "B", the mapping gives "A"/,
  );
});

test('translate goes there and back, and explains itself on stderr', async () => {
  const input = '{"label":"Quiz","scoreMaximum":0.1,"https://t.example/x":[1]}';
  const there = await run(
    ['translate', '--to', 'oneroster', '--context', CONTEXT, '--now', '2026-03-01T08:00:00Z', '--explain'],
    { input },
  );
  assert.equal(there.code, 0);
  const document = JSON.parse(there.out) as { title: string; dueDate: string };
  assert.equal(document.title, 'Quiz');
  assert.equal(document.dueDate, '2026-03-15T08:00:00Z');
  for (const word of [
    'a default stands',
    'travels in the stash',
    'comes from the context',
    'is always written',
  ]) {
    assert.ok(there.error.includes(word), word);
  }
  const back = await run(['translate', '--to', 'ags'], { input: there.out });
  assert.deepEqual(JSON.parse(back.out), JSON.parse(input));
  assert.equal(back.error, '');
});

test('translate writes over a base', async () => {
  const base = '{"title":"Old","description":"stays","metadata":{"theirs":1}}';
  const { out } = await run(['translate', '--to', 'oneroster', '--context', CONTEXT, '--base', base], {
    input: '{"label":"New","scoreMaximum":1}',
  });
  const document = JSON.parse(out) as { title: string; description: string; metadata: { theirs: number } };
  assert.deepEqual([document.title, document.description, document.metadata.theirs], ['New', 'stays', 1]);
});

/** Documents that cannot be translated, and what is said of them. */
const UNFIT: readonly (readonly [string, RegExp])[] = [
  ['{', /stdin is not JSON/],
  ['[]', /stdin is no JSON object/],
  ['{"__proto__":{}}', /A member may not be called __proto__/],
  ['{"label":1,"scoreMaximum":"x"}', /\/label: Must be a string[\s\S]*\/scoreMaximum: Must be a number/],
];

for (const [input, expected] of UNFIT) {
  test(`translate refuses ${input}`, async () => {
    const { code, out, error } = await run(['translate', '--to', 'oneroster', '--context', CONTEXT], {
      input,
    });
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(error, expected);
  });
}

test('serve exits 1 with every problem of a configuration, and starts nothing', async () => {
  const { file } = writeFile('c.json', { ...CONFIG, contexts: { art: { upstream: 'gone', class: 'c' } } });
  const { code, error } = await run(['serve', '--config', file]);
  assert.equal(code, 1);
  assert.match(
    error,
    /no upstream "gone"[\s\S]*is missing: a OneRoster line item has a category[\s\S]*no context "math-101"/,
  );
  assert.match(error, /3 problems found; nothing was started/);
});

test('serve does not load a mapping of ones own that loses something without saying so', async () => {
  const mapping = {
    name: 'lossy',
    version: 1,
    resource: 'lineItem',
    lossy: 'there is no stash',
    fields: [{ ags: '/endDateTime', oneroster: '/dueDate', codec: 'date' }],
  };
  const { folder: mappingsDir } = writeFile('lossy.json', mapping);
  const contexts = { 'math-101': { ...CONFIG.contexts['math-101'], mappings: { lineItem: 'lossy' } } };
  const { file } = writeFile('c.json', { ...CONFIG, contexts, mappingsDir });
  const { code, error } = await run(['serve', '--config', file]);
  assert.equal(code, 1);
  assert.match(error, /breaks the law put-get[\s\S]*nothing was started/);
});

test('a configuration that the environment names is used', async () => {
  const folder = newFolder();
  const { error, code } = await run(['check'], {
    folder,
    environment: { GRADEBRIDGE_CONFIG: 'absent.json' },
  });
  assert.equal(code, 1);
  assert.match(error, /absent\.json\n {2}at \/: there is no such file/);
});
