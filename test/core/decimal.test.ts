import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scaleExactly } from '../../src/core/decimal.ts';

describe('scaleExactly', () => {
  const cases: readonly [number, number, number, number][] = [
    [0.1, 3, 1, 0.3],
    [1.1, 1.1, 1, 1.21],
    [0.96, 100, 12, 8],
    [1, 1, 3, 1 / 3],
    [2, 1, 3, 2 / 3],
    [10, 1, 4, 2.5],
    [1e-7, 1e7, 1, 1],
    [1e-7, 3, 1, 3e-7],
    [1e21, 1, 10, 1e20],
    [1e21, 0.1, 1, 1e20],
    [1.5e300, 1e-300, 1, 1.5],
    [5e-324, 1, 1, 5e-324],
    [-0.1, 3, 1, -0.3],
    [1, 1, -3, -1 / 3],
    [-2, 1, -3, 2 / 3],
    [-7, 1, 2, -3.5],
    [0, 5, 7, 0],
    [123456789.123, 100, 1, 12345678912.3],
  ];
  for (const [value, times, by, result] of cases) {
    test(`${value} × ${times} ÷ ${by} = ${result}`, () =>
      assert.equal(scaleExactly(value, times, by), result));
  }

  test('overflows to infinity, which no codec lets through', () =>
    assert.equal(scaleExactly(1e308, 1e10), Number.POSITIVE_INFINITY));

  test('rounds a quotient to the nearest number', () => {
    for (let by = 1; by <= 97; by++) assert.equal(scaleExactly(1, 1, by), 1 / by);
  });

  test('refuses to divide by zero', () => assert.throws(() => scaleExactly(1, 1, 0), RangeError));
});
