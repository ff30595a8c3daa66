import type { PlainRequest, PlainResponse } from './exchange.ts';
import type { Json } from './json.ts';

/** `viewer` reads; `operator` changes as well. */
export const ADMIN_ROLES = ['viewer', 'operator'] as const;
export type AdminRole = (typeof ADMIN_ROLES)[number];

/** A person at the console, or a program of theirs, as the gate has made them out. */
export interface Admin {
  readonly name: string;
  readonly role: AdminRole;
  /** The value of the cookie, when a session has made them out. */
  readonly session?: string;
}

/** Who has done what to what, and why. `at` is milliseconds since 1970. */
export interface AuditEntry {
  readonly id: string;
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly subject: string;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
  readonly why?: string | undefined;
}

/** What a route of the admin API is asked. */
export interface AdminRequest extends PlainRequest {
  readonly requestId: string;
  /** Where it comes from. */
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Something that goes on: each event is sent as it comes, until the one who asked is gone or `end` is called. */
export interface EventStream {
  /** @returns ends the subscription */
  readonly subscribe: (send: (name: string, event: Json) => void, end: () => void) => () => void;
}

export type AdminAnswer = PlainResponse | EventStream;

interface RouteParts {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/admin/v1`, such as `/deliveries/:id`. */
  readonly path: string;
  /** Whether it has a body, of `application/json`. */
  readonly takesBody?: boolean;
}

/** One row of the table of the admin API. What anyone may ask comes without an admin. */
export type AdminRoute =
  | (RouteParts & {
      readonly role: 'anyone';
      readonly answer: (request: AdminRequest) => Promise<AdminAnswer>;
    })
  | (RouteParts & {
      readonly role: AdminRole;
      readonly answer: (request: AdminRequest, admin: Admin) => Promise<AdminAnswer>;
    });
