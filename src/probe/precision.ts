import { instantOf } from '../core/date-time.ts';
import { type JsonObject, own } from '../core/json.ts';
import { type Exchange, objectIn } from './exchange.ts';
import type { Judgement } from './row.ts';

/** How exactly a date is kept; `moved` when it comes back as another one, or not at all. */
export type Precision = 'millisecond' | 'second' | 'day' | 'moved';

/** From the most exact to the least: what of two dates must be equal. Milliseconds. */
const UNITS: readonly (readonly [Precision, number])[] = [
  ['millisecond', 1],
  ['second', 1_000],
  ['day', 86_400_000],
];

/** How exactly members that are dates come back: the least exact of them decides. */
export function precisionOf(
  written: Exchange | undefined,
  read: Exchange | undefined,
  members: readonly string[],
): Judgement<Precision> {
  const [sent, found] = [written?.sent, objectIn(read)];
  const words = members.map((member) => precisionOfOne(textOf(sent, member), textOf(found, member)));
  const order: readonly Precision[] = ['moved', 'day', 'second', 'millisecond'];
  const word = order.find((candidate) => words.includes(candidate)) ?? 'moved';
  const shown = members.map((member) => `${textOf(sent, member)} → ${textOf(found, member)}`);
  return word === 'millisecond' ? { word } : { word, detail: shown.join(', ') };
}

/** @example precisionOfOne('2020-01-16T10:20:30.789Z', '2020-01-16') // 'day' */
export function precisionOfOne(written: string | undefined, read: string | undefined): Precision {
  const [before, after] = [timeOf(written), timeOf(read)];
  if (before === undefined || after === undefined) return 'moved';
  const unit = UNITS.find(([, size]) => Math.floor(before / size) * size === after);
  return unit?.[0] ?? 'moved';
}

/** A bare date is midnight UTC. */
function timeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return instantOf(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
}

function textOf(document: JsonObject | undefined, member: string): string | undefined {
  const value = document && own(document, member);
  return typeof value === 'string' ? value : undefined;
}
