import type { AdminRole, AuditEntry } from '../core/admin.ts';
import type { Delivery, DeliveryState } from '../core/delivery.ts';
import type { GradebridgeError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { Recording } from '../core/recording.ts';

/** Sessions, by the digests of their cookies. Times are milliseconds since 1970. */
export interface SessionStore {
  open(session: SessionRow): Promise<void>;
  find(digest: string, now: number): Promise<SessionRow | undefined>;
  close(digest: string): Promise<void>;
}

export interface SessionRow {
  readonly digest: string;
  readonly name: string;
  readonly role: AdminRole;
  readonly credential: string;
  readonly until: number;
}

export interface AuditStore {
  write(entry: AuditEntry): Promise<void>;
  list(most: number, after?: Pick<AuditEntry, 'at' | 'id'>): Promise<readonly AuditEntry[]>;
}

export interface DeliveryFilter {
  readonly state?: DeliveryState | undefined;
  readonly tool?: string | undefined;
  readonly context?: string | undefined;
  readonly upstream?: string | undefined;
}

/** What was promised, as the store keeps it. */
export interface DeliveryDesk {
  find(id: string): Promise<Delivery | undefined>;
  list(
    filter: DeliveryFilter,
    most: number,
    after?: Pick<Delivery, 'acceptedAt' | 'id'>,
  ): Promise<readonly Delivery[]>;
  count(): Promise<
    readonly {
      readonly upstream: string;
      readonly state: DeliveryState;
      readonly count: number;
      readonly oldest: number;
    }[]
  >;
  retry(id: string, now: number): Promise<boolean>;
  discard(id: string, reason: string, now: number): Promise<boolean>;
}

export interface Job {
  readonly id: string;
  readonly state: 'planned' | 'running' | 'done' | 'cancelled' | 'stopped';
  readonly verb: 'retry' | 'discard';
  readonly reason: string | undefined;
  readonly ids: readonly string[];
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

/** Plans and jobs, which every replica can see. */
export interface JobStore {
  plan(job: Pick<Job, 'id' | 'verb' | 'reason' | 'ids'> & { readonly until: number }): Promise<void>;
  find(id: string, now: number): Promise<Job | undefined>;
  begin(id: string, times: { readonly until: number; readonly leaseUntil: number }): Promise<boolean>;
  progress(
    id: string,
    how: { readonly done: number; readonly failed: number; readonly leaseUntil: number },
  ): Promise<boolean>;
  finish(id: string): Promise<void>;
  cancel(id: string): Promise<boolean>;
}

/** One finished request of a tool. */
export interface Exchange {
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly method: string;
  /** What was asked for: a word of the route's row. */
  readonly operation: string;
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly tool: string | undefined;
  readonly context: string | undefined;
  readonly error: GradebridgeError | undefined;
  readonly recording: Recording | undefined;
}

/** An upstream, as the overview looks at it. */
export interface WatchedUpstream {
  readonly profile: string;
  readonly isOutage: () => boolean;
  /** For how long its token is still used, in milliseconds. */
  readonly tokenLasts: () => number | undefined;
}

/** The configuration that runs, and the one in the file. */
export interface Revision {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly loadedAt: number;
  readonly file: string;
  /** Whether the file says what runs. */
  readonly isCurrent: boolean;
  /** Why the file could not be used, when it could not. */
  readonly problem?: string | undefined;
}

/** Something wrong with a file that an administrator wrote. */
export interface Finding {
  readonly file: string;
  readonly place: string;
  readonly message: string;
  readonly remedy: string;
}

export interface Revisions {
  current(): Promise<Revision>;
  /** Takes the file up, unless something is wrong with it. */
  reload(): Promise<{ readonly revision: Revision } | { readonly findings: readonly Finding[] }>;
  /** Where the file differs from what runs; the values are without secrets. */
  diff(): Promise<readonly { readonly pointer: string; readonly running?: Json; readonly file?: Json }[]>;
}

/** A row of `gradebridge doctor`. */
export interface CheckResult {
  readonly check: string;
  readonly subject?: string;
  readonly state: 'wrong' | 'warning' | 'skipped' | 'ok';
  readonly found: string;
  readonly remedy?: string;
}

/** What was found of the public keys of a tool, or why they cannot be had. */
export interface KeySetLook {
  readonly at: 'none' | 'configuration' | 'address';
  readonly host?: string;
  readonly keys?: readonly Readonly<Record<string, string>>[];
  readonly problem?: string;
  readonly remedy?: string;
  /** Milliseconds since 1970. */
  readonly lookedAt: number;
}
