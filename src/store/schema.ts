import type { DeliveryState } from '../core/delivery.ts';
import type { ErrorCode } from '../core/errors.ts';

/**
 * The tables, the same in SQLite and PostgreSQL. Times are milliseconds since 1970; JSON is text, because nothing is looked
 * for inside of it.
 */
export interface Schema {
  settings: SettingRow;
  used_once: UsedOnceRow;
  repeatables: RepeatableRow;
  deliveries: DeliveryRow;
  traits: TraitRow;
  stashes: StashRow;
  admin_sessions: AdminSessionRow;
  audit: AuditRow;
  admin_jobs: AdminJobRow;
  left_findings: LeftFindingRow;
  mapping_versions: MappingVersionRow;
  mapping_changes: MappingChangeRow;
  mapping_rows: MappingRowsRow;
  registry_changes: RegistryChangeRow;
}

/** Single values: the gateway's keys, and who is serving. */
export interface SettingRow {
  name: string;
  value: string;
}

/** Identifiers that may be used once, such as the `jti` of an assertion (RFC 7523 §3). */
export interface UsedOnceRow {
  key: string;
  until: number;
}

/** Requests under an Idempotency-Key: what was said, as a digest, and what was answered once there is an answer. */
export interface RepeatableRow {
  key: string;
  said: string;
  /** Who is answering it now, and until when that may take. */
  holder: string;
  lease_until: number;
  /** When it was said first. */
  first_at: number;
  outcome: string | null;
  until: number;
}

export interface DeliveryRow {
  id: string;
  target: string;
  position: string;
  fingerprint: string;
  upstream: string;
  tool: string;
  context: string;
  line: string;
  timestamp: string;
  operation: string | null;
  state: DeliveryState;
  attempts: number;
  due: number;
  holder: string | null;
  lease_until: number | null;
  accepted_at: number;
  sent_at: number | null;
  acknowledged_at: number | null;
  verified_at: number | null;
  settled_at: number | null;
  error_code: ErrorCode | null;
  superseded_by: string | null;
  reason: string | null;
  decided: number;
}

/** Who is signed in at the console, by the digest of their cookie. */
export interface AdminSessionRow {
  digest: string;
  name: string;
  role: 'viewer' | 'operator';
  /** By which they have signed in: the digest of a token, or `oidc`. */
  credential: string;
  until: number;
}

/** One change, or one look at what is hidden. Before and after are JSON. */
export interface AuditRow {
  id: string;
  at: number;
  who: string;
  what: string;
  subject: string;
  before: string | null;
  after: string | null;
  why: string | null;
}

/** A change of many deliveries, planned or under way. */
export interface AdminJobRow {
  id: string;
  state: 'planned' | 'running' | 'done' | 'cancelled';
  verb: 'retry' | 'discard';
  reason: string | null;
  /** The deliveries, as a JSON array. */
  ids: string;
  total: number;
  done: number;
  failed: number;
  until: number;
  /** Until when whoever works on it will have said how far it is; null before it was begun. */
  lease_until: number | null;
}

/** A finding of reconciling that a person leaves as it is, and a digest of how it was then. */
export interface LeftFindingRow {
  id: string;
  state: string;
  at: number;
}

/** What was found out of an upstream's collection. */
export interface TraitRow {
  upstream: string;
  collection: string;
  drops_metadata: number;
}

/** The metadata of objects at an upstream that does not keep it. */
export interface StashRow {
  upstream: string;
  collection: string;
  sourced_id: string;
  metadata: string;
}

/** The texts of mappings that somebody has put into the store; a text is never changed. */
export interface MappingVersionRow {
  name: string;
  /** From 1, by name. */
  version: number;
  text: string;
  who: string;
  at: number;
  why: string;
}

/** Which version was made active when, by whom and why; the last one of a name counts. */
export interface MappingChangeRow {
  /** From 1, over all names: it grows with every change. */
  revision: number;
  name: string;
  verb: MappingVerb;
  /** What is active since then; 0 is none, so that the file counts. */
  version: number;
  who: string;
  at: number;
  why: string;
}

/** A mapping that was in force, from a file too, by the digest of its rows: what it has written names it. */
export interface MappingRowsRow {
  digest: string;
  text: string;
  at: number;
}

export type MappingVerb = 'activated' | 'rolledBack';

/** What was made of a tool or a context when, by whom and why; the last one of a name counts. */
export interface RegistryChangeRow {
  /** From 1, over all kinds and names: it grows with every change. */
  revision: number;
  kind: 'tool' | 'context';
  name: string;
  verb: string;
  /** The whole entry as it is since then, as JSON; null: there is none, so that the file counts. */
  document: string | null;
  who: string;
  at: number;
  why: string;
}
