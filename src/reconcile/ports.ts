import type { Call } from '../core/call.ts';
import type { EditsPolicy } from '../core/edits.ts';
import type { JsonObject } from '../core/json.ts';
import type { Lens } from '../core/lens.ts';

/** The objects of one collection at one upstream, as the gateway reads and writes them. */
export interface ComparedObjects {
  read(sourcedId: string, call: Call): Promise<JsonObject | undefined>;
  write(document: JsonObject, call: Call): Promise<JsonObject | undefined>;
  remove(sourcedId: string, call: Call): Promise<void>;
  /** One writer at a time for each object, tools' requests included. */
  alone<Result>(sourcedId: string, call: Call, work: () => Promise<Result>): Promise<Result>;
}

export interface ComparedLineItems extends ComparedObjects {
  /** All of a class, those that are deleted included where the service shows them. */
  everOf(classId: string, call: Call): AsyncIterable<readonly JsonObject[]>;
}

export interface ComparedResults extends ComparedObjects {
  listOf(
    place: {
      readonly classId: string;
      readonly lineItemId: string;
      readonly studentId?: string | undefined;
    },
    call: Call,
  ): AsyncIterable<readonly JsonObject[]>;
}

/** A context, as far as it is compared. */
export interface ComparedContext {
  readonly key: string;
  /** The upstream's name in the configuration. */
  readonly upstream: string;
  readonly classId: string;
  readonly ownership: 'tool' | 'class';
  readonly edits: EditsPolicy;
  /** Whether tools may have several line items for one thing. */
  readonly allowsTwins: boolean;
  readonly lens: Lens;
  readonly resultLens: Lens;
  readonly lineItems: ComparedLineItems;
  readonly results: ComparedResults;
  /** Whether a tool may use the context. */
  isUsing(tool: string): boolean;
  /** What a tool calls a student; undefined when nobody can say. */
  userOf(tool: string, studentId: string, call: Call): Promise<string | undefined>;
  /** Whether somebody is a student of the class today. */
  isStudent(studentId: string, call: Call): Promise<boolean>;
  /**
   * Makes durable that the results of a line item follow it, before it is written: to another maximum, or back to life.
   *
   * @returns the line item as it is to be written
   */
  align(change: { readonly from: JsonObject; readonly to: JsonObject }, call: Call): Promise<JsonObject>;
}

/** What people have decided to leave as it is. */
export interface Decisions {
  /** By the id of the finding, a digest of how it was then. */
  read(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  write(id: string, state: string): Promise<void>;
}

/** What was heard lately of what tools did: nothing, where nobody records it. */
export interface Heard {
  /** Documents that were sent to OneRoster for an object, the newest first. */
  written(sourcedId: string): readonly JsonObject[];
  /** The tool that has deleted a line item. */
  deleter(lineItem: string): string | undefined;
  /** How often tools have asked for a line item lately, and were told that there is none. */
  missed(lineItem: string): number;
}

export const NOTHING_HEARD: Heard = { written: () => [], deleter: () => undefined, missed: () => 0 };
