import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { createGroup } from '../../src/store/group.ts';
import { KINDS } from './databases.ts';

for (const { name, skip, open } of KINDS) {
  test(`${name}: many writes at once are few transactions`, { skip }, async (t) => {
    const { db } = await open(t);
    let commits = 0;
    const counted = new Proxy(db, {
      get: (target, member) => {
        if (member === 'transaction') commits++;
        const value: unknown = Reflect.get(target, member);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const group = createGroup(counted, { largest: 100 });
    const write = (): Promise<unknown> =>
      group.write((tx) => tx.insertInto('settings').values({ name: randomUUID(), value: '' }).execute());
    await Promise.all(Array.from({ length: 250 }, write));
    assert.equal(commits, 3);
    await write();
    assert.equal(commits, 4);
  });

  test(`${name}: a write that fails takes no other with it`, { skip }, async (t) => {
    const { db } = await open(t);
    const group = createGroup(db);
    const key = randomUUID();
    const write = (part: string): Promise<unknown> =>
      group.write((tx) =>
        tx
          .insertInto('settings')
          .values({ name: key + part, value: '' })
          .execute(),
      );
    const answers = await Promise.allSettled([
      write('a'),
      write('a'),
      write('b'),
      group.write(async (tx) => {
        await tx
          .insertInto('settings')
          .values({ name: `${key}c`, value: '' })
          .execute();
        throw new TypeError('a bug');
      }),
      write('d'),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    );
    const rows = await db.selectFrom('settings').select('name').where('name', 'like', `${key}%`).execute();
    assert.deepEqual(rows.map((row) => row.name.slice(key.length)).sort(), ['a', 'b', 'd']);
  });
}
