import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  addDuration,
  formatInstant,
  instantOf,
  isDate,
  normalDateTime,
  parseDuration,
} from '../../src/core/date-time.ts';

describe('normalDateTime', () => {
  const forms: Readonly<Record<string, string>> = {
    '2018-03-06T20:05:02Z': '2018-03-06T20:05:02Z',
    '2018-03-06t20:05:02z': '2018-03-06T20:05:02Z',
    '2018-04-06T22:05:03+00': '2018-04-06T22:05:03Z',
    '2018-04-06T22:05:03+01': '2018-04-06T21:05:03Z',
    '2018-04-06T22:05:03-0330': '2018-04-07T01:35:03Z',
    '2018-04-06T22:05:03-00:00': '2018-04-06T22:05:03Z',
    '2026-02-01T00:00:00.000+02:00': '2026-01-31T22:00:00Z',
    '2017-04-16T18:54:36.736Z': '2017-04-16T18:54:36.736Z',
    '2017-04-16T18:54:36.736+00:00': '2017-04-16T18:54:36.736Z',
    '2017-04-16T18:54:36.7Z': '2017-04-16T18:54:36.700Z',
    '2017-04-16T18:54:36,07Z': '2017-04-16T18:54:36.070Z',
    '2017-04-16T18:54:36.123456789012Z': '2017-04-16T18:54:36.123Z',
    '2017-04-16T18:54:36.000Z': '2017-04-16T18:54:36Z',
    '2017-04-16T18:54:36.0009Z': '2017-04-16T18:54:36Z',
    '2017-04-16T18:54Z': '2017-04-16T18:54:00Z',
    '2017-04-16T18:54+02:00': '2017-04-16T16:54:00Z',
    '2024-02-29T00:00:00Z': '2024-02-29T00:00:00Z',
    '2000-02-29T00:00:00Z': '2000-02-29T00:00:00Z',
    '0000-02-29T00:00:00Z': '0000-02-29T00:00:00Z',
    '0099-12-31T23:59:59Z': '0099-12-31T23:59:59Z',
    '0050-06-01T00:00:00+01:00': '0050-05-31T23:00:00Z',
    '1969-12-31T23:59:59.500-00:30': '1970-01-01T00:29:59.500Z',
    '9999-12-31T23:59:59Z': '9999-12-31T23:59:59Z',
  };
  for (const [text, normal] of Object.entries(forms)) {
    test(`${text} is ${normal}`, () => {
      assert.equal(normalDateTime(text), normal);
      assert.equal(instantOf(text), instantOf(normal), 'the instant is the same');
    });
  }

  const refused = [
    '2018-03-06T20:05:02',
    '2018-03-06T20:05:02.736',
    '2018-03-06',
    '',
    'now',
    '2018-03-06 20:05:02Z',
    '2018-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2018-04-31T00:00:00Z',
    '2018-13-01T00:00:00Z',
    '2018-00-01T00:00:00Z',
    '2018-01-00T00:00:00Z',
    '2018-01-01T24:00:00Z',
    '2018-01-01T00:60:00Z',
    '2018-01-01T00:00:60Z',
    '2018-01-01T00:00:00+24:00',
    '2018-01-01T00:00:00+01:60',
    '2018-01-01T00:00:00+1',
    '2018-01-01T00:00:00+01:',
    '2018-01-01T00:00:00+01:3',
    '2018-01-01T00:00:00+01:000',
    '2018-01-01T00:00:00.Z',
    '2018-01-01T00:00:00.1234567890123Z',
    '2018-01-01T00:00.5Z',
    '2018-01-01T00:00:00ZZ',
    '2018-01-01T00:00:00Z ',
    ' 2018-01-01T00:00:00Z',
    '2018-1-01T00:00:00Z',
    '20x8-01-01T00:00:00Z',
    '202x-01-01T00:00:00Z',
    '2018-0x-01T00:00:00Z',
    '2018-01-01Tx0:00:00Z',
    '2018-01-01T00:00:0xZ',
    '2018/01/01T00:00:00Z',
    '+2018-01-01T00:00:00Z',
    '٢٠١٨-01-01T00:00:00Z',
  ];
  for (const text of refused) {
    test(`${JSON.stringify(text)} is none`, () => {
      assert.equal(normalDateTime(text), undefined);
      assert.equal(instantOf(text), undefined);
    });
  }

  test('an offset that leads out of the years 0 to 9999 has no normal form', () => {
    assert.equal(normalDateTime('9999-12-31T23:59:59-01:00'), undefined);
    assert.equal(normalDateTime('0000-01-01T00:00:00+01:00'), undefined);
  });

  test('every day of the calendar is the day that Date takes it for', () => {
    for (let at = Date.UTC(1995, 0, 1); at < Date.UTC(2105, 0, 1); at += 86_400_000 + 3_723_000) {
      const text = new Date(at).toISOString();
      assert.equal(instantOf(text), at);
      assert.equal(formatInstant(at), text.replace('.000Z', 'Z'));
    }
  });
});

test('formatInstant shows milliseconds when there are any, and no year beyond four digits', () => {
  assert.equal(formatInstant(0), '1970-01-01T00:00:00Z');
  assert.equal(formatInstant(-1), '1969-12-31T23:59:59.999Z');
  assert.equal(formatInstant(1), '1970-01-01T00:00:00.001Z');
  assert.equal(formatInstant(-62_167_219_200_000), '0000-01-01T00:00:00Z');
  assert.equal(formatInstant(-62_167_219_200_001), undefined);
  assert.equal(formatInstant(253_402_300_800_000), undefined);
  assert.equal(formatInstant(Number.NaN), undefined);
});

test('isDate takes days that exist', () => {
  for (const text of ['2026-02-28', '2024-02-29', '0000-01-01']) assert.ok(isDate(text), text);
  const refused = [
    '2026-02-29',
    '2026-2-28',
    '2026-02-28T',
    '2026-13-01',
    '20260228',
    '2026/02/28',
    'xxxx-01-01',
    '',
  ];
  for (const text of refused) assert.ok(!isDate(text), text);
});

describe('durations', () => {
  const texts: Readonly<Record<string, { months: number; milliseconds: number } | undefined>> = {
    P14D: { months: 0, milliseconds: 14 * 86_400_000 },
    P2W: { months: 0, milliseconds: 14 * 86_400_000 },
    P1Y2M: { months: 14, milliseconds: 0 },
    PT36H: { months: 0, milliseconds: 36 * 3_600_000 },
    P1DT1H1M1S: { months: 0, milliseconds: 86_400_000 + 3_661_000 },
    P1M: { months: 1, milliseconds: 0 },
    PT1M: { months: 0, milliseconds: 60_000 },
    P: undefined,
    PT: undefined,
    P1DT: undefined,
    '14D': undefined,
    P1D1M: undefined,
    '-P1D': undefined,
    'P1.5D': undefined,
    ' P1D': undefined,
  };
  for (const [text, duration] of Object.entries(texts)) {
    test(`${text} is ${duration ? 'a' : 'no'} duration`, () =>
      assert.deepEqual(parseDuration(text), duration));
  }

  const moves: readonly [string, string, string][] = [
    ['2026-03-01T08:00:00Z', 'P14D', '2026-03-15T08:00:00Z'],
    ['2026-01-31T08:00:00Z', 'P1M', '2026-02-28T08:00:00Z'],
    ['2024-01-31T08:00:00Z', 'P1M', '2024-02-29T08:00:00Z'],
    ['2024-02-29T08:00:00Z', 'P1Y', '2025-02-28T08:00:00Z'],
    ['2026-12-15T00:00:00Z', 'P1M', '2027-01-15T00:00:00Z'],
    ['2026-01-31T23:30:00Z', 'P1MT1H', '2026-03-01T00:30:00Z'],
    ['2026-01-31T23:30:00Z', 'P0D', '2026-01-31T23:30:00Z'],
  ];
  for (const [from, text, to] of moves) {
    test(`${from} + ${text} = ${to}`, () => {
      const duration = parseDuration(text) ?? assert.fail('no duration');
      assert.equal(formatInstant(addDuration(instantOf(from) ?? assert.fail('no instant'), duration)), to);
    });
  }
});
