import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeCodec } from '../../src/core/codecs.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';

const infinite = Number.POSITIVE_INFINITY;
const moment = '2026-03-06T20:05:02Z';
const day = '2026-03-06';
const midnight = '2026-03-06T00:00:00Z';

describe('same', () => {
  const cases: readonly [string, Json, Json, boolean][] = [
    ['dateTime', moment, '2026-03-06T20:05:02.000Z', true],
    ['dateTime', moment, '2026-03-06T21:05:02+01:00', true],
    ['dateTime', day, midnight, true],
    ['dateTime', moment, '2026-03-06T20:05:03Z', false],
    ['dateTime', 'soon', 'soon', true],
    ['dateTime', 'soon', 'later', false],
    ['dateTime', 'soon', 5, false],
    ['date', day, midnight, true],
    ['string', 'a', 'A', false],
    ['json', { a: 1, b: 2 }, { b: 2, a: 1 }, true],
    ['reference', { sourcedId: 'a' }, { sourcedId: 'a', href: 'x' }, true],
    ['reference', { sourcedId: 'a' }, { sourcedId: 'b' }, false],
    ['reference', {}, {}, false],
    ['reference', 'a', 'a', false],
  ];
  for (const [name, left, right, expected] of cases) {
    test(`${name}: ${JSON.stringify(left)} and ${JSON.stringify(right)}: ${expected}`, () => {
      const codec = makeCodec(name, {});
      assert.ok(typeof codec === 'object');
      assert.equal(codec.same(left, right), expected);
      assert.equal(codec.same(right, left), expected);
    });
  }
});

describe('options that make no codec', () => {
  const cases: readonly [string, JsonObject, RegExp][] = [
    ['scale', {}, /"by"/],
    ['scale', { by: 0 }, /other than 0/],
    ['scale', { by: '2' }, /"by"/],
    ['scale', { by: infinite }, /"by"/],
    ['affix', { prefix: 1 }, /strings/],
    ['affix', { suffix: null }, /strings/],
    ['table', {}, /"values"/],
    ['table', { values: ['a'] }, /"values"/],
    ['table', { values: { a: 1 }, back: 'a' }, /"values"/],
    ['table', { values: { a: {} } }, /strings, numbers, booleans or null/],
    ['table', { values: { a: 1, b: 1 } }, /several words become 1/],
    ['table', { values: { a: 1 }, back: { 1: 'b' } }, /"back" says 1 is b/],
    ['table', { values: { a: 1, b: 2 }, back: { 1: 'b' } }, /"back" says 1 is b/],
    ['table', { values: { a: 1 }, back: { 2: 'a' } }, /"back" says 2 is a/],
    ['colour', {}, /there is no codec colour; there are json, string/],
    ['toString', {}, /there is no codec toString/],
    ['__proto__', {}, /there is no codec __proto__/],
  ];
  for (const [name, options, message] of cases) {
    test(`${name} ${JSON.stringify(options)}`, () => {
      const made = makeCodec(name, options);
      assert.ok(typeof made === 'string', 'a codec was made');
      assert.match(made, message);
    });
  }
});
