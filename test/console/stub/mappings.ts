import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHIPPED_MAPPINGS } from '../../../src/config/mappings.ts';
import { GradebridgeError } from '../../../src/core/errors.ts';
import { isObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import { difference, LAW_SENTENCES, LAWS, type Sample } from '../../../src/core/laws.ts';
import { compile, type Lens } from '../../../src/core/lens.ts';
import type { Mapping } from '../../../src/core/mapping.ts';
import { prove } from '../../../src/proof/prove.ts';

/** The workbench's side of the stub: the real lens and the real laws, versions in memory. */

interface Version {
  readonly version: number;
  state: 'draft' | 'active' | 'retired';
  readonly who: string;
  readonly when: string;
  readonly why: string;
  readonly text: string;
}

const SHIPPED = readFileSync(join(SHIPPED_MAPPINGS, 'line-item.json'), 'utf8');
const SCHEMA = JSON.parse(readFileSync(join(SHIPPED_MAPPINGS, 'mapping.schema.json'), 'utf8')) as JsonObject;

export interface Refused {
  readonly status: 422;
  readonly body: JsonObject;
}

export class StubMappings {
  readonly #versions: Version[] = [];

  list(): Json {
    const active = this.#versions.find(({ state }) => state === 'active')?.version ?? null;
    const row = {
      resource: 'lineItem',
      source: 'shipped',
      active,
      usedBy: ['math-101'],
      versions: this.#versions.length,
    };
    return [
      { name: 'line-item', ...row },
      { name: 'result', ...row, resource: 'result', active: null, versions: 0 },
    ];
  }

  detail(name: string): Json {
    const active = this.#versions.find(({ state }) => state === 'active');
    const versions = [...this.#versions].reverse() as unknown as Json;
    return { name, text: active?.text ?? SHIPPED, schema: SCHEMA, versions };
  }

  draft({ text, why }: JsonObject): Json {
    const version = this.#versions.length + 1;
    const when = new Date().toISOString();
    this.#versions.push({
      version,
      state: 'draft',
      who: 'alice',
      when,
      why: String(why),
      text: String(text),
    });
    return { version };
  }

  activate(version: number): Refused | undefined {
    const next = this.#versions.find((each) => each.version === version);
    const { laws = [] } = tryOut({ text: next?.text ?? '', direction: 'oneroster', document: {} }) as {
      laws?: readonly JsonObject[];
    };
    const law = laws.find(({ holds }) => holds === false);
    if (law !== undefined)
      return {
        status: 422,
        body: { code: 'MAPPING_UNLAWFUL', detail: 'The mapping breaks a law.', remedy: 'Mend the row.', law },
      };
    for (const each of this.#versions) if (each.state === 'active') each.state = 'retired';
    if (next) next.state = 'active';
    return undefined;
  }

  rollback(): void {
    const active = this.#versions.find(({ state }) => state === 'active');
    const before = this.#versions.findLast(({ state }) => state === 'retired');
    if (active) active.state = 'retired';
    if (before && before !== active) before.state = 'active';
  }
}

/** Tries a mapping on a document, as the gateway will. */
export function tryOut({ text, direction, document, base, context }: JsonObject): Json {
  const none = { notes: [], differences: [], laws: [] };
  let mapping: Json;
  try {
    mapping = JSON.parse(String(text)) as Json;
  } catch (error) {
    return {
      ...none,
      problems: [{ place: '1:1', message: `It is not JSON: ${String(error)}`, remedy: 'Correct it.' }],
    };
  }
  const compiled = isObject(mapping) ? compile(mapping as unknown as Mapping) : { problems: [] };
  if (!('lens' in compiled)) {
    const problems = compiled.problems.map(({ row, message }) => ({
      place: row === undefined ? '' : `/fields/${row}`,
      ...(row !== undefined && { row }),
      message,
      remedy: 'Correct the row.',
    }));
    return { ...none, problems };
  }
  try {
    return {
      problems: [],
      laws: lawsOf(compiled.lens),
      ...translated(compiled.lens, {
        direction: direction ?? '',
        document: document ?? {},
        base: base ?? null,
        context: context ?? {},
      }),
    };
  } catch (error) {
    if (!(error instanceof GradebridgeError)) throw error;
    const documentProblems = (error.details.issues ?? []).map(({ pointer, message }) => ({
      pointer,
      message,
    }));
    return { ...none, problems: [], documentProblems, laws: lawsOf(compiled.lens) };
  }
}

function translated(lens: Lens, { direction, document, base, context }: JsonObject): JsonObject {
  const given = document as JsonObject;
  const options = { context: context as JsonObject, now: Date.parse('2026-03-01T08:00:00Z') };
  const write = (from: JsonObject, over: Json | undefined) =>
    lens.toOneRoster(from, { ...options, ...(isObject(over) && { base: over }) });
  const there = direction === 'ags' ? lens.toAgs(given) : write(given, base);
  const back = direction === 'ags' ? write(there.document, given) : lens.toAgs(there.document);
  const found = difference(given, back.document);
  return {
    document: there.document,
    back: back.document,
    notes: there.notes as unknown as Json,
    differences: (found ? [found] : []) as unknown as Json,
  };
}

function lawsOf(lens: Lens): Json {
  const broken = prove(lens, { runs: 100, seed: 1 });
  return LAWS.map((law) => {
    const isBroken = broken?.law === law;
    const counterExample = isBroken
      ? {
          sample: broken.sample as unknown as Json,
          panes: panesOf(broken.sample),
          difference: broken.difference as unknown as Json,
          seed: broken.seed,
        }
      : undefined;
    return { law, sentence: LAW_SENTENCES[law], holds: !isBroken, ...(counterExample && { counterExample }) };
  });
}

function panesOf({ first, base, context }: Sample): JsonObject {
  return {
    direction: 'oneroster',
    document: first,
    context,
    now: '2026-03-01T08:00:00Z',
    ...(base && { base }),
  };
}
