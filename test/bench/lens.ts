import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../src/core/json.ts';
import { compile, type Lens } from '../../src/core/lens.ts';
import type { Mapping } from '../../src/core/mapping.ts';
import { jsonataMapping } from './jsonata-mapping.ts';
import { median } from './median.ts';

/** How long it takes to map one document to OneRoster and what comes of it to AGS, in nanoseconds. */
export interface LensTiming {
  /** What the document is, for people. */
  readonly document: string;
  readonly lens: number;
  /** The same two mappings in JSONata. */
  readonly jsonata: number;
  /** `JSON.parse` and `JSON.stringify` of the two documents, which any gateway does anyhow. */
  readonly json: number;
}

/** How thoroughly to measure. */
export interface LensEffort {
  readonly rounds: number;
  /** Time for each measurement of a round. */
  readonly milliseconds: number;
}

interface Case {
  readonly document: string;
  readonly ags: JsonObject;
  readonly context: JsonObject;
  readonly base?: JsonObject;
}

const NOW = Date.UTC(2026, 2, 1, 8);
const CONTENDERS = ['lens', 'jsonata', 'json'] as const;

/**
 * Measures the lens of the mapping `line-item` against JSONata and against JSON itself. The contenders take turns, so that
 * a disturbance meets all of them, and the median of the rounds counts.
 *
 * @example for (const { document, lens, json } of await benchLens()) console.log(document, json / lens)
 */
export async function benchLens(
  effort: LensEffort = { rounds: 15, milliseconds: 60 },
): Promise<readonly LensTiming[]> {
  const mapping = readMapping();
  const compiled = compile(mapping);
  assert.ok('lens' in compiled);
  const cases = casesOf(mapping);
  const runs = await Promise.all(cases.map((item) => contendersOf(item, compiled.lens)));
  const timings = cases.map(() => ({ lens: [] as number[], jsonata: [] as number[], json: [] as number[] }));
  for (let round = -2; round < effort.rounds; round++) {
    for (const [index, run] of runs.entries()) {
      for (const name of CONTENDERS) {
        const nanoseconds = await timeOf(run[name], effort.milliseconds);
        // The first rounds are for the compiler to warm up.
        if (round >= 0) timings[index]?.[name].push(nanoseconds);
      }
    }
  }
  return cases.map(({ document }, index) => {
    const { lens = [], jsonata = [], json = [] } = timings[index] ?? {};
    return { document, lens: median(lens), jsonata: median(jsonata), json: median(json) };
  });
}

function readMapping(): Mapping {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return JSON.parse(readFileSync(join(folder, 'mappings', 'line-item.json'), 'utf8')) as Mapping;
}

/** The examples of the mapping, and what becomes of the first when it lives on in OneRoster. */
function casesOf({ examples = [] }: Mapping): readonly Case[] {
  const [full, plain, filed] = examples;
  assert.ok(full && plain && filed, 'the mapping has its three examples');
  const context = full.context ?? {};
  const reference = (id: string, type: string) => ({ sourcedId: id, type, href: `https://or.example/${id}` });
  const base: JsonObject = {
    sourcedId: 'li-1',
    dateLastModified: '2026-02-01T10:00:00.000Z',
    ...full.oneroster,
    description: 'Bring a pencil.',
    class: reference('class-1', 'class'),
    school: reference('school-1', 'org'),
    category: reference('homework', 'category'),
    gradingPeriod: reference('term-1', 'academicSession'),
    metadata: { ...(full.oneroster['metadata'] as JsonObject), district: { code: 'D-7' } },
  };
  const respelled = { ...base, assignDate: '2018-03-06T20:05:02.000Z', dueDate: '2018-04-06T22:05:03.000Z' };
  const changed = { ...full.ags, label: 'Activity 2', scoreMaximum: 50, tag: 'exam' };
  return [
    { document: 'a change of what stands upstream', ags: changed, context, base },
    { document: 'the same over respelled dates', ags: full.ags, context, base: respelled },
    { document: 'new, with every member', ags: full.ags, context },
    { document: 'new, without dates', ags: plain.ags, context },
    {
      document: 'an offset date and an extension',
      ags: filed.ags,
      context,
      ...(filed.base && { base: filed.base }),
    },
  ];
}

/** What was made last: work that nobody can see the outcome of might be left out by the compiler. */
let latest: unknown;

type Run = (times: number) => void | Promise<void>;

async function contendersOf(item: Case, lens: Lens): Promise<Record<(typeof CONTENDERS)[number], Run>> {
  // As they come from the network: objects that were parsed, not written in a program.
  const { ags, context, base } = JSON.parse(JSON.stringify(item)) as Case;
  const options = { context, now: NOW, ...(base && { base }) };
  const oneroster = lens.toOneRoster(ags, options).document;
  const texts = [JSON.stringify(ags), JSON.stringify(oneroster)];
  const others = await jsonataMapping(ags, options);
  assert.deepEqual(lens.toAgs(oneroster).document, ags);
  for (const member of Object.keys(ags))
    assert.deepEqual(others[member], ags[member], 'JSONata maps the same');
  return {
    lens: (times) => {
      for (let done = 0; done < times; done++) {
        latest = lens.toAgs(lens.toOneRoster(ags, options).document).document;
      }
    },
    jsonata: async (times) => {
      for (let done = 0; done < times; done++) latest = await jsonataMapping(ags, options);
    },
    json: (times) => {
      for (let done = 0; done < times; done++) {
        for (const text of texts) latest = JSON.stringify(JSON.parse(text));
      }
    },
  };
}

/** Nanoseconds of one run, in processor time, which other programs on the machine do not stretch. */
async function timeOf(run: Run, milliseconds: number): Promise<number> {
  const start = process.cpuUsage();
  let [total, portion, elapsed] = [0, 64, 0];
  while (elapsed < milliseconds * 1000) {
    await run(portion);
    assert.ok(latest);
    total += portion;
    portion *= 2;
    const { user, system } = process.cpuUsage(start);
    elapsed = user + system;
  }
  return (elapsed * 1000) / total;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { document, lens, jsonata, json } of await benchLens()) {
    const factors = `${(jsonata / lens).toFixed(1)}x JSONata, ${(json / lens).toFixed(2)}x JSON`;
    console.log(`${document.padEnd(34)} ${(lens / 1000).toFixed(2)} µs: ${factors}`);
  }
}
