import type { Json, JsonObject } from './json.ts';

/** A mapping as its file holds it; `mappings/mapping.schema.json` says the same to editors and to the loader. */
export interface Mapping {
  readonly $schema?: string;
  readonly name: string;
  readonly version: number;
  readonly resource: string;
  readonly description?: string;
  /** Where OneRoster keeps what it has no place for. Without one, every row must be exact or say what it loses. */
  readonly stash?: { readonly oneroster: string };
  /** What the mapping as a whole loses: members of the tool's document that no row names. */
  readonly lossy?: string;
  readonly fields: readonly MappingRow[];
  readonly examples?: readonly MappingExample[];
}

/** One place on both sides, or one place in OneRoster that the gateway fills. */
export interface MappingRow {
  readonly ags?: string;
  readonly oneroster?: string;
  /** A codec's name, or `{ name: options }`; without one, any JSON passes as it is. */
  readonly codec?: string | { readonly [name: string]: JsonObject };
  readonly default?: RowDefaults;
  readonly constant?: Json;
  /** `$context.NAME`. */
  readonly from?: string;
  /** Of a `constant` or `from`: what stands in OneRoster already stays. */
  readonly keep?: boolean;
  readonly lossy?: string;
  readonly note?: string;
}

/** What a side gets that needs a value where the other has none. */
export interface RowDefaults {
  /** `"$now"`, `{ after, duration }`, or a value. */
  readonly oneroster?: Json;
  /** A value to show for a document that was made in OneRoster. */
  readonly ags?: Json;
}

/** A pair of documents that belong together, read in both directions by the tests. */
export interface MappingExample {
  readonly title: string;
  readonly ags: JsonObject;
  readonly oneroster: JsonObject;
  readonly base?: JsonObject;
  readonly context?: JsonObject;
  /** The time of writing, ISO 8601. */
  readonly now?: string;
}
