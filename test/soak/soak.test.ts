import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, type Sample } from './sample.ts';
import { soak } from './soak.ts';

test('a short soak: everything is answered as foreseen, every promise is kept, memory and sockets are flat', async () => {
  const { samples, verdicts, statuses, wrong, deliveries } = await soak({ seconds: 9, perSecond: 80 });
  assert.deepEqual(wrong, []);
  assert.ok(samples.length >= 9 && Number(statuses['202']) > 0 && Number(statuses['204']) > 0);
  // Delivered, or a newer score of the same student was there first. A score without a timestamp that is outrun has the receipt of
  // the one that outran it, so that there may be fewer ends than promises.
  const { verified = 0, superseded = 0, ...others } = deliveries;
  assert.deepEqual(others, {});
  const ends = verified + superseded;
  assert.ok(ends > 0 && ends <= Number(statuses['202']), JSON.stringify({ ends, statuses }));
  assert.deepEqual(
    verdicts.filter(({ isFlat }) => !isFlat),
    [],
  );
});

/** Ten minutes of 100 requests a second, as a gateway would show them that keeps something of each request or fault. */
function leaking(kept: { readonly heap?: number; readonly sockets?: number }): readonly Sample[] {
  const { heap = 0, sockets = 0 } = kept;
  return Array.from({ length: 30 }, (_, index) => {
    const requests = (index + 1) * 2000;
    return {
      at: (index + 1) * 20,
      requests,
      rss: 120e6,
      heap: 30e6 + heap * requests + (index % 2) * 1e6,
      external: 4e6,
      sockets: 30 + Math.round(sockets * requests),
      timers: 20,
      ...{ lateMedian: 5, lateSlow: 9 },
    };
  });
}

const LEAKS = [
  { name: 'nothing is kept', kept: {}, notFlat: [] },
  { name: '400 bytes of each request', kept: { heap: 400 }, notFlat: ['heap'] },
  { name: 'a socket of every thousandth', kept: { sockets: 0.001 }, notFlat: ['sockets'] },
];

for (const { name, kept, notFlat } of LEAKS) {
  test(`what a soak says of a gateway: ${name}`, () => {
    const found = judge(leaking(kept)).filter(({ isFlat }) => !isFlat);
    assert.deepEqual(
      found.map(({ figure }) => figure),
      notFlat,
    );
  });
}
