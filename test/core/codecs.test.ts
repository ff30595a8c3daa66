import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CODEC_NAMES, makeCodec } from '../../src/core/codecs.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';

interface Case {
  readonly name: string;
  readonly options?: JsonObject;
  /** AGS value and the OneRoster value that it becomes. */
  readonly encode: readonly (readonly [Json, Json])[];
  /** OneRoster value and the AGS value that it becomes. */
  readonly decode: readonly (readonly [Json, Json])[];
  readonly refuses: readonly Json[];
  readonly unreadable: readonly Json[];
}

const words = {
  values: { Unused: null, Started: 1, InProgress: 1, Completed: 2, Exempt: '' },
  back: { 1: 'InProgress' },
};
const infinite = Number.POSITIVE_INFINITY;
const moment = '2026-03-06T20:05:02Z';
const day = '2026-03-06';
const midnight = '2026-03-06T00:00:00Z';

const CASES: readonly Case[] = [
  {
    name: 'json',
    encode: [
      [0, 0],
      [[1], [1]],
      [{ a: null }, { a: null }],
      ['', ''],
      [false, false],
    ],
    decode: [
      [0, 0],
      [{ a: [] }, { a: [] }],
    ],
    refuses: [],
    unreadable: [],
  },
  {
    name: 'string',
    encode: [
      ['', ''],
      ['a', 'a'],
    ],
    decode: [
      ['', ''],
      ['a', 'a'],
    ],
    refuses: [0, false, [], {}],
    unreadable: [0, true, ['a'], {}],
  },
  {
    name: 'number',
    encode: [
      [0, 0],
      [-1.5, -1.5],
    ],
    decode: [
      [0, 0],
      [1e21, 1e21],
      ['1', 1],
      [' -15.50 ', -15.5],
      ['1e2', 100],
    ],
    refuses: ['1', true, [], infinite],
    unreadable: ['', '1,5', '0x10', 'Infinity', '1e400', false, {}, infinite],
  },
  {
    name: 'text',
    encode: [[' a ', ' a ']],
    decode: [
      ['a', 'a'],
      ['a\tb\u0000', 'a b '],
    ],
    refuses: ['', ' \t', 'a\tb', 0],
    unreadable: ['', ' ', false],
  },
  {
    name: 'positive',
    encode: [[0.1, 0.1]],
    decode: [
      [5e-324, 5e-324],
      ['10', 10],
    ],
    refuses: [0, -1, '1', infinite],
    unreadable: [0, '0', -0.1, infinite],
  },
  {
    name: 'boolean',
    encode: [
      [false, false],
      [true, true],
    ],
    decode: [[false, false]],
    refuses: [0, 'true', ''],
    unreadable: [1, 'false', []],
  },
  {
    name: 'dateTime',
    encode: [
      [moment, moment],
      ['2026-03-06T22:05:02+02', moment],
      ['2026-03-06T20:05:02.736Z', '2026-03-06T20:05:02.736Z'],
    ],
    decode: [
      [moment, moment],
      ['2026-03-06T20:05:02.000Z', moment],
      [day, midnight],
    ],
    refuses: [day, '2026-03-06T20:05:02', 'soon', '', 0, {}],
    unreadable: ['2026-03-06T20:05:02', '2026-02-30', 'soon', 1772827502000, []],
  },
  {
    name: 'date',
    encode: [
      [moment, day],
      ['2026-03-06T00:30:00+02:00', '2026-03-05'],
    ],
    decode: [
      [day, midnight],
      [moment, moment],
    ],
    refuses: [day, 'soon', 5],
    unreadable: ['2026-02-30', 'soon', 5],
  },
  {
    name: 'scale',
    options: { by: 0.1 },
    encode: [
      [3, 0.3],
      [0, 0],
      [-7, -0.7],
    ],
    decode: [
      [0.3, 3],
      [0, 0],
      ['0.3', 3],
    ],
    refuses: ['3', true, infinite],
    unreadable: ['0.3x', null, infinite, 1.7e308],
  },
  {
    name: 'affix',
    options: { prefix: 'lti-', suffix: '!' },
    encode: [
      ['a', 'lti-a!'],
      ['', 'lti-!'],
    ],
    decode: [
      ['lti-a!', 'a'],
      ['lti-!', ''],
    ],
    refuses: [0, {}],
    unreadable: ['a', 'lti-a', 'a!', 'lti-', 0],
  },
  {
    name: 'affix',
    options: { prefix: 'aba', suffix: 'aba' },
    encode: [['', 'abaaba']],
    decode: [['abaaba', '']],
    refuses: [],
    unreadable: ['aba', 'ababa'],
  },
  {
    name: 'table',
    options: words,
    encode: [
      ['Started', 1],
      ['InProgress', 1],
      ['Completed', 2],
      ['Exempt', ''],
      ['Unused', null],
    ],
    decode: [
      [1, 'InProgress'],
      [2, 'Completed'],
      ['', 'Exempt'],
    ],
    refuses: ['started', '', 'toString', '__proto__', 1],
    unreadable: ['1', 3, 0, false, {}],
  },
  {
    name: 'reference',
    encode: [['class-1', { sourcedId: 'class-1' }]],
    decode: [[{ sourcedId: 'class-1', type: 'class' }, 'class-1']],
    refuses: ['', 5, { sourcedId: 'class-1' }],
    unreadable: ['class-1', {}, { sourcedId: 5 }, { sourcedId: '' }, { sourcedId: null }, []],
  },
];

for (const { name, options = {}, encode, decode, refuses, unreadable } of CASES) {
  const codec = makeCodec(name, options);
  assert.ok(typeof codec === 'object', `${name}: ${JSON.stringify(codec)}`);
  describe(`${name} ${JSON.stringify(options)}`, () => {
    for (const [ags, oneroster] of encode) {
      test(`writes ${JSON.stringify(ags)} as ${JSON.stringify(oneroster)}`, () => {
        assert.deepEqual(codec.encode(ags), oneroster);
        assert.ok(codec.accepts(ags));
      });
    }
    for (const [oneroster, ags] of decode) {
      test(`reads ${JSON.stringify(oneroster)} as ${JSON.stringify(ags)}`, () =>
        assert.deepEqual(codec.decode(oneroster), ags));
    }
    for (const value of refuses) {
      test(`does not take ${String(JSON.stringify(value))}`, () => {
        assert.equal(codec.encode(value), undefined);
        assert.ok(!codec.accepts(value));
      });
    }
    for (const value of unreadable) {
      test(`does not read ${String(JSON.stringify(value))}`, () =>
        assert.equal(codec.decode(value), undefined));
    }
  });
}

test('every codec is in the table above', () => {
  assert.deepEqual(new Set(CASES.map((row) => row.name)), new Set(CODEC_NAMES));
});
