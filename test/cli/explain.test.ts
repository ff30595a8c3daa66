import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ATTEMPTS, withRow } from '../workbench/texts.ts';
import { newFolder, run } from './run.ts';

const QUIZ = '{"label":"Quiz","scoreMaximum":10,"https://quizzer.example/ags/attempts":3}';
const TO = ['explain', '--to', 'oneroster', '--now', '2026-03-01T08:00:00Z'];

test('explain shows each row: what it read, what it wrote, and why', async () => {
  const { out, code } = await run(TO, { input: QUIZ });
  assert.equal(code, 0);
  const lines = out.split('\n');
  assert.match(lines[0] ?? '', /^row +ags +oneroster +read +wrote +why$/);
  assert.match(out, /^0 +\/label +\/title +"Quiz" +"Quiz" +copied/m);
  assert.match(out, /^2 +\/startDateTime +\/assignDate +– +"2026-03-01T08:00:00Z" +defaulted: .*default/m);
  assert.match(out, /^10 +\/class +– +\{"sourcedId":"class"\} +context/m);
  assert.match(out, /attempts +\/metadata\/lti +3 +3 +stashed/);
});

test('explain takes a file, a base, a context, and the other direction; and speaks JSON', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'mine.json'), withRow(ATTEMPTS));
  writeFileSync(join(folder, 'base.json'), '{ "category": { "sourcedId": "homework" } }');
  const context = '{"class":"c","school":"s","category":"k"}';
  const args = [...TO, '--file', 'mine.json', '--base', 'base.json', '--context', context, '--json'];
  const there = JSON.parse((await run(args, { folder, input: QUIZ })).out) as {
    ok: boolean;
    document: object;
    rows: { row: number; oneroster: string; deed: string; wrote: unknown }[];
  };
  const at = (place: string) => there.rows.find(({ oneroster }) => oneroster === place);
  assert.equal(there.ok, true);
  assert.deepEqual([at('/category')?.deed, at('/class')?.wrote], ['kept', { sourcedId: 'c' }]);
  assert.deepEqual([at('/metadata/maxAttempts')?.row, at('/metadata/maxAttempts')?.wrote], [13, 3]);
  const back = await run(['explain', '--to', 'ags', '--file', 'mine.json'], {
    folder,
    input: JSON.stringify(there.document),
  });
  assert.match(back.out, /^13 .*3 +3 +copied/m);
  assert.match(back.out, /^2 .*hidden/m);
});

test('explain uses what is active in the store', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'mine.json'), withRow(ATTEMPTS));
  const why = ['--why', 'x'];
  await run(['mappings', 'draft', 'line-item', '--file', 'mine.json', ...why], { folder });
  await run(['mappings', 'activate', 'line-item', '1', ...why], { folder });
  assert.match((await run(TO, { folder, input: QUIZ })).out, /maxAttempts/);
});

const REFUSED: readonly (readonly [string, readonly string[], string, number, RegExp])[] = [
  ['no side', ['explain'], QUIZ, 2, /--to takes/],
  ['both a name and a file', [...TO, '--file', 'x', '--mapping', 'y'], QUIZ, 2, /not both/],
  ['a file that is not there', [...TO, '--file', 'absent.json'], QUIZ, 2, /cannot be read/],
  ['a mapping that is not there', [...TO, '--mapping', 'absent'], QUIZ, 1, /no such file/],
  ['no JSON', TO, '{', 1, /not JSON/],
  [
    'a document that does not fit',
    TO,
    '{"label":7,"scoreMaximum":1}',
    1,
    /document \/label: Must be a string/,
  ],
];

for (const [what, args, input, code, said] of REFUSED) {
  test(`explain with ${what} ends with ${code}`, async () => {
    const ran = await run(args, { input });
    assert.equal(ran.code, code);
    assert.match(ran.error, said);
  });
}
