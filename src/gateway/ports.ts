import type { Call } from '../core/call.ts';
import type { JsonObject } from '../core/json.ts';
import type { Lens, Note } from '../core/lens.ts';
import type { Caller } from '../core/operation.ts';

/** The objects of one collection at one upstream. */
export interface Collection {
  read(sourcedId: string, call: Call): Promise<JsonObject | undefined>;
  /** @returns the document as the upstream answered it, undefined when it answers without one */
  write(document: JsonObject, call: Call): Promise<JsonObject | undefined>;
  /** One writer at a time per object. */
  alone<Result>(sourcedId: string, work: () => Promise<Result>): Promise<Result>;
}

export interface LineItems extends Collection {
  remove(sourcedId: string, call: Call): Promise<void>;
  /** All of a class, page by page, those that are deleted possibly included. */
  listOf(classId: string, call: Call): AsyncIterable<readonly JsonObject[]>;
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
  readonly classId: string;
  readonly ownership: 'tool' | 'class';
  readonly resourceLinks: ReadonlySet<string> | 'any';
  readonly lens: Lens;
  readonly lineItems: LineItems;
  readonly resultLens: Lens;
  readonly results: Results;
  peopleOf(tool: string): People;
  /** What `$context.NAME` stands for, looked up where it is not configured. */
  placement(call: Call): Promise<JsonObject>;
}

export interface GatewayPorts {
  contextOf(key: string): ContextPorts;
  readonly clock: () => number;
  readonly newId: () => string;
  /** The most line items in one answer. */
  readonly pageCap: number;
  /** Told what each mapping did, for logs and for people. */
  readonly observe?: (caller: Caller, call: Call, notes: readonly Note[]) => void;
}

/** Where an operation happens: who asks, in which context, with how much time. */
export interface At {
  readonly ports: GatewayPorts;
  readonly caller: Caller;
  readonly call: Call;
  readonly context: ContextPorts;
}
