import { instantOf } from './date-time.ts';
import { equal, isEmpty, isObject, type Json, type JsonObject, own } from './json.ts';
import { numberIn } from './numbers.ts';

/**
 * What lies in the store of one object whose metadata OneRoster does not keep: the metadata of its last write, and beside
 * it that of a write which has been begun and of which nobody has said yet that it was done.
 */
export interface Shelved {
  readonly metadata?: JsonObject | undefined;
  /** What OneRoster has kept of it, as it said then; absent when it did not say. */
  readonly kept?: JsonObject | undefined;
  readonly attempt?: Attempt | undefined;
}

/** A write whose end is not known. */
export interface Attempt {
  readonly metadata?: JsonObject | undefined;
  /** What was to be written, without its metadata. */
  readonly document: JsonObject;
  /** What stood in OneRoster before, without its metadata; absent when nothing did. */
  readonly before?: JsonObject | undefined;
}

/**
 * An object as OneRoster would give it if it kept metadata. What somebody has changed there of the part that it does keep
 * is shown as it stands.
 *
 * @example withShelved({ sourcedId: 'li-1' }, { metadata: { ltiTool: 'quizzer' } }).metadata // { ltiTool: 'quizzer' }
 */
export function withShelved(document: JsonObject, shelved: Shelved | undefined): JsonObject {
  if (shelved === undefined) return document;
  const { metadata = {}, kept } = settled(document, shelved);
  const standing = metadataOf(document) ?? {};
  const names = new Set([...Object.keys(metadata), ...Object.keys(standing)]);
  const members = [...names].map((name): [string, Json | undefined] => {
    const [mine, theirs] = [own(metadata, name), own(standing, name)];
    // Nobody knows what was kept: what OneRoster holds may be a poorer form of it.
    const isTheirs = kept === undefined ? mine === undefined : !equal(theirs, own(kept, name));
    return [name, isTheirs ? theirs : mine === undefined ? theirs : mine];
  });
  const whole = members.filter((member): member is [string, Json] => member[1] !== undefined);
  if (whole.length === 0) return document;
  return { ...document, metadata: Object.fromEntries(whole) };
}

/** What is laid down before a write, so that both outcomes can be told apart afterwards. */
export function begun(
  write: JsonObject,
  before: { readonly document: JsonObject; readonly shelved: Shelved | undefined } | undefined,
): Shelved {
  const attempt = { metadata: metadataOf(write), document: withoutMetadata(write) };
  if (before === undefined) return { attempt };
  const { document, shelved } = before;
  const { metadata, kept } = shelved === undefined ? {} : settled(document, shelved);
  return { metadata, kept, attempt: { ...attempt, before: withoutMetadata(document) } };
}

/**
 * What lies in the store once a write is done.
 *
 * @param answered the object as OneRoster holds it now, when it said
 * @returns undefined when there is nothing to keep
 */
export function done(write: JsonObject, answered: JsonObject | undefined): Shelved | undefined {
  const metadata = metadataOf(write);
  return metadata && { metadata, kept: answered && (metadataOf(answered) ?? {}) };
}

/** The metadata that belongs to what OneRoster holds: that of a write without an end only when it has arrived there. */
function settled(document: JsonObject, { metadata, kept, attempt }: Shelved): Omit<Shelved, 'attempt'> {
  if (attempt === undefined || !hasArrived(attempt, document)) return { metadata, kept };
  return { metadata: attempt.metadata };
}

/**
 * Whether OneRoster holds what a write would have changed there. A write that would have changed nothing but metadata
 * counts as arrived: no document can contradict it.
 */
function hasArrived({ document, before }: Attempt, standing: JsonObject): boolean {
  if (before === undefined) return true;
  const names = [...new Set([...Object.keys(document), ...Object.keys(before)])];
  const changed = names.filter(
    (name) => name !== 'dateLastModified' && !agree(own(document, name), own(before, name)),
  );
  return changed.length === 0 || changed.some((name) => agree(own(document, name), own(standing, name)));
}

/** Whether two values of a OneRoster member mean the same, however a service spells them. */
function agree(one: Json | undefined, other: Json | undefined): boolean {
  if (isEmpty(one) || isEmpty(other)) return isEmpty(one) && isEmpty(other);
  if (typeof one === 'string' && typeof other === 'string' && (one === other || sameTime(one, other)))
    return true;
  if (isObject(one) && isObject(other) && own(one, 'sourcedId') !== undefined)
    return own(one, 'sourcedId') === own(other, 'sourcedId');
  return equal(numberIn(one) ?? one, numberIn(other) ?? other);
}

/** A date is the same as a time of that day: OneRoster 1.2 has scoreDate as a date, Timeback as a time. */
function sameTime(one: string, other: string): boolean {
  if (isDay(one, other) || isDay(other, one)) return true;
  const [instant, another] = [instantOf(one), instantOf(other)];
  return instant !== undefined && instant === another;
}

function isDay(day: string, time: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(day) && time.startsWith(`${day}T`);
}

/** The metadata of an object, undefined when there is none in it: `metadataOf({ metadata: {} })`. */
export function metadataOf(document: JsonObject): JsonObject | undefined {
  const metadata = own(document, 'metadata');
  return isObject(metadata) && Object.keys(metadata).length > 0 ? metadata : undefined;
}

function withoutMetadata({ metadata: _, ...rest }: JsonObject): JsonObject {
  return rest;
}
