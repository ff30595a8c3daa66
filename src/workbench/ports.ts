import type { Config } from '../config/config.ts';
import type { MappingFault } from '../config/mappings.ts';
import type { Judged } from './judge.ts';
import type { RecordedRequest } from './recorded-request.ts';
import type { Tried, TryRequest } from './try.ts';
import type { WhatIf, WhatIfAsked } from './what-if.ts';

export type { RecordedRequest } from './recorded-request.ts';

/** A text of a mapping in the store. Times are milliseconds since 1970. */
export interface StoredVersion {
  readonly name: string;
  /** From 1, by name. */
  readonly version: number;
  readonly text: string;
  readonly who: string;
  readonly at: number;
  readonly why: string;
}

/** What was made active; version 0 is none, so that the file counts. */
export interface StoredChange {
  readonly revision: number;
  readonly name: string;
  readonly verb: 'activated' | 'rolledBack';
  readonly version: number;
  readonly who: string;
  readonly at: number;
  readonly why: string;
}

/** Where versions of mappings are kept, the same for every replica. */
export interface MappingStore {
  versions(name?: string): Promise<readonly StoredVersion[]>;
  changes(name?: string): Promise<readonly StoredChange[]>;
  find(name: string, version: number): Promise<StoredVersion | undefined>;
  add(text: Omit<StoredVersion, 'version'>): Promise<number>;
  /** @param change.after the revision of the last change of that name that its author knows, 0 for none */
  change(change: Omit<StoredChange, 'revision'> & { readonly after: number }): Promise<number | undefined>;
  /** Mappings that were in force, files too, the newest first. */
  remembered(): Promise<readonly { readonly text: string }[]>;
  revision(): Promise<number>;
}

/** Requests that the gateway remembers. */
export interface Recordings {
  /** The newest writes of some contexts, newest first. */
  last(count: number, contexts: ReadonlySet<string>): Promise<readonly RecordedRequest[]>;
}

/** Where mappings are tried: in the same thread, or in one of its own. */
export interface Bench {
  /** @throws GradebridgeError MAPPING_TOO_HEAVY, OVERLOADED */
  tryMapping(text: string, request: TryRequest): Promise<Tried>;
  /**
   * @param earlier texts that were in force, whose documents the mapping must be able to read
   * @throws GradebridgeError MAPPING_TOO_HEAVY, OVERLOADED
   */
  judge(text: string, name: string, earlier?: readonly string[]): Promise<Judged>;
  /** Why a text is no mapping of that name. @throws GradebridgeError MAPPING_TOO_HEAVY, OVERLOADED */
  faultsIn(text: string, name: string): Promise<readonly MappingFault[]>;
  /** @throws GradebridgeError MAPPING_TOO_HEAVY, OVERLOADED */
  whatIf(asked: WhatIfAsked): Promise<WhatIf | { readonly faults: readonly MappingFault[] }>;
}

/** The part of the configuration that says which mappings there are and who uses them. */
export type MappingConfig = Pick<Config, 'contexts' | 'mappingsDir'>;
