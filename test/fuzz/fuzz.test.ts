import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './fuzz.ts';
import { ROUTES } from './requests.ts';

test('bad input on every route: no 500, no stack, the envelope of its face, nothing written, nothing held up', async (t) => {
  const { violations, statuses } = await fuzz(t, { seed: 11, requests: 1_500 });
  assert.deepEqual(violations, [], `\n${violations.join('\n\n')}\n`);
  assert.ok(ROUTES.length > 70, 'the routes are not all there');
  // Most is refused, and something of all kinds goes through, or nothing would be shown.
  for (const status of ['200', '201', '400', '401', '404', '405', '409', '413', '415', '422'])
    assert.ok(Number(statuses[status]) > 0, `no ${status}: ${JSON.stringify(statuses)}`);
});
