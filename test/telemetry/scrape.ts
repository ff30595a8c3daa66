import assert from 'node:assert/strict';
import type { World } from '../exchange/world.ts';

/** One series of a scrape. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Scraped {
  /** By the names of the families, without `_bucket`, `_sum` and `_count`. */
  readonly families: ReadonlyMap<string, { readonly type: string; readonly help: string }>;
  readonly series: readonly Series[];
  readonly text: string;
}

/** Asks for metrics as Prometheus does, and reads them as strictly as the format can be read. */
export async function scrape({ gateway }: Pick<World, 'gateway'>): Promise<Scraped> {
  assert.ok(gateway.metricsUrl);
  const answer = await fetch(gateway.metricsUrl);
  assert.equal(answer.status, 200);
  assert.match(String(answer.headers.get('content-type')), /^text\/plain; version=0\.0\.4/);
  return parseScrape(await answer.text());
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LINE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? ([^ ]+)$`);
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;

/** The text format 0.0.4; whatever is not in it, or is there twice, fails the test. */
export function parseScrape(text: string): Scraped {
  assert.ok(text.endsWith('\n'), 'the last line ends as the others do');
  const families = new Map<string, { type: string; help: string }>();
  const series: Series[] = [];
  let current = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, help, described, sentence] = /^# (HELP) (\S+) (.+)$/.exec(line) ?? [];
    const [, , typed, type] = /^# (TYPE) (\S+) (counter|gauge|histogram|summary)$/.exec(line) ?? [];
    if (help !== undefined) {
      assert.ok(described && !families.has(described), `${described} is there twice`);
      current = described;
      families.set(current, { type: '', help: String(sentence) });
    } else if (typed !== undefined) {
      assert.equal(typed, current);
      families.set(current, { type: String(type), help: String(families.get(current)?.help) });
    } else series.push(readLine(line, current, families.get(current)?.type));
  }
  const names = series.map((one) => JSON.stringify([one.name, Object.entries(one.labels).sort()]));
  assert.equal(new Set(names).size, names.length, 'a series is there twice');
  for (const [name, { type }] of families) if (type === 'histogram') assertHistogram(name, series);
  return { families, series, text };
}

function readLine(line: string, family: string, type: string | undefined): Series {
  const [, name = '', labels = '', value = ''] = LINE.exec(line) ?? [];
  const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  assert.ok(
    suffixes.some((suffix) => name === family + suffix),
    `${line} stands under ${family}`,
  );
  assert.match(value, /^(NaN|Nan|[+-]?Inf|[+-]?\d+(\.\d+)?([eE][+-]?\d+)?)$/, line);
  return { name, labels: readLabels(labels, line), value: Number(value.replace('Inf', 'Infinity')) };
}

function readLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== ''; ) {
    const [all, name, value] = LABEL.exec(rest) ?? [];
    assert.ok(all !== undefined && name !== undefined && value !== undefined, line);
    assert.ok(!Object.hasOwn(labels, name), `${name} is there twice: ${line}`);
    labels[name] = value;
    rest = rest.slice(all.length);
  }
  return labels;
}

/** Buckets grow, and the last one holds all. */
function assertHistogram(name: string, series: readonly Series[]): void {
  const key = ({ labels: { le: _, ...rest } }: Series): string => JSON.stringify(rest);
  const counts = series.filter((one) => one.name === `${name}_count`);
  for (const count of counts) {
    const buckets = series.filter((one) => one.name === `${name}_bucket` && key(one) === key(count));
    const values = buckets.map(({ value }) => value);
    assert.deepEqual(
      values,
      values.toSorted((left, right) => left - right),
      name,
    );
    assert.equal(buckets.at(-1)?.labels['le'], '+Inf');
    assert.equal(values.at(-1), count.value);
    assert.ok(series.some((one) => one.name === `${name}_sum` && key(one) === key(count)));
  }
}

/** The values of one metric, by the values of its labels: `{ 'quizzer 200': 2 }`. */
export function valuesOf({ series }: Scraped, name: string): Readonly<Record<string, number>> {
  const own = series.filter((one) => one.name === name);
  return Object.fromEntries(own.map(({ labels, value }) => [Object.values(labels).join(' '), value]));
}
