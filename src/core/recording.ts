import type { Json, JsonObject } from './json.ts';
import type { Operation } from './operation.ts';
import type { Note } from './translation.ts';

/** One exchange with OneRoster for a request. Times are milliseconds since 1970. */
export interface RecordedCall {
  readonly method: string;
  readonly url: string;
  readonly at: number;
  readonly milliseconds: number;
  /** The body that was sent. */
  readonly sent?: Json | undefined;
  /** Absent when there was no answer; `fault` says why. */
  readonly status?: number | undefined;
  readonly fault?: string | undefined;
  /** The body that came, as text; absent when it was empty or too large to be kept. */
  readonly text?: string | undefined;
}

/**
 * What a request leaves behind for somebody who looks later: references to what there was anyway, in the order in which it came.
 * It is made when there is a console, and absent otherwise.
 */
export interface Recording {
  /** Path and query as the tool has sent them. */
  readonly url: string;
  body?: Json;
  /** When the request was understood. Milliseconds since 1970. */
  validatedAt?: number;
  /** When the first document for OneRoster was made. */
  mappedAt?: number;
  /** What the request asks for. */
  operation?: Operation;
  /** What the mapping of its write was given besides the tool's words. */
  mapping?: RecordedMapping;
  notes: Note[];
  calls: RecordedCall[];
  /** The body of the answer. */
  said?: string;
  /** Characters that may still be kept. */
  room: number;
  /** Whether something was too large to be kept. */
  isCut: boolean;
}

/** What a write was mapped over, and with: enough to map it once more. */
export interface RecordedMapping {
  /** The OneRoster document as it stood; absent for a new one. */
  readonly base: JsonObject;
  /** What `$context.NAME` stood for. */
  readonly values: JsonObject;
  /** Milliseconds since 1970, for `$now`. */
  readonly now: number;
  /** Of a score: its line item in AGS words. */
  readonly lineItem?: JsonObject | undefined;
}

/** Characters that one request may leave behind: a score and its four calls have some five thousand. */
export const RECORDING_ROOM = 131_072;
const MOST_CALLS = 100;
const MOST_NOTES = 200;

/** @example const recording = newRecording('/lti/contexts/math-101/lineitems') */
export function newRecording(url: string): Recording {
  return { url, notes: [], calls: [], room: RECORDING_ROOM, isCut: false };
}

/** Keeps a text, when there is room for it. */
export function keepText(recording: Recording, text: string): string | undefined {
  if (text === '' || text.length > recording.room) return undefined;
  recording.room -= text.length;
  return text;
}

/** Keeps the tool's body, when there is room for it: `size` is what it was in bytes. */
export function keepBody(recording: Recording, body: Json, size: number): void {
  if (!(size <= recording.room)) return;
  recording.room -= size;
  recording.body = body;
}

/**
 * Keeps a call. What was sent counts by the length of its text.
 *
 * @param texts of the body that was sent, and of the one that came
 */
export function keepCall(
  recording: Recording,
  call: Omit<RecordedCall, 'text'>,
  texts: { readonly sent?: string | undefined; readonly came?: string | undefined },
): void {
  if (recording.calls.length >= MOST_CALLS) return;
  const isKept = texts.sent === undefined || keepText(recording, texts.sent) !== undefined;
  const text = texts.came === undefined ? undefined : keepText(recording, texts.came);
  if (!isKept || (texts.came && text === undefined)) recording.isCut = true;
  recording.calls.push({ ...call, sent: isKept ? call.sent : undefined, text });
}

/** Keeps what a write was mapped with: what of it is large was in a call that was kept. */
export function keepMapping(recording: Recording, mapping: RecordedMapping): void {
  if (!recording.isCut) recording.mapping = mapping;
}

/** Keeps what a mapping did. */
export function keepNotes(recording: Recording, notes: readonly Note[], now: number): void {
  recording.mappedAt ??= now;
  for (const note of notes) if (recording.notes.length < MOST_NOTES) recording.notes.push(note);
}
