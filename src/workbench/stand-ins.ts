import { instantOf, isDate } from '../core/date-time.ts';
import { WROTE_MARK } from '../core/identity.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import type { Lens } from '../core/lens.ts';
import type { Operation } from '../core/operation.ts';
import { parsePointer, withValue } from '../core/pointer.ts';
import type { RecordedRequest } from './recorded-request.ts';

/** What is shown in place of a value that may be a student's. */
export const REDACTED = '•••';

/**
 * Recorded writes with a stand-in for each value, the same for all of its kind: numbers, dates, texts. Whatever a mapping makes of
 * them says nothing of what was recorded but its structure. The words that the active mapping has a table for stay, in the members
 * that its tables are of: progress and status.
 *
 * @example standInsFor([request], active)[0]?.operation // { kind: 'postScore', score: { scoreGiven: 1, comment: '•••', … }, … }
 */
export function standInsFor(requests: readonly RecordedRequest[], active: Lens): readonly RecordedRequest[] {
  const kept = vocabularyOf(active);
  const stand = (document: JsonObject): JsonObject => standIn(document, '', kept) as JsonObject;
  return requests.map(({ operation, base, values, lineItem, ...request }) => ({
    ...request,
    operation: operationOf(operation, stand),
    values: stand(values),
    // Digests of values; the documents count as written by the rows of now.
    ...(base && { base: stand(withValue(base, WROTE_MARK, undefined)) }),
    ...(lineItem && { lineItem: stand(lineItem) }),
  }));
}

function operationOf(operation: Operation, stand: (document: JsonObject) => JsonObject): Operation {
  if (operation.kind === 'postScore') return { ...operation, score: stand(operation.score) };
  if (operation.kind !== 'createLineItem' && operation.kind !== 'replaceLineItem') return operation;
  return { ...operation, lineItem: stand(operation.lineItem) };
}

interface Vocabulary {
  readonly members: ReadonlySet<string>;
  readonly words: ReadonlySet<Json>;
}

/** Of AGS, which a mapping of results has as one word, and of OneRoster. */
const MEMBERS = ['activityProgress', 'gradingProgress', 'status'];
const STATUSES = ['active', 'tobedeleted'];

function vocabularyOf({ plan }: Lens): Vocabulary {
  const [members, words] = [new Set(MEMBERS), new Set<Json>(STATUSES)];
  for (const row of [...plan.pairs, ...plan.givens]) {
    const { ags, oneroster } = row.codec;
    if (typeof ags !== 'object' || typeof oneroster !== 'object') continue;
    for (const word of [...ags.oneOf, ...oneroster.oneOf]) {
      if (typeof word !== 'string') continue;
      for (const part of [word, ...word.split(' ')]) words.add(part);
    }
    const from = 'from' in row ? row.from : undefined;
    for (const name of [from, lastOf(row.oneroster), 'ags' in row ? lastOf(row.ags) : undefined])
      if (name !== undefined) members.add(name);
  }
  return { members, words };
}

function lastOf(pointer: string): string | undefined {
  return parsePointer(pointer)?.at(-1);
}

function standIn(value: Json, member: string, kept: Vocabulary): Json {
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((item: Json) => standIn(item, member, kept));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, standIn(item, memberOf(name, member), kept)]),
    );
  if (typeof value === 'boolean') return true;
  if (typeof value === 'number') return 1;
  const text = String(value);
  return kept.members.has(member) && kept.words.has(text) ? text : textFor(text);
}

/** The stash remembers a row by its pointer: `{ "/progress": { "was": …, "wrote": … } }`. */
function memberOf(name: string, holder: string): string {
  if (name === 'was' || name === 'wrote') return holder;
  return name.startsWith('/') ? (lastOf(name) ?? name) : name;
}

/** Texts that codecs tell apart by their form. */
function textFor(text: string): string {
  if (isDate(text)) return '2026-01-01';
  if (instantOf(text) !== undefined) return '2026-01-01T00:00:00Z';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? '1' : REDACTED;
}
