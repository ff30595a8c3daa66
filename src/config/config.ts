import type { AdminRole } from '../core/admin.ts';
import type { ApiKeyDigest } from '../core/api-key.ts';
import type { EditsPolicy } from '../core/edits.ts';
import type { Scope } from '../core/operation.ts';

/** The configuration as the gateway uses it: checked, with every default in its place, frozen. */
export interface Config {
  readonly version: 1;
  readonly listen: { readonly host: string; readonly port: number; readonly trustedProxies: number };
  /** Without a trailing slash. */
  readonly publicUrl: string;
  /** Earlier ones, as far as the configuration names them; the store knows others. */
  readonly formerUrls: readonly string[];
  readonly store: { readonly sqlite: string } | { readonly postgres: string };
  readonly mappingsDir?: string;
  readonly upstreams: Readonly<Record<string, UpstreamConfig>>;
  readonly contexts: Readonly<Record<string, ContextConfig>>;
  readonly tools: Readonly<Record<string, ToolConfig>>;
  readonly issuers: Readonly<Record<string, IssuerConfig>>;
  /** How the public keys of tools and issuers may be fetched. */
  readonly keySets: { readonly privateAddresses: boolean; readonly timeout: number; readonly bytes: number };
  /** Our own access tokens: seconds that they are good for. */
  readonly tokens: { readonly lifetime: number };
  readonly limits: {
    readonly body: number;
    readonly inFlight: number;
    readonly page: number;
    readonly request: number;
    readonly drain: number;
    /** The part of the heap limit of the process, from 0 to 1, from which on new requests are refused. */
    readonly heap: number;
    readonly connections: number;
    /** What one tool may have: a part of `inFlight`, from 0 to 1, and requests in a second. */
    readonly tool: { readonly share: number; readonly perSecond?: number };
    /** What one address may have. */
    readonly address: { readonly connections: number; readonly failuresPerMinute: number };
  };
  /** How promised writes are delivered, and how long their receipts are kept. */
  readonly deliveries: {
    readonly attempts: number;
    readonly firstDelay: number;
    readonly longestDelay: number;
    readonly lookAgain: number;
    readonly verify: boolean;
    /** Hours. */
    readonly keep: number;
  };
  readonly log: { readonly level: string };
  /** Where metrics are shown; absent, they are not kept. */
  readonly metrics?: MetricsConfig;
  /** Where traces are sent; absent, there are none. */
  readonly traces?: TracesConfig;
  /** The console and its API; absent: there is neither. */
  readonly admin?: AdminConfig;
}

export interface MetricsConfig {
  /** A port of their own; absent, they are on that of the tools, and need the token. */
  readonly listen?: { readonly host: string; readonly port: number };
  readonly path: string;
  readonly token?: string;
}

export interface TracesConfig {
  readonly otlpUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The part of traces that is recorded, from 0 to 1. */
  readonly sample: number;
}

export interface AdminConfig {
  /** By the name that stands in the audit. */
  readonly tokens: Readonly<Record<string, { readonly role: AdminRole; readonly token: string }>>;
  readonly sessionMinutes: number;
  /** Days for which entries of the audit are kept. */
  readonly auditDays: number;
  /** Requests of tools that are remembered. */
  readonly traffic: number;
  readonly oidc?: {
    readonly issuer: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly roleClaim: string;
    /** Values of the claim. */
    readonly operator: readonly string[];
    readonly viewer: readonly string[];
  };
}

export interface UpstreamConfig {
  readonly profile: 'timeback' | 'oneroster-1.2';
  readonly baseUrl: string;
  /** Oldest first; the first is the one that is kept wherever the upstream is kept. */
  readonly formerNames: readonly string[];
  readonly auth: {
    readonly tokenUrl: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly method: 'form' | 'basic';
    readonly scope?: string;
  };
  readonly timeouts: { readonly call: number; readonly late: number };
  readonly retry: { readonly attempts: number; readonly firstDelay: number; readonly longestDelay: number };
  readonly concurrency: number;
  readonly largestAnswer: number;
  readonly failuresToOpen: number;
  /** Who keeps the metadata of line items and results: whoever is found to, OneRoster, or the gateway's own store. */
  readonly metadata: 'auto' | 'kept' | 'stored';
  readonly prefixes: { readonly gradebook: string; readonly rostering: string };
}

export interface ContextConfig {
  readonly upstream: string;
  readonly class: string;
  /** Oldest first; the first is the one that is kept wherever the context is kept. */
  readonly formerNames: readonly string[];
  /** Whether tools are refused; what was promised to them is still delivered. */
  readonly disabled: boolean;
  readonly school: string | { readonly lookup: 'class' };
  readonly category?: string | { readonly lookup: { readonly title: string; readonly create?: boolean } };
  readonly family: 'lineItems' | 'assessmentLineItems';
  readonly ownership: 'tool' | 'class';
  readonly duplicates: 'notAtOnce' | 'never' | 'allowed';
  readonly edits: EditsPolicy;
  readonly resourceLinks: 'any' | readonly string[];
  readonly users: UsersConfig;
  readonly mappings: { readonly lineItem?: string; readonly result?: string };
}

/** How LTI user ids are turned into sourcedIds of students. */
export type UsersConfig =
  | { readonly by: 'sourcedId' }
  | { readonly by: 'template'; readonly template: string }
  | { readonly by: 'table'; readonly users: Readonly<Record<string, string>> }
  | {
      readonly by: 'lookup';
      readonly field: 'identifier' | 'email' | 'userMasterIdentifier' | 'userIds';
      readonly type?: string;
    };

export interface ToolConfig {
  readonly clientId: string;
  /** Oldest first; the first is the one that is kept wherever the tool is kept. */
  readonly formerNames: readonly string[];
  readonly contexts: readonly string[];
  /** Whether it is refused; what was promised to it is still delivered. */
  readonly disabled: boolean;
  readonly apiKey?: string;
  /** Those that are known by their digests alone. */
  readonly apiKeys?: readonly ApiKeyDigest[];
  /** ISO 8601: service keys and ltiks that were issued before are refused. */
  readonly keysSince?: string;
  readonly jwksUrl?: string;
  readonly jwks?: Jwks;
  readonly scopes: readonly Scope[];
  readonly audiences: readonly string[];
  /** Goes before the context's, because user ids are given out per tool. */
  readonly users?: UsersConfig;
}

export interface IssuerConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl?: string;
  readonly jwks?: Jwks;
  readonly toolClaim: string;
}

/** An RFC 7517 key set; what is in a key is the verifier's business. */
export interface Jwks {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** Something wrong with a file that an administrator wrote. */
export interface Finding {
  readonly file: string;
  /** Where in the file, as a JSON Pointer or as line and column. */
  readonly place: string;
  readonly message: string;
  readonly remedy: string;
}
