import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { PACKAGE_ROOT } from '../../src/config/files.ts';
import { compileText, loadMapping, SHIPPED_MAPPINGS } from '../../src/config/mappings.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Mapping, MappingRow } from '../../src/core/mapping.ts';
import { assertCode, openAdmin, program } from '../admin/desk.ts';
import { changedText, shippedText, withRow } from './texts.ts';

const DEEP = '/a'.repeat(40_000);
const asRow = (row: MappingRow): string => withRow(row);
const changed = (change: (mapping: Mapping) => object): string =>
  changedText((one) => change(one) as Mapping);
const rows = (count: number): readonly MappingRow[] =>
  Array.from({ length: count }, (_, index) => ({ ags: `/x${index}`, oneroster: `/metadata/x${index}` }));

/** A text that would cost more than any mapping is worth, and what its finding says. */
const HOSTILE: readonly (readonly [string, string, RegExp])[] = [
  [
    'a row that writes forty thousand steps down',
    asRow({ ags: '/x', oneroster: DEEP }),
    /\/fields\/\d+\/oneroster.* has 80000 characters, more than 1000/,
  ],
  [
    'a row that reads twenty steps down',
    asRow({ ags: '/a'.repeat(20), oneroster: '/metadata/x' }),
    /\/fields\/\d+\/ags.* has 20 steps, more than 16/,
  ],
  [
    'a stash far down',
    changed((one) => ({ ...one, stash: { oneroster: DEEP } })),
    /\/stash\/oneroster.* more than 1000/,
  ],
  [
    'a default after a place far down',
    asRow({ ags: '/x', oneroster: '/metadata/x', default: { oneroster: { after: DEEP, duration: 'P1D' } } }),
    /\/fields\/\d+\/default\/oneroster\/after.* more than 1000/,
  ],
  [
    'too many rows',
    changed((one) => ({ ...one, fields: rows(501) })),
    /\/fields.* has 501 entries, more than 500/,
  ],
  ['brackets alone', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, /more than 100 levels/],
  ['brackets that nobody closes', '['.repeat(200_000), /more than 100 levels/],
  [
    'a constant that is too deep',
    asRow({ oneroster: '/metadata/x', constant: JSON.parse(`${'['.repeat(60)}${']'.repeat(60)}`) }),
    /levels of nesting/,
  ],
  [
    'thousands of unknown members',
    changed((one) => ({
      ...one,
      ...Object.fromEntries(Array.from({ length: 9_000 }, (_, at) => [`m${at}`, 1])),
    })),
    /unknown key "m0"/,
  ],
];

for (const [name, text, finding] of HOSTILE) {
  test(`${name}: the finding names the place`, () => {
    const compiled = compileText(text, 'line-item');
    assert.ok('faults' in compiled);
    const [first] = compiled.faults;
    assert.match(`${first?.place} ${first?.message}`, finding);
    assert.ok(compiled.faults.length <= 100, `${compiled.faults.length} findings`);
    assert.ok(JSON.stringify(compiled.faults).length < 100_000, 'a finding repeats no pointer');
  });
}

test('a file and a version of the store are bounded as a draft is', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'gradebridge-bounds-'));
  t.after(() => rm(folder, { recursive: true }));
  const text = asRow({ ags: '/x', oneroster: DEEP });
  await writeFile(join(folder, 'line-item.json'), text);
  const found = [
    loadMapping('line-item', [folder, SHIPPED_MAPPINGS]),
    loadMapping('line-item', [SHIPPED_MAPPINGS], () => ({ text, version: 3 })),
    loadMapping('line-item', [SHIPPED_MAPPINGS], () => ({ text: ' '.repeat(300_000), version: 4 })),
  ];
  for (const loaded of found) {
    assert.ok('findings' in loaded);
    assert.match(loaded.findings[0]?.message ?? '', /more than 1000|larger than 256 KiB/);
  }
});

test('rows that share their way are compiled once for each step, not once for each pair of rows', () => {
  const way = '/a/b/c/d/e/f/g/h/i/j/k/l';
  const shared = Array.from({ length: 60 }, (_, at) => ({
    ags: `${way}/x${at}`,
    oneroster: `/metadata${way}/x${at}`,
  }));
  const compiled = compileText(
    changed((one) => ({ ...one, fields: [...one.fields, ...shared] })),
    'line-item',
  );
  assert.ok('lens' in compiled);
});

test('a viewer and an operator are refused over HTTP, and the gateway goes on', async (t) => {
  const world = await openAdmin(t);
  const text = asRow({ ags: '/x', oneroster: '/a'.repeat(100_000) });
  const [viewer, operator] = [program(world, 'vic'), program(world)];
  const refused = await viewer.post('/mappings/line-item/what-if', { text });
  assertCode(refused, 422, 'INVALID_MAPPING');
  const [issue] = refused.body['issues'] as { pointer: string; message: string }[];
  assert.match(issue?.pointer ?? '', /^\/fields\/\d+\/oneroster/);
  assertCode(
    await operator.post('/mappings/line-item/drafts', { text, why: 'a test' }),
    422,
    'INVALID_MAPPING',
  );
  const document: JsonObject = {};
  const tried = await viewer.post('/mappings/line-item/try', { text, direction: 'ags', document });
  assert.match(JSON.stringify(tried.body['problems']), /has 200000 characters, more than 1000/);
  const well = await viewer.post('/mappings/line-item/what-if', { text: shippedText() });
  assert.equal(well.status, 200, well.text);
});

test('no route compiles a mapping in the thread that answers tools', async () => {
  for (const name of ['routes', 'versions', 'version-view', 'audited', 'asked']) {
    const source = await readFile(join(PACKAGE_ROOT, 'src', 'workbench', `${name}.ts`), 'utf8');
    assert.doesNotMatch(source, /compileText|core\/lens|runJob/, name);
  }
});
