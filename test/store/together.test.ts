import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { NewDelivery } from '../../src/core/delivery.ts';
import type { OpenedStore } from '../../src/store/store.ts';
import { KINDS } from './databases.ts';
import { NOW, place, promise, take, VERIFIED } from './promises.ts';

/** Few targets and moments, so that most meet others. */
const SCORES = fc.array(
  fc.record({ target: fc.nat(6), second: fc.nat(3), says: fc.constantFrom('this', 'that') }),
  { minLength: 2, maxLength: 12 },
);

type Say = { readonly target: number; readonly second: number; readonly says: string };

/** The same promises for targets of their own. */
function promisesOf(said: readonly Say[]): readonly NewDelivery[] {
  const places = Array.from({ length: 7 }, place);
  return said.map(({ target, second, says }) => promise(second, { ...places[target], fingerprint: says }));
}

/** What was answered, and what is then in the store: ids as places in the list. */
async function outcomeOf(
  { deliveries }: OpenedStore,
  asked: readonly NewDelivery[],
  answers: readonly { readonly kind: string; readonly delivery?: { readonly id: string } }[],
): Promise<unknown> {
  const places = new Map(asked.map(({ id }, at) => [id, at]));
  const rows = await Promise.all(asked.map(({ id }) => deliveries.find(id)));
  return {
    answers: answers.map(({ kind, delivery }) => [kind, delivery && places.get(delivery.id)]),
    rows: rows.map(
      (row) =>
        row && [row.state, row.supersededBy && places.get(row.supersededBy), row.operation === undefined],
    ),
  };
}

for (const { name, skip, open } of KINDS) {
  test(`${name}: promises that come together come out as one after the other`, { skip }, async (t) => {
    const store = await open(t);
    const { deliveries } = store;
    await fc.assert(
      fc.asyncProperty(SCORES, SCORES, async (before, said) => {
        const outcomes = [];
        for (const isTogether of [true, false]) {
          const asked = promisesOf([...before, ...said]);
          for (const one of asked.slice(0, before.length)) await deliveries.accept(one);
          const later = asked.slice(before.length);
          const answers = [];
          if (isTogether) answers.push(...(await Promise.all(later.map((one) => deliveries.accept(one)))));
          else for (const one of later) answers.push(await deliveries.accept(one));
          outcomes.push(await outcomeOf(store, asked, answers));
        }
        assert.deepEqual(outcomes[0], outcomes[1]);
      }),
      { numRuns: 15 },
    );
  });

  test(`${name}: a promise of a batch that cannot be written takes none of the others with it`, {
    skip,
  }, async (t) => {
    const { deliveries } = await open(t);
    const id = randomUUID();
    const asked = [promise(1, { id }), promise(2), promise(3, { id }), promise(4)];
    const answers = await Promise.allSettled(asked.map((one) => deliveries.accept(one)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    );
  });
}

for (const { name, skip, open } of KINDS) {
  test(`${name}: of attempts that are settled together, each counts for its own holder, once`, {
    skip,
  }, async (t) => {
    const store = await open(t);
    const at = place();
    await store.deliveries.accept(promise(1, at));
    const [dead] = await take(store, at.upstream);
    const [next] = await take(store, at.upstream, { now: NOW + 1001 });
    assert.ok(dead && next);
    const older = promise(1, { upstream: at.upstream });
    await store.deliveries.accept(older);
    const [other] = await take(store, at.upstream, { now: NOW });
    assert.ok(other);
    const settled = [dead, next, next, other, { ...other, holder: 'x' }];
    assert.deepEqual(
      await Promise.all(settled.map((one) => store.deliveries.settle(one, VERIFIED, NOW + 7))),
      [false, true, false, true, false],
    );
    const ended = await store.deliveries.list({ upstream: at.upstream }, 10);
    assert.deepEqual(
      new Set(ended.map(({ id, state, attempts }) => `${id} ${state} ${attempts}`)),
      new Set([`${next.id} verified 2`, `${other.id} verified 1`]),
    );
  });
}
