import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PACKAGE_ROOT } from '../../src/config/files.ts';
import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { METRICS, type MetricRow } from '../../src/telemetry/catalogue.ts';
import { openWorld } from '../exchange/world.ts';
import { type Scraped, scrape } from '../telemetry/scrape.ts';
import { blocksOf, codeIn, proseOf, readPage, rowsOf } from './pages.ts';

const page = readPage('docs/metrics.md');
const dashboard = JSON.parse(
  readFileSync(join(PACKAGE_ROOT, 'docs/grafana-dashboard.json'), 'utf8'),
) as JsonObject;

/** The names that a query may use: those of the families, and what histograms have of their own. */
function namesIn({ families }: Scraped): ReadonlySet<string> {
  const names = [...families].flatMap(([name, { type }]) =>
    type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  return new Set(names);
}

const METRIC = /\b(gradebridge|nodejs|process)_[a-z0-9_]+/g;
/** `name{…}`, with the matchers that are in the braces, and `by (…)`. */
const SELECTOR = /(gradebridge_[a-z0-9_]+)\{([^}]*)\}/g;

/** Labels that a query matches and the metric does not have. */
function strangeLabels(expression: string): readonly string[] {
  return [...expression.matchAll(SELECTOR)].flatMap(([, name = '', inside = '']) => {
    const row: MetricRow | undefined = METRICS[name.replace(/_bucket$/, '') as keyof typeof METRICS];
    const labels = [...inside.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label);
    return labels.filter((label) => !row?.labels.includes(label)).map((label) => `${label} of ${name}`);
  });
}

function textsIn(value: Json | undefined, key: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => textsIn(item, key));
  if (!isObject(value)) return [];
  const own = typeof value[key] === 'string' ? [value[key]] : [];
  return [...own, ...Object.values(value).flatMap((member) => textsIn(member, key))];
}

test('docs/metrics.md, the alerts and the dashboard name what a scrape has, and nothing else', async (t) => {
  const world = await openWorld(t, { config: { metrics: { listen: { port: 0 } } } });
  const scraped = await scrape(world);
  const own = [...scraped.families].filter(([name]) => name.startsWith('gradebridge_'));
  const told = rowsOf(page)
    .filter(([name = '']) => name.startsWith('`gradebridge_'))
    .map(([name = '', type, labels, meaning]) => [codeIn(name), type, labels, meaning]);
  const known = own.map(([name, { type, help }]) => {
    const { labels } = METRICS[name as keyof typeof METRICS];
    return [name, type, labels.join(', '), help];
  });
  const byName = (rows: readonly (readonly unknown[])[]) =>
    rows.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
  assert.deepEqual(byName(told), byName(known));
  const names = namesIn(scraped);
  const used = [
    proseOf(page),
    ...blocksOf(page, 'yaml'),
    ...textsIn(dashboard, 'expr'),
    ...textsIn(dashboard, 'query'),
  ];
  const unknown = used.flatMap((text) => text.match(METRIC) ?? []).filter((name) => !names.has(name));
  assert.deepEqual(unknown, []);
});

test('the alerts and the dashboard match labels that the metrics have', () => {
  const expressions = [...blocksOf(page, 'yaml'), ...textsIn(dashboard, 'expr')];
  assert.deepEqual(expressions.flatMap(strangeLabels), []);
  assert.deepEqual(strangeLabels('gradebridge_tokens_total{tool="x",color="red"}'), [
    'color of gradebridge_tokens_total',
  ]);
});

test('every metric of the gateway is on the dashboard', () => {
  const shown = textsIn(dashboard, 'expr').join(' ');
  const missing = Object.keys(METRICS).filter((name) => !new RegExp(`\\b${name}(_bucket)?\\b`).test(shown));
  assert.deepEqual(missing, []);
});

test('the dashboard has its rows, a title on each panel, and no two in one place', () => {
  const panels = dashboard['panels'] as readonly JsonObject[];
  const rows = panels.filter(({ type }) => type === 'row').map(({ title }) => title);
  assert.deepEqual(rows, ['Overview', 'By tool', 'By upstream', 'Deliveries', 'Process']);
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const cells = panels.flatMap(({ title, gridPos }) => {
    assert.ok(typeof title === 'string' && title !== '');
    const { x, y, w, h } = gridPos as Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
    assert.ok(x + w <= 24, title);
    return Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`);
  });
  assert.equal(new Set(cells).size, cells.length);
});
