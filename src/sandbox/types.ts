/** The dialects of OneRoster 1.2 Gradebook that the sandbox can speak. */
export type SandboxProfile = 'timeback' | 'spec' | 'google';

/** A OneRoster object as it is stored and sent. */
export type Document = Record<string, unknown>;

export type GradebookCollection =
  | 'lineItems'
  | 'results'
  | 'categories'
  | 'scoreScales'
  | 'assessmentLineItems'
  | 'assessmentResults';

export type RosteringCollection =
  | 'classes'
  | 'orgs'
  | 'courses'
  | 'academicSessions'
  | 'users'
  | 'enrollments';

export type Collection = GradebookCollection | RosteringCollection;

export interface SandboxOptions {
  /** Interface to listen on, `127.0.0.1` by default: the control routes carry no authentication. */
  host?: string;
  /** 0, the default, takes any free port. */
  port?: number;
  profile?: SandboxProfile;
  /** Milliseconds since the epoch. */
  clock?: () => number;
  /** Source of allocated sourcedIds, tokens and request ids. */
  uuid?: () => string;
  clientId?: string;
  clientSecret?: string;
  /** Seconds that an access token lives, 3600 by default. */
  tokenLifetime?: number;
  /** Students seeded in `class-1`, 5 by default. */
  students?: number;
  /** Shape of `sourcedIdPairs` at `timeback`: one object for one record and an array for more, or always one of the two. */
  bulkPairs?: BulkPairs;
  /** Answer to a reference that leads nowhere, 404 by default: Timeback documents none. */
  danglingStatus?: 400 | 404 | 422;
  /** What becomes of `metadata` that is written: all of it is kept, by default, or only what is no object or array, or nothing. */
  metadata?: MetadataHabit;
  /** What a PUT does to an object that is there: replaces it, by default, or merges (RFC 7396), where null takes a member away or does not. */
  put?: PutHabit;
  /** Told of each object that is stored, in the order in which that happens. */
  stored?: (collection: Collection, document: Readonly<Document>) => void;
  /** Asked for a fault for each request that no queued fault hits. */
  faultFor?: (request: { readonly method: string; readonly path: string }) => Fault | undefined;
}

export type MetadataHabit = 'kept' | 'flat' | 'dropped';

export type PutHabit = 'replaces' | 'merges' | 'mergesAndKeeps';

export type BulkPairs = 'by-count' | 'array' | 'object';

/** A sandbox that is listening. */
export interface Sandbox {
  readonly url: string;
  readonly tokenUrl: string;
  readonly profile: SandboxProfile;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Stops listening and ends every connection, kept-alive, slow and hanging ones too. */
  close(): Promise<void>;
  /** Queues a fault; the oldest one that matches a request hits it. Throws a TypeError on a malformed fault. */
  inject(fault: Fault): void;
  clearFaults(): void;
  /** The last 5000 requests in order of arrival, control requests excepted. */
  requests(): readonly RecordedRequest[];
  clearRequests(): void;
  /** A copy of a stored object. */
  find(collection: string, sourcedId: string): Document | undefined;
  /** Upserts past HTTP and validation; sets `dateLastModified`. Throws a TypeError without collection or sourcedId. */
  put(collection: string, object: Document): void;
  revokeTokens(): void;
  /** Back to the seed, without faults and without recorded requests. Tokens stay valid. */
  reset(): void;
}

export interface RecordedRequest {
  at: number;
  method: string;
  /** As sent, with its query. */
  path: string;
  /** 0 as long as, or because, nothing was answered. */
  status: number;
  authorization: 'none' | 'basic' | 'bearer';
  /** W3C Trace Context §3.2. */
  traceparent?: string;
  body?: unknown;
}

export interface ErrorDetail {
  path: string;
  message: string;
}

interface FaultTarget {
  /** How many matching requests it hits: 1 by default, 0 until cleared. */
  times?: number;
  method?: string;
  /** Substring of the raw path with its query. */
  path?: string;
}

interface FaultKinds {
  /** Answers this status instead of serving the request. */
  status: {
    status: number;
    retryAfter?: number | string;
    body?: 'ims' | 'message' | 'html' | 'empty';
    description?: string;
    details?: ErrorDetail[];
  };
  /** Serves the request after a delay. */
  slow: { delayMs: number };
  /** Ends the connection; `after` means that a write has been applied. */
  reset: { when: 'before' | 'after' };
  /** Never answers. */
  hang: object;
  /** Serves the request and cuts the JSON of its answer short. */
  'bad-json': object;
  /** Stores what is written without its `metadata`. */
  'drop-metadata': object;
  /** Answers 401 and forgets the token of the request. */
  'revoke-token': object;
  redirect: { location: string };
  /** Answers 200 with a body of this size instead of serving the request. */
  huge: { bytes: number };
}

export type FaultKind = keyof FaultKinds;
export type FaultOf<K extends FaultKind> = FaultTarget & { kind: K } & FaultKinds[K];
export type Fault = { [K in FaultKind]: FaultOf<K> }[FaultKind];
