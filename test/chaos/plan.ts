import { createRandom, type Random } from './random.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly scores: number;
  readonly pairs: number;
  /** How often a process is ended, most of the time by `kill -9`. */
  readonly kills: number;
  readonly store: 'sqlite' | 'postgres';
  /** `timeouts.late` of the gateway, in milliseconds; shorter than {@link LONGEST_DELAY} it must find something. */
  readonly late: number;
}

/** Milliseconds. A write that is delayed by more than the time-out of a call arrives late. */
export const CALL_TIMEOUT = 300;
export const LONGEST_DELAY = 1_500;
export const LATE = 2_000;

export const LINES = 8;
/** How the ids of line items begin: `line-1`. */
export const LINE_PREFIX = 'line-';
/** The line item's maximum, and what scores are out of: what stands is twice what was given. */
export const LINE_MAXIMUM = 20_000_000;
export const SCORE_MAXIMUM = 10_000_000;
/** What it is changed to; every score of the plan is a whole number on each of them. */
export const MAXIMA = [LINE_MAXIMUM, LINE_MAXIMUM / 2, LINE_MAXIMUM * 2, LINE_MAXIMUM * 5];
const MOST_PER_PAIR = 10_000;

/** One student in one line item. */
export interface Pair {
  readonly number: number;
  readonly line: string;
  readonly student: string;
  /** Whether the tool sends timestamps; on the LTIAAS face it need not. */
  readonly hasTimestamps: boolean;
  /** Whether it sends each score under an Idempotency-Key of its own. */
  readonly hasKeys: boolean;
  /** One after the other; what is in one step is sent at once. */
  readonly steps: readonly (readonly Posting[])[];
}

export type FaceName = 'ags' | 'ltiaas';

/** One score, and how its client goes about it. */
export interface Posting {
  /** The place of the score among those of its pair, by time. */
  readonly index: number;
  readonly face: FaceName;
  /** Milliseconds after which the client no longer waits for the answer. */
  readonly patience: number;
  /** Whether it sends the score again until it is answered. */
  readonly isStubborn: boolean;
}

/** Something that happens when so much of all postings is done. */
export type Incident = { readonly at: number } & (
  | {
      readonly kind: 'end';
      readonly signal: 'SIGKILL' | 'SIGTERM';
      readonly process: number;
      readonly downFor: number;
    }
  | { readonly kind: 'outage'; readonly how: 'down' | 'cut' | 'silent'; readonly milliseconds: number }
);

export interface Plan {
  readonly pairs: readonly Pair[];
  readonly incidents: readonly Incident[];
}

/** Everything that is decided before the run, from the seed alone. */
export function planOf({ seed, scores, pairs, kills, store }: ChaosOptions): Plan {
  const each = Math.max(1, Math.round(scores / pairs));
  const random = createRandom(seed, 'incidents');
  const processes = processesOf(store);
  return {
    pairs: Array.from({ length: pairs }, (_, index) =>
      planPair(index + 1, each, createRandom(seed, 'pair', index + 1)),
    ),
    incidents: [
      ...Array.from(
        { length: kills },
        (): Incident => ({
          at: 0.03 + 0.95 * random.next(),
          kind: 'end',
          signal: random.chance(0.75) ? 'SIGKILL' : 'SIGTERM',
          process: random.between(0, processes - 1),
          downFor: random.between(0, 400),
        }),
      ),
      ...Array.from(
        { length: Math.ceil(kills / 2) },
        (): Incident => ({
          at: 0.03 + 0.9 * random.next(),
          kind: 'outage',
          how: random.pick(['down', 'cut', 'silent']),
          milliseconds: random.between(200, 1_500),
        }),
      ),
    ].sort((one, other) => one.at - other.at),
  };
}

/** SQLite has one process; two share PostgreSQL. */
export function processesOf(store: ChaosOptions['store']): number {
  return store === 'sqlite' ? 1 : 2;
}

export function studentsOf(pairs: number): number {
  return Math.ceil(pairs / LINES);
}

function planPair(number: number, scores: number, random: Random): Pair {
  const hasTimestamps = !random.chance(0.2);
  const hasKeys = random.chance(0.2);
  const student = `student-${Math.floor((number - 1) / LINES) + 1}`;
  const pair = { number, line: `line-${((number - 1) % LINES) + 1}`, student, hasTimestamps, hasKeys };
  const indexes = Array.from({ length: scores }, (_, index) => index + 1);
  // Without timestamps the order of sending is all there is: one after the other, each until it is answered.
  if (!hasTimestamps) return { ...pair, steps: indexes.map((index) => [unstamped(index, random)]) };
  const steps: Posting[][] = [];
  for (const index of crossed(indexes, random)) {
    const posting = stamped(index, random);
    if (steps.length > 0 && random.chance(0.2)) steps.at(-1)?.push(posting);
    else steps.push([posting]);
    // Repeated after its answer, as a client does that has lost it.
    if (random.chance(0.06)) steps.push([stamped(index, random)]);
  }
  return { ...pair, steps };
}

/** Some come later than they should, so that they are older than what stands. */
function crossed(indexes: readonly number[], random: Random): readonly number[] {
  const places = indexes.map((index) => ({
    index,
    place: index + (random.chance(0.15) ? random.between(1, 3) + 0.5 : 0),
  }));
  return places.sort((one, other) => one.place - other.place).map(({ index }) => index);
}

function stamped(index: number, random: Random): Posting {
  const isHasty = random.chance(0.15);
  return {
    index,
    face: random.pick(['ags', 'ltiaas']),
    patience: isHasty ? random.between(30, 400) : 5_000,
    isStubborn: !random.chance(0.12),
  };
}

function unstamped(index: number, random: Random): Posting {
  const patience = random.chance(0.2) ? random.between(30, 400) : 5_000;
  return { index, face: 'ltiaas', patience, isStubborn: true };
}

/** A score says by its value and its comment whose it is, and which. */
export function scoreOf({ number, student, hasTimestamps }: Pair, index: number): Record<string, unknown> {
  return {
    userId: student,
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
    scoreGiven: number * MOST_PER_PAIR + index,
    scoreMaximum: SCORE_MAXIMUM,
    comment: commentOf(number, index),
    ...(hasTimestamps && { timestamp: timestampOf(index) }),
  };
}

export function commentOf(pair: number, index: number): string {
  return `pair ${pair}, score ${index}`;
}

/** Whose score a result holds, by its comment: `readComment('pair 12, score 3') // { pair: 12, index: 3 }`. */
export function readComment(comment: string): { readonly pair: number; readonly index: number } {
  const [, pair, index] = /^pair (\d+), score (\d+)$/.exec(comment) ?? [];
  return { pair: Number(pair), index: Number(index) };
}

/** Two to a millisecond: the digits beyond it decide. */
export function timestampOf(index: number): string {
  const millisecond = new Date(Date.UTC(2025, 9, 6, 14) + Math.floor(index / 2)).toISOString().slice(0, -1);
  return `${millisecond}${index % 2 === 0 ? '' : '4'}Z`;
}

/** Whose score a result holds, by its value: `{ pair: 12, index: 3 }`. */
export function readValue(score: number): { readonly pair: number; readonly index: number } {
  const given = (score * SCORE_MAXIMUM) / LINE_MAXIMUM;
  return { pair: Math.floor(given / MOST_PER_PAIR), index: given % MOST_PER_PAIR };
}

/** Whether a value is that of a score on another maximum than its line item has in the end. */
export function isOnOtherMaximum(value: number, { pair, index }: ReturnType<typeof readComment>): boolean {
  return MAXIMA.some((maximum) => {
    const read = readValue((value * LINE_MAXIMUM) / maximum);
    return maximum !== LINE_MAXIMUM && read.pair === pair && read.index === index;
  });
}
