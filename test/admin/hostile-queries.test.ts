import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newDatabase, newFolder, noPostgres } from '../store/databases.ts';
import { openAdmin, program } from './desk.ts';
import { wholeTable } from './table.ts';

const LISTS = [
  '/audit',
  '/deliveries',
  '/traffic',
  '/line-items?context=math-101',
  '/reconcile?context=math-101',
];

/** Cursors that none of our pages has. */
const CURSORS: Readonly<Record<string, readonly unknown[]>> = {
  'NUL after a time': [1, '\0'],
  'half a character after a time': [1, '\ud800'],
  NUL: ['\0'],
  'half a character': ['\udfff'],
  'a time beyond bigint': [1e300, 'a'],
  'a time that is no whole number': [0.5, 'a'],
  'a time below zero': [-1, 'a'],
  'a time of 2^53': [2 ** 53, 'a'],
  'a number beyond bigint': [1e300],
  'a number of 2^63': [2 ** 63],
  'an id of a megabyte, nearly': [1, 'x'.repeat(8_000)],
  'a text of a megabyte, nearly': ['x'.repeat(8_000)],
};

const STORES = [
  ['SQLite', false, async () => ({ sqlite: `${await newFolder()}/gradebridge.db` })],
  ['PostgreSQL', noPostgres, async () => ({ postgres: await newDatabase() })],
] as const;

for (const [store, skip, place] of STORES) {
  test(`${store}: cursors that are none of ours are 400`, { skip }, async (t) => {
    const ada = program(await openAdmin(t, { store: await place() }));
    for (const [name, values] of Object.entries(CURSORS)) {
      await t.test(name, async () => {
        const after = Buffer.from(JSON.stringify(values)).toString('base64url');
        for (const list of LISTS) {
          const answer = await ada.get(`${list}${list.includes('?') ? '&' : '?'}after=${after}`);
          assert.equal(answer.status, 400, `${list}: ${answer.text}`);
          assert.equal(answer.body['code'], 'INVALID_QUERY', `${list}: ${answer.text}`);
        }
      });
    }
  });

  test(`${store}: a NUL in a query or a path is 400 on every route`, { skip }, async (t) => {
    const ada = program(await openAdmin(t, { store: await place() }));
    const names = [
      'search',
      'tool',
      'context',
      'state',
      'upstream',
      'lineItem',
      'user',
      'kind',
      'subject',
      'limit',
    ];
    for (const { method, path, role } of wholeTable()) {
      if (role === 'anyone' || path.includes('/stream')) continue;
      const plain = path.replaceAll(/:\w+/g, 'x');
      const paths = [...names.map((name) => `${plain}?${name}=a%00b`), `${plain}?a%00=b`];
      if (plain !== path) paths.push(path.replaceAll(/:\w+/g, 'a%00b'));
      for (const asked of paths) {
        const answer = await ada.call(method, asked, method === 'GET' ? {} : { body: {} });
        assert.equal(answer.status, 400, `${method} ${asked}: ${answer.text}`);
      }
    }
  });
}
