import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHIPPED_MAPPINGS } from '../../../src/config/mappings.ts';
import { instantOf } from '../../../src/core/date-time.ts';
import { isObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import { tryMapping } from '../../../src/workbench/try.ts';

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

/** Tries a mapping on a document, as the gateway does. */
export function tryOut({ text, direction, document, base, context, now }: JsonObject): Json {
  const tried = tryMapping(
    String(text),
    {
      name: 'line-item',
      direction: direction === 'ags' ? 'ags' : 'oneroster',
      document: objectOr(document) ?? {},
      now: instantOf(String(now)) ?? Date.now(),
      ...(objectOr(base) && { base: objectOr(base) as JsonObject }),
      ...(objectOr(context) && { context: objectOr(context) as JsonObject }),
    },
    { milliseconds: 1000, runs: 100, clock: Date.now },
  );
  return JSON.parse(JSON.stringify(tried)) as Json;
}

function objectOr(value: Json | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}
