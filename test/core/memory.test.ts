import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MappingRow } from '../../src/core/mapping.ts';
import { DAY, frozen, NOON, trialOf } from './lenses.ts';

const DATES: readonly MappingRow[] = [
  { ags: '/start', oneroster: '/assignDate', codec: 'dateTime', default: { oneroster: '$now' } },
  {
    ags: '/end',
    oneroster: '/dueDate',
    codec: 'dateTime',
    default: { oneroster: { after: '/assignDate', duration: 'P14D' } },
  },
];

describe('what OneRoster requires and the tool does not give', () => {
  const { lens, write, read } = trialOf(DATES);
  const fresh = write({});

  test('is written, and remembered as a default', () => {
    assert.deepEqual(fresh, {
      assignDate: '2026-03-01T12:00:00Z',
      dueDate: '2026-03-15T12:00:00Z',
      metadata: {
        lti: {
          originals: {
            '/start': { wrote: '2026-03-01T12:00:00Z' },
            '/end': { wrote: '2026-03-15T12:00:00Z' },
          },
        },
      },
    });
    assert.deepEqual(read(fresh), {});
  });

  test('is noted', () => {
    const kinds = lens.toOneRoster({}, { now: NOON }).notes.map(({ kind, ags }) => `${kind} ${ags}`);
    assert.deepEqual(kinds, ['defaulted /start', 'defaulted /end']);
  });

  test('does not move when the same is written later', () =>
    assert.deepEqual(write({}, fresh, { now: NOON + 3 * DAY }), fresh));

  test('is shown once a teacher has changed it', () => {
    const edited = { ...fresh, dueDate: '2026-06-01T00:00:00Z' };
    assert.deepEqual(read(edited), { end: '2026-06-01T00:00:00Z' });
  });

  test('is still a default when OneRoster spells it in its own way, and is left so', () => {
    const respelled = {
      ...fresh,
      assignDate: '2026-03-01T12:00:00.000Z',
      dueDate: '2026-03-15T13:00:00+01:00',
    };
    assert.deepEqual(read(respelled), {});
    const base = frozen(respelled);
    assert.equal(lens.toOneRoster({}, { base, now: NOON + DAY }).document, base);
  });

  test('stays before its start as long as the start stays', () => {
    const base = { assignDate: '2026-03-01T12:00:00Z', dueDate: '2026-02-01T00:00:00Z' };
    assert.equal(write({ start: base.assignDate }, base)['dueDate'], base.dueDate);
  });

  test('is remembered with the null that the tool sent', () => {
    const written = write({ start: null });
    assert.deepEqual(read(written), { start: null });
    assert.deepEqual(write({ start: null }, written, { now: NOON + DAY }), written);
    assert.deepEqual(read(write({}, written)), {});
  });

  test('is forgotten when the tool gives a value', () => {
    const start = '2026-03-02T00:00:00Z';
    const written = write({ start, end: '2026-03-03T00:00:00Z' }, fresh);
    assert.deepEqual(written, { assignDate: start, dueDate: '2026-03-03T00:00:00Z' });
  });

  test('is the tool’s own once the tool says the very same', () => {
    const start = '2026-03-01T12:00:00Z';
    assert.deepEqual(read(write({ start }, fresh)), { start });
  });

  test('follows a start that the tool changes', () => {
    const moved = write({ start: '2026-04-01T00:00:00Z' }, fresh);
    assert.equal(moved['dueDate'], '2026-04-15T00:00:00Z');
    assert.deepEqual(read(moved), { start: '2026-04-01T00:00:00Z' });
  });

  test('keeps the spelling of OneRoster when following leads to the same day', () => {
    const days = trialOf([
      { ags: '/start', oneroster: '/assignDate', codec: 'dateTime' },
      { ...DATES[1], ags: '/end', oneroster: '/dueDate', codec: 'date' },
    ]);
    const base = { assignDate: '2026-03-01T12:00:00Z', dueDate: '2026-03-15T00:00:00.000Z' };
    assert.equal(days.write({ start: '2026-03-01T13:00:00Z' }, base)['dueDate'], base.dueDate);
    assert.equal(days.write({ start: '2026-03-02T13:00:00Z' }, base)['dueDate'], '2026-03-16');
  });

  test('does not follow where a teacher has set a time of their own', () => {
    const edited = { ...fresh, dueDate: '2026-06-01T00:00:00Z' };
    assert.equal(write({ start: '2026-04-01T00:00:00Z' }, edited)['dueDate'], '2026-06-01T00:00:00Z');
  });

  test('unless that time would lie before the start', () => {
    const edited = { ...fresh, dueDate: '2026-03-20T00:00:00Z' };
    assert.equal(write({ start: '2026-04-01T00:00:00Z' }, edited)['dueDate'], '2026-04-15T00:00:00Z');
  });

  test('is a teacher’s date, when the line item was made in OneRoster', () => {
    const base = { assignDate: '2026-01-01T00:00:00Z', dueDate: '2026-05-01T00:00:00.000Z' };
    const written = write({}, base);
    assert.deepEqual([written['assignDate'], written['dueDate']], [base.assignDate, base.dueDate]);
    assert.deepEqual(read(written), {});
  });

  test('takes the time of writing when the start cannot be read', () => {
    const { write: lenient } = trialOf([{ ags: '/start', oneroster: '/assignDate' }, ...DATES.slice(1)]);
    assert.equal(lenient({ start: 'soon' })['dueDate'], '2026-03-15T12:00:00Z');
    assert.equal(lenient({})['dueDate'], '2026-03-15T12:00:00Z');
  });

  test('ends with the calendar', () => {
    const written = write({ start: '9999-12-31T00:00:00Z' });
    assert.equal(written['dueDate'], '9999-12-31T23:59:59Z');
  });
});

test('a default may be a value, and a date in the form of its row', () => {
  const { write, read } = trialOf([
    { ags: '/kind', oneroster: '/kind', default: { oneroster: 'exam' } },
    { ags: '/day', oneroster: '/day', codec: 'date', default: { oneroster: '$now' } },
  ]);
  const written = write({});
  assert.deepEqual([written['kind'], written['day']], ['exam', '2026-03-01']);
  assert.deepEqual(read(written), {});
  assert.deepEqual(read(write({ kind: 'exam' }, written)), { kind: 'exam' });
});

describe('what a codec cannot turn back', () => {
  const words = {
    values: { Started: 'open', InProgress: 'open', Done: 'closed' },
    back: { open: 'Started' },
  };
  const { lens, write, read } = trialOf([
    { ags: '/start', oneroster: '/assignDate', codec: 'dateTime' },
    { ags: '/progress', oneroster: '/status', codec: { table: words } },
  ]);
  const ags = { start: '2026-04-01T00:00:00.50+02:00', progress: 'InProgress' };
  const written = write(ags);

  test('is remembered beside what was written for it, and noted', () => {
    assert.deepEqual(written, {
      assignDate: '2026-03-31T22:00:00.500Z',
      status: 'open',
      metadata: {
        lti: {
          originals: {
            '/start': { was: ags.start, wrote: '2026-03-31T22:00:00.500Z' },
            '/progress': { was: 'InProgress', wrote: 'open' },
          },
        },
      },
    });
    assert.deepEqual(read(written), ags);
    assert.deepEqual(
      lens.toOneRoster(ags, { now: 0 }).notes.map((note) => `${note.kind} ${note.ags}`),
      ['inexact /start', 'inexact /progress'],
    );
  });

  test('is not remembered when it can be turned back', () => {
    const exact = write({ start: '2026-04-01T00:00:00Z', progress: 'Started' }, written);
    assert.deepEqual(exact, { assignDate: '2026-04-01T00:00:00Z', status: 'open' });
  });

  test('comes back while OneRoster holds what was written, however it spells it', () => {
    const whole = write({ start: '2026-04-01T00:00:00+02:00' });
    for (const assignDate of [
      '2026-03-31T22:00:00.000Z',
      '2026-03-31T22:00:00+00:00',
      '2026-04-01T00:00:00+02',
    ]) {
      assert.deepEqual(read({ ...whole, assignDate }), { start: '2026-04-01T00:00:00+02:00' });
    }
  });

  test('gives way to what somebody has written since', () => {
    assert.deepEqual(read({ ...written, assignDate: '2026-05-01T00:00:00Z', status: 'closed' }), {
      start: '2026-05-01T00:00:00Z',
      progress: 'Done',
    });
    const { assignDate: _assignDate, ...removed } = written;
    assert.deepEqual(read(removed), { progress: 'InProgress' });
    assert.deepEqual(read({ ...written, assignDate: null }), { start: null, progress: 'InProgress' });
  });

  test('is written afresh when the tool says it again after that', () => {
    const edited = { ...written, status: 'closed' };
    assert.deepEqual(read(write(ags, edited)), ags);
    assert.deepEqual(write(ags, edited), written);
  });

  test('leaves the spelling of OneRoster when it means the same', () => {
    const base = { assignDate: '2026-03-31T22:00:00.500+00:00' };
    for (const start of ['2026-03-31T22:00:00.500Z', '2026-04-01T00:00:00.500+02:00']) {
      assert.equal(write({ start }, base)['assignDate'], base.assignDate);
      assert.deepEqual(read(write({ start }, base)), { start });
    }
  });
});
