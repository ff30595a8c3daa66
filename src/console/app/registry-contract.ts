import type { CopyValue, Finding, JsonObject } from './contract.ts';

/** What the admin API answers about tools and contexts (docs/admin-api.md). */

export type EntryKind = 'tool' | 'context';

/** The part of the path below /admin/v1. */
export const PARTS: Readonly<Record<EntryKind, string>> = { tool: 'tools', context: 'contexts' };

export function entryPath(kind: EntryKind, name: string): string {
  return `/${PARTS[kind]}/${encodeURIComponent(name)}`;
}

export interface HistoryLine {
  readonly revision: number;
  readonly verb: string;
  readonly who: string;
  readonly when: string;
  readonly why: string;
}

/** Where a tool or a context comes from. Those that a file alone knows were never changed here. */
export interface EntryItem {
  readonly name: string;
  readonly isDisabled?: boolean;
  readonly source?: 'file' | 'console';
  readonly isInFile?: boolean;
  readonly revision?: number;
  readonly history?: readonly HistoryLine[];
}

export interface ApiKey {
  readonly until?: string;
}

export interface ToolItem extends EntryItem {
  readonly clientId: string;
  readonly contexts: readonly string[];
  readonly scopes?: readonly string[];
  readonly keys?: readonly string[];
  readonly apiKeys?: readonly ApiKey[];
  /** What one types into the tool. */
  readonly values?: readonly CopyValue[];
}

export interface ContextItem extends EntryItem {
  readonly upstream: string;
  readonly class: string;
  readonly family?: string;
  readonly ownership?: string;
  readonly mappings?: Readonly<Record<string, string>>;
  readonly values?: readonly CopyValue[];
  readonly tools?: readonly string[];
}

/** One that is to be edited. */
export interface EntryDetail {
  readonly name: string;
  readonly revision: number;
  readonly entry: JsonObject;
  readonly apiKeys?: readonly ApiKey[];
}

/** What came of a change. The API key is told this once. */
export interface Changed {
  readonly name: string;
  readonly revision: number;
  readonly inForce: boolean;
  readonly findings?: readonly Finding[];
  readonly apiKey?: string;
}

export interface KeySet {
  readonly at: 'none' | 'configuration' | 'address';
  readonly host?: string;
  readonly keys?: readonly Readonly<Partial<Record<'kid' | 'kty' | 'alg' | 'crv', string>>>[];
  readonly problem?: string;
  readonly remedy?: string;
  readonly lookedAt: string;
}

export interface ClassItem {
  readonly sourcedId: string;
  readonly title?: string;
  readonly school?: string;
}
