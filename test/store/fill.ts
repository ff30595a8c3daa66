/** Fills a SQLite file as a gateway does: `node fill.js FILE [STATEMENT …]`; prints the ids of the deliveries. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { KEYS, openStore, SERVING } from '../../src/store/store.ts';
import { FAILED, NOW, promise, SHELF, take, VERIFIED } from './promises.ts';

const [file = '', ...changes] = process.argv.slice(2);

/** Something of everything, as a gateway that was killed leaves it. */
async function fill(file: string): Promise<readonly string[]> {
  const store = await openStore({ sqlite: file }, { clock: () => NOW });
  const ends = [VERIFIED, FAILED, undefined];
  const ids: string[] = [];
  for (const end of ends) {
    const one = promise(1, { upstream: 'sis' });
    ids.push(one.id);
    await store.deliveries.accept(one);
    const [taken] = await take(store, 'sis');
    if (taken && end) await store.deliveries.settle(taken, end, NOW);
  }
  for (let index = 0; index < 1100; index++) ids.push(randomUUID());
  await Promise.all(
    ids.slice(3).map((id) => store.deliveries.accept(promise(1, { id, upstream: 'sis', due: NOW + 9 }))),
  );
  await store.settings.write(KEYS, 'the secret');
  await store.settings.write(SERVING, '1');
  await store.usedOnce.claim('jti \0', NOW + 5);
  const claim = { key: 'k', said: 's', holder: 'h', now: NOW, leaseUntil: NOW + 9, until: NOW + 99 };
  await store.repeatables.claim(claim);
  await store.stashes.found(SHELF, true);
  await store.stashes.write(SHELF, { sourcedId: 'a', metadata: { x: ['\0', 'é🙂'] } });
  const said = { name: 'line-item', who: 'alice', at: NOW, why: 'é🙂' };
  await store.mappings.add({ ...said, text: '{}' });
  await store.mappings.change({ ...said, verb: 'activated', version: 1, after: 0 });
  const entry = { kind: 'tool', name: 'quizzer', who: 'alice', at: NOW, why: 'é🙂' } as const;
  const registered = { ...entry, verb: 'registered', document: '{"clientId":"é🙂"}', after: 0, seen: 0 };
  await store.registry.change(registered);
  for (const statement of changes) await sql.raw(statement).execute(store.db);
  await store.close();
  return ids;
}

console.log(JSON.stringify(await fill(file)));
