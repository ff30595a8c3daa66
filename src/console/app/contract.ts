import type { ReconcileFinding } from './reconcile-contract.ts';

/** What the admin API answers (docs/admin.md); times are ISO 8601 in UTC. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json;
}

export interface List<Item> {
  readonly items: readonly Item[];
  /** The cursor of the next page; absent on the last one. */
  readonly next?: string;
}

export type Role = 'viewer' | 'operator';

export interface Session {
  readonly name: string;
  readonly role: Role;
  readonly csrf: string;
  readonly expiresAt: string;
}

export interface SignInWays {
  readonly token: boolean;
  readonly oidc?: { readonly issuer: string };
}

export interface Minute {
  readonly at: string;
  readonly requests: number;
  readonly errors: number;
}

export interface LatencyMinute {
  readonly at: string;
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly errors: number;
}

export interface UpstreamState {
  readonly name: string;
  readonly profile: string;
  readonly reachable: boolean;
  readonly code?: string;
  readonly circuit: 'closed' | 'open';
  readonly tokenUntil?: string;
  readonly latency: readonly LatencyMinute[];
}

export interface Overview {
  readonly revision: {
    readonly id: string;
    readonly loadedAt: string;
    readonly file: string;
    readonly isCurrent: boolean;
    readonly problem?: string;
  };
  readonly upstreams: readonly UpstreamState[];
  readonly tools: readonly { readonly tool: string; readonly series: readonly Minute[] }[];
  readonly deliveries: readonly {
    readonly upstream: string;
    readonly state: DeliveryState;
    readonly count: number;
    readonly oldest: string;
  }[];
  readonly attention: readonly {
    readonly level: 'red' | 'amber';
    readonly text: string;
    readonly href: string;
  }[];
}

export const DELIVERY_STATES = [
  'accepted',
  'sent',
  'held',
  'failed',
  'acknowledged',
  'verified',
  'superseded',
  'discarded',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface DeliveryItem {
  readonly id: string;
  readonly state: DeliveryState;
  readonly kind: 'postScore' | 'replaceLineItem' | 'alignResults';
  readonly tool: string;
  readonly context: string;
  readonly upstream: string;
  /** The sourcedId of the line item. */
  readonly lineItem: string;
  readonly timestamp: string;
  readonly attempts: number;
  readonly fingerprint?: string;
  readonly acceptedAt?: string;
  readonly sentAt?: string;
  readonly acknowledgedAt?: string;
  readonly verifiedAt?: string;
  readonly nextAttemptAt?: string;
  readonly errorCode?: string;
  readonly supersededBy?: string;
  readonly reason?: string;
}

export interface DeliveryDetail extends DeliveryItem {
  readonly error?: { readonly code: string; readonly title: string; readonly remedy: string };
}

export interface DeliveryPlan {
  readonly plan: string;
  readonly count: number;
  readonly items: readonly DeliveryItem[];
}

export interface Job {
  readonly done: number;
  readonly failed: number;
  readonly total: number;
  readonly state: 'planned' | 'running' | 'done' | 'cancelled' | 'stopped';
}

export interface ExchangeItem {
  readonly id: string;
  readonly at: string;
  readonly tool?: string;
  readonly context?: string;
  readonly operation?: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly code?: string;
  readonly milliseconds: number;
  readonly upstreamCalls: number;
}

export interface UpstreamCall {
  readonly method: string;
  readonly path: string;
  readonly status?: number;
  /** What went wrong where there was no answer: timeout, unreachable … */
  readonly fault?: string;
  readonly milliseconds: number;
  readonly request?: Json;
  readonly response?: Json;
}

export interface ExchangeDetail extends ExchangeItem {
  readonly stages: readonly { readonly stage: string; readonly at: number }[];
  readonly request?: Json;
  readonly response?: Json;
  readonly calls: readonly UpstreamCall[];
  readonly notes: readonly Note[];
  /** Absent for a request that was too large to be recorded whole. */
  readonly curl?: string;
}

export interface Note {
  readonly kind: string;
  readonly ags?: string;
  readonly oneroster?: string;
}

export interface LineItemRow {
  readonly sourcedId: string;
  /** What tools call it; absent where none could. */
  readonly url?: string;
  readonly owner?: string;
  readonly results: number;
  readonly flags: readonly string[];
  readonly findings: readonly ReconcileFinding[];
  readonly ags: JsonObject;
  readonly oneroster: JsonObject;
}

export interface CopyValue {
  readonly label: string;
  readonly value: string;
}

export interface Check {
  readonly check: string;
  readonly subject?: string;
  readonly state: 'wrong' | 'warning' | 'skipped' | 'ok';
  readonly found: string;
  readonly remedy?: string;
}

export interface AuditItem {
  readonly at: string;
  readonly who: string;
  readonly what: string;
  readonly subject: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly why?: string;
}

export interface ConfigurationDifference {
  readonly pointer: string;
  readonly running?: Json;
  readonly file?: Json;
}

export interface Finding {
  readonly file?: string;
  readonly place: string;
  readonly message: string;
  readonly remedy?: string;
}
