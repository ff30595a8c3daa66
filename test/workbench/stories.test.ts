import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { DEEDS, type Deed, type RowStory } from '../../src/workbench/stories.ts';
import { explainMapping } from '../../src/workbench/try.ts';
import { lensOf, mappingOf } from '../core/lenses.ts';

const LENS = lensOf(
  mappingOf([
    { ags: '/label', oneroster: '/title', codec: 'text', default: { ags: 'Untitled' } },
    { ags: '/start', oneroster: '/assignDate', codec: 'dateTime', default: { oneroster: '$now' } },
    { ags: '/tag', oneroster: '/metadata/tag', codec: 'string' },
    { ags: '/points', oneroster: '/percent', codec: { scale: { by: 100 } } },
    { oneroster: '/status', constant: 'active' },
    { oneroster: '/class', codec: 'reference', from: '$context.class' },
    { oneroster: '/minimum', constant: 0, keep: true },
  ]),
);
const NOW = Date.UTC(2026, 2, 1, 8);
const OFFSET = '2026-03-06T20:05:02+02:00';
const WRITTEN = '2026-03-06T18:05:02Z';

type Case = readonly [string, Deed, { readonly read?: unknown; readonly wrote?: unknown }];

function storyAt(rows: readonly RowStory[], place: string): RowStory {
  const story = rows.find(({ oneroster, ags }) => oneroster === place || ags === place);
  assert.ok(story, `nothing is told of ${place}`);
  return story;
}

function check(rows: readonly RowStory[], [place, deed, { read, wrote }]: Case): void {
  const story = storyAt(rows, place);
  assert.deepEqual([story.deed, story.read, story.wrote], [deed, read, wrote]);
  assert.equal(story.why, DEEDS[deed]);
}

function toOneRoster(document: JsonObject, base: JsonObject = {}): readonly RowStory[] {
  return explainMapping(LENS, { direction: 'oneroster', document, base, now: NOW }).rows;
}

describe('what rows do on the way to OneRoster', () => {
  const fresh = toOneRoster({ label: 'Quiz', start: OFFSET, points: 0.29, 'https://x/y': 3 });
  const cases: readonly Case[] = [
    ['/title', 'copied', { read: 'Quiz', wrote: 'Quiz' }],
    ['/assignDate', 'inexact', { read: OFFSET, wrote: WRITTEN }],
    ['/metadata/tag', 'nothing', {}],
    ['/percent', 'converted', { read: 0.29, wrote: 29 }],
    ['/status', 'constant', { wrote: 'active' }],
    ['/class', 'context', { wrote: { sourcedId: 'class' } }],
    ['/minimum', 'constant', { wrote: 0 }],
    ['/https:~1~1x~1y', 'stashed', { read: 3, wrote: 3 }],
  ];
  for (const each of cases) test(`${each[0]}: ${each[1]}`, () => check(fresh, each));

  const base = { title: 'Quiz', assignDate: '2026-01-01T00:00:00Z', metadata: { tag: 'old' }, minimum: 5 };
  const over = toOneRoster({ label: 'Quiz' }, base);
  const overCases: readonly Case[] = [
    ['/title', 'unchanged', { read: 'Quiz', wrote: 'Quiz' }],
    ['/assignDate', 'defaulted', { wrote: '2026-01-01T00:00:00Z' }],
    ['/metadata/tag', 'removed', {}],
    ['/minimum', 'kept', { wrote: 5 }],
  ];
  for (const each of overCases) test(`${each[0]} over what stands: ${each[1]}`, () => check(over, each));
});

describe('what rows do on the way to the tool', () => {
  const { document = {} } = explainMapping(LENS, {
    direction: 'oneroster',
    document: { label: 'Quiz', start: OFFSET, points: 1, 'https://x/y': 3 },
    now: NOW,
  });
  const toAgs = (source: JsonObject): readonly RowStory[] =>
    explainMapping(LENS, { direction: 'ags', document: source, now: NOW }).rows;
  const cases: readonly Case[] = [
    ['/label', 'copied', { read: 'Quiz', wrote: 'Quiz' }],
    ['/start', 'remembered', { read: WRITTEN, wrote: OFFSET }],
    ['/points', 'converted', { read: 100, wrote: 1 }],
    ['/status', 'unseen', { read: 'active' }],
    ['/https:~1~1x~1y', 'restored', { read: 3, wrote: 3 }],
  ];
  for (const each of cases) test(`${each[0]}: ${each[1]}`, () => check(toAgs(document), each));
  const hidden = toOneRosterDocument({ label: 'Quiz' });
  test('/start: hidden', () => check(toAgs(hidden), ['/start', 'hidden', { read: '2026-03-01T08:00:00Z' }]));
  test('/label: defaulted', () => check(toAgs({}), ['/label', 'defaulted', { wrote: 'Untitled' }]));
  test('/percent: unreadable', () =>
    check(toAgs({ percent: 'x' }), ['/percent', 'unreadable', { read: 'x' }]));
});

function toOneRosterDocument(document: JsonObject): JsonObject {
  return explainMapping(LENS, { direction: 'oneroster', document, now: NOW }).document ?? {};
}

test('without a stash, a member without a row is told to be lost', () => {
  const row = { ags: '/label', oneroster: '/title' };
  const lens = lensOf({ name: 'x', version: 1, resource: 'lineItem', fields: [row], lossy: 'all' });
  const { rows } = explainMapping(lens, { direction: 'oneroster', document: { extra: 1 }, now: 0 });
  check(rows, ['/extra', 'lost', { read: 1 }]);
});
