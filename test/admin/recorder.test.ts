import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Exchange } from '../../src/admin/ports.ts';
import { createRecorder } from '../../src/admin/recorder.ts';
import { concerns } from '../../src/admin/search.ts';
import { createSeries, Durations } from '../../src/admin/series.ts';
import {
  keepBody,
  keepCall,
  keepText,
  newRecording,
  RECORDING_ROOM,
  type Recording,
} from '../../src/core/recording.ts';

function exchangeOf(requestId: string, recording: Recording = newRecording('/lti/x')): Exchange {
  return {
    ...{ requestId, started: 0, method: 'GET', operation: 'listLineItems', route: '/lti/x' },
    ...{ status: 200, milliseconds: 1 },
    ...{ tool: 'quizzer', context: 'math-101', error: undefined, recording },
  };
}

function heavy(characters: number): Recording {
  const recording = newRecording('/lti/x');
  keepText(recording, 'x'.repeat(characters));
  return recording;
}

test('a recorder holds the newest, and no more than it may, by number and by size', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 60 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 100, max: 400 }),
      sizes,
      (most, characters, given) => {
        const recorder = createRecorder({ most, characters, subscribers: 1 });
        for (const [index, size] of given.entries()) recorder.keep(exchangeOf(String(index), heavy(size)));
        const held = [...recorder.newest()].map(({ number }) => number);
        const expected: number[] = [];
        let sum = 0;
        for (let index = given.length - 1; index >= 0 && expected.length < most; index--) {
          sum += given[index] as number;
          if (sum > characters && expected.length > 0) break;
          expected.push(index);
        }
        assert.deepEqual(held, expected);
        for (const number of held) assert.equal(recorder.find(String(number))?.number, number);
      },
    ),
    { numRuns: 500 },
  );
});

test('of two requests that a client has given one id, the newer one is found', () => {
  const recorder = createRecorder({ most: 5, characters: 1000, subscribers: 1 });
  for (let count = 0; count < 3; count++) recorder.keep(exchangeOf('same'));
  assert.equal(recorder.find('same')?.number, 2);
  assert.equal(recorder.find('other'), undefined);
});

test('subscribers are told, until they go; there are no more of them than may be', () => {
  const recorder = createRecorder({ most: 5, characters: 1000, subscribers: 2 });
  const told: string[] = [];
  const ended: string[] = [];
  const subscribe = (name: string) =>
    recorder.subscribe({
      recorded: ({ number }) => told.push(`${name}${number}`),
      ended: () => ended.push(name),
    });
  const first = subscribe('a');
  subscribe('b');
  assert.equal(subscribe('c'), undefined);
  recorder.keep(exchangeOf('1'));
  first?.();
  assert.notEqual(subscribe('c'), undefined);
  recorder.keep(exchangeOf('2'));
  recorder.end();
  recorder.keep(exchangeOf('3'));
  assert.deepEqual(
    [told, ended],
    [
      ['a0', 'b0', 'b1', 'c1'],
      ['b', 'c'],
    ],
  );
});

test('a recording keeps what there is room for, and notes the rest without its texts', () => {
  const recording = newRecording('/lti/x');
  keepBody(recording, { a: 1 }, RECORDING_ROOM + 1);
  assert.equal(recording.body, undefined);
  const call = { method: 'PUT', url: 'http://or/x', at: 0, milliseconds: 1, sent: { b: 2 } };
  const large = 'x'.repeat(RECORDING_ROOM - 6);
  keepCall(recording, call, { sent: '{"b":2}', came: large });
  keepCall(recording, call, { sent: '{"b":2}', came: large });
  assert.deepEqual(
    recording.calls.map(({ sent, text }) => [sent, text?.length]),
    [
      [{ b: 2 }, undefined],
      [{ b: 2 }, undefined],
    ],
  );
  for (let count = 0; count < 1_000; count++) keepCall(recording, call, {});
  assert.equal(recording.calls.length, 100);
  assert.ok(recording.room >= 0);
});

test('a search finds whole ids of either side, and nothing that is no id', () => {
  const recording = newRecording('/lti/contexts/math-101/lineitems/https%3A%2F%2Flms%2F1/scores?user_id=u-9');
  keepBody(recording, { userId: 'student-1', comment: 'brilliant', scoreGiven: 8 }, 50);
  const url = "http://or/ims/results/r-1?filter=student.sourcedId%3D'student-7'";
  const came = '{"result":{"sourcedId":"r-1","student":{"sourcedId":"student-1"},"comment":"gifted"}}';
  keepCall(recording, { method: 'GET', url, at: 0, milliseconds: 1, sent: undefined }, { came });
  const said = keepText(
    recording,
    '{"resultUrl":"https://g/lti/contexts/m/lineitems/li-5/results/student-4"}',
  );
  const exchange = exchangeOf('request-1', { ...recording, ...(said && { said }) });
  const found = [
    'request-1',
    'https://lms/1',
    'u-9',
    'student-1',
    'student-7',
    'r-1',
    'li-5',
    'student-4',
    'quizzer',
  ];
  for (const id of found) assert.ok(concerns(exchange, id), id);
  // Otherwise one could find out word by word what is hidden.
  for (const other of ['brilliant', 'gifted', 'student', 'student-10', '8', '', 'comment'])
    assert.ok(!concerns(exchange, other), other);
});

test('a series has the last sixty minutes, and takes old places for new ones', () => {
  const series = createSeries(() => ({ count: 0 }));
  for (let minute = 0; minute < 150; minute++) series.at(minute * 60_000 + 1).count++;
  const rows = series.rows(149 * 60_000 + 2);
  assert.equal(rows.length, 60);
  assert.deepEqual([rows[0]?.at, rows.at(-1)?.at], [90 * 60_000, 149 * 60_000]);
  assert.ok(rows.every(({ row }) => row.count === 1));
  assert.deepEqual(series.rows(300 * 60_000), []);
});

test('a percentile is right to a tenth', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 200 }), (times) => {
      const durations = new Durations();
      for (const time of times) durations.add(time, false);
      const sorted = times.toSorted((left, right) => left - right);
      for (const part of [0.5, 0.95]) {
        const exact = sorted[Math.ceil(sorted.length * part) - 1] as number;
        assert.ok(
          Math.abs(durations.percentile(part) - exact) <= Math.max(1, exact / 10),
          `${part} of ${times}`,
        );
      }
    }),
    { numRuns: 500 },
  );
});
