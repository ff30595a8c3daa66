import type { Call } from '../core/call.ts';
import type { NewDelivery, Receipt } from '../core/delivery.ts';
import type { EditsPolicy } from '../core/edits.ts';
import type { JsonObject } from '../core/json.ts';
import type { Lens, Note } from '../core/lens.ts';
import type { NamedCaller } from '../core/names.ts';
import type { Binding, Caller } from '../core/operation.ts';

/** The objects of one collection at one upstream. */
export interface Collection {
  read(sourcedId: string, call: Call): Promise<JsonObject | undefined>;
  /** @returns the document as the upstream answered it, undefined when it answers without one */
  write(document: JsonObject, call: Call): Promise<JsonObject | undefined>;
  /** OneRoster deletes softly. No request of a tool takes a result away. */
  remove(sourcedId: string, call: Call): Promise<void>;
  /** One writer at a time per object. */
  alone<Result>(sourcedId: string, call: Call, work: () => Promise<Result>): Promise<Result>;
}

export interface LineItems extends Collection {
  /** All of a class, page by page, those that are deleted possibly included. */
  listOf(classId: string, call: Call): AsyncIterable<readonly JsonObject[]>;
  /** The same, where those that are deleted are wanted, too: a service may leave them out all the same. */
  everOf(classId: string, call: Call): AsyncIterable<readonly JsonObject[]>;
  /** Like `read`, but some seconds old at most: scores come in bursts. */
  recent(sourcedId: string, call: Call): Promise<JsonObject | undefined>;
}

export interface Results extends Collection {
  /** All of a line item, page by page; those of one student when one is named. */
  listOf(place: ResultPlace, call: Call): AsyncIterable<readonly JsonObject[]>;
}

export interface ResultPlace {
  readonly classId: string;
  readonly lineItemId: string;
  readonly studentId?: string | undefined;
}

/** Who is who: LTI users and OneRoster students. */
export interface People {
  /** @throws GradebridgeError USER_… when the user is no student of the class, or nobody can say */
  studentFor(userId: string, call: Call): Promise<string>;
  /** The same without asking whether the student is still in the class; undefined when nobody is meant. */
  anyoneFor(userId: string, call: Call): Promise<string | undefined>;
  /**
   * The LTI user of a student; undefined when the strategy cannot say.
   *
   * @param said the user id that the tool itself has given for the student before
   */
  userFor(studentId: string, said: string | undefined, call: Call): Promise<string | undefined>;
}

/** What the gateway knows of a context. */
export interface ContextPorts {
  readonly key: string;
  /** The upstream's name in the configuration. */
  readonly upstream: string;
  /** The name under which deliveries for the upstream are kept: its first one. */
  readonly keptUpstream: string;
  readonly classId: string;
  /** What ids of columns and users stand for now, for writes that wait. */
  bindingOf(tool: string, userId?: string): Binding;
  readonly ownership: 'tool' | 'class';
  /** What a write does to what somebody has changed in OneRoster since the last one. */
  readonly edits: EditsPolicy;
  readonly resourceLinks: ReadonlySet<string> | 'any';
  /** Whether a POST may make a line item that is there, or is just being made. */
  readonly duplicates: 'notAtOnce' | 'never' | 'allowed';
  readonly lens: Lens;
  readonly lineItems: LineItems;
  readonly resultLens: Lens;
  readonly results: Results;
  /** Members of objects in which the upstream holds a day and no time. */
  readonly days: ReadonlySet<string>;
  /** Milliseconds after a request's end for which something may still go by a line item as it was before. */
  readonly settling: number;
  peopleOf(tool: string): People;
  /** What `$context.NAME` stands for, looked up where it is not configured. */
  placement(call: Call): Promise<JsonObject>;
}

/** A write that is to be promised: all of it but its id and its times. */
export interface PromisedWrite extends Omit<NewDelivery, 'id' | 'due' | 'acceptedAt'> {
  /** Milliseconds that the upstream has asked to wait. */
  readonly wait: number;
}

/** What came of a promise: its receipt, or what stands in its way. */
export type Promised =
  | { readonly kind: 'accepted'; readonly receipt: Receipt }
  /** A newer write of the same target waits already, at this position; or this one was superseded before. */
  | { readonly kind: 'stale'; readonly position: string; readonly newer: Receipt | undefined }
  /** Another write at the same position waits, or has been delivered. */
  | { readonly kind: 'conflict' };

/** Where writes are put down that OneRoster cannot take now. */
export interface Promises {
  /** @throws GradebridgeError STORE_UNAVAILABLE, and nothing is promised */
  accept(write: PromisedWrite): Promise<Promised>;
  /** The receipt, when the tool has been given it in this context. */
  receipt(id: string, caller: NamedCaller): Promise<Receipt | undefined>;
  /** The operation of the newest write of a target that is still to be made, or has failed. */
  pending(target: string): Promise<JsonObject | undefined>;
  /** A line item has another one's id from now on: what was promised for that one is not for it. */
  outdate(lineItemId: string, upstream: string): Promise<void>;
}

/** A request under an Idempotency-Key. Times are milliseconds since 1970. */
export interface RepeatableClaim {
  readonly key: string;
  /** A digest of what the request says. */
  readonly said: string;
  readonly holder: string;
  readonly now: number;
  /** Until when the holder has time to answer. */
  readonly leaseUntil: number;
  /** Until when the answer is kept. */
  readonly until: number;
}

/** Requests under Idempotency-Keys and their answers, for every process that may be asked the same. */
export interface Repeatables {
  claim(
    claim: RepeatableClaim,
  ): Promise<
    | { readonly kind: 'mine' /** When it was said first. */; readonly firstAt: number }
    | { readonly kind: 'done'; readonly outcome: string }
    | { readonly kind: 'busy' | 'reused' }
  >;
  finish(key: string, holder: string, outcome: string): Promise<void>;
  release(key: string, holder: string): Promise<void>;
}

/** Turns that replicas share, and a word for whoever waits for one. */
export interface Leases {
  acquire(question: {
    readonly key: string;
    readonly holder: string;
    readonly milliseconds: number;
    readonly waitedFor?: string | undefined;
  }): Promise<
    | { readonly kind: 'mine' }
    | { readonly kind: 'busy'; readonly holder: string }
    | { readonly kind: 'said'; readonly said: string }
  >;
  release(key: string, holder: string, how: { readonly in: number; readonly said?: string }): Promise<void>;
}

export interface GatewayPorts {
  contextOf(key: string): ContextPorts;
  readonly promises: Promises;
  readonly repeatables: Repeatables;
  /** Where several replicas serve the same tools. */
  readonly leases: Leases | undefined;
  readonly clock: () => number;
  readonly newId: () => string;
  /** The most line items in one answer. */
  readonly pageCap: number;
  /** Told what each mapping did, for logs and for people. */
  readonly observe?: (caller: Caller, call: Call, notes: readonly Note[]) => void;
  /** Told when a write meets what somebody has changed in OneRoster. */
  readonly metEdit?: (edit: MetEdit, caller: Caller, call: Call) => void;
}

/** What somebody has changed in OneRoster, and a write has met: in ids and places, never values. */
export interface MetEdit {
  readonly thing: 'lineItem' | 'score' | 'deletion';
  readonly outcome: 'overwritten' | 'kept' | 'refused';
  /** Of the line item, or of the result. */
  readonly sourcedId: string;
  readonly places: readonly { readonly ags: string; readonly oneroster: string }[];
}

/** How a promise is kept. */
export interface Keeping {
  /** Whether a person wants it done over what somebody has edited in OneRoster. */
  readonly isDecided: boolean;
  readonly acceptedAt: number;
}

/** Where an operation happens: who asks, in which context, with how much time. */
export interface At {
  readonly ports: GatewayPorts;
  readonly caller: Caller;
  readonly call: Call;
  readonly context: ContextPorts;
  /** Set when a promise is kept: whatever stands in its way is for the pump to hear, and not to be promised again. */
  readonly delivery?: Keeping;
}
