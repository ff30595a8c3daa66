import fc from 'fast-check';
import { isEmpty, isObject, type Json, type JsonObject } from '../core/json.ts';
import type { Sample } from '../core/laws.ts';
import type { Lens } from '../core/lens.ts';
import { valueAt, withValue } from '../core/pointer.ts';
import { contextOf, foreignDocument, inContext, standing, toolDocument } from './documents.ts';
import { type EarlierWrite, earlierOf, writesOfEarlier } from './earlier-writes.ts';
import { instant } from './values.ts';

const DAY = 86_400_000;

/**
 * Samples for the laws of one mapping: new documents, documents of others, and documents that a tool has written and
 * others have edited since; written over by documents of any kind and by documents close to what stands there.
 *
 * @example fc.assert(fc.property(samples(lens), (sample) => tryLaw('keep', lens, sample) === undefined))
 */
export function samples(lens: Lens): fc.Arbitrary<Sample> {
  const { pairs } = lens.plan;
  const tool = toolDocument(lens);
  const rows = fc.array(fc.nat(Math.max(0, pairs.length - 1)), { maxLength: 2 });
  return fc
    .record({
      context: contextOf(lens),
      origin: fc.constantFrom<Origin>('new', 'foreign', 'lived', 'lived'),
      foreign: foreignDocument(lens),
      earlier: tool,
      edits: fc.tuple(...pairs.map(standing)),
      edited: rows,
      isRespelled: fc.boolean(),
      first: tool,
      second: tool,
      near: rows,
      isNear: fc.boolean(),
      now: instant,
      later: instant,
      // The last, so that the other documents are the same whichever versions are known.
      versions: writesOfEarlier(lens),
    })
    .map((seed) => sampleOf(lens, seed));
}

type Origin = 'new' | 'foreign' | 'lived';

interface Seed {
  readonly context: JsonObject;
  readonly origin: Origin;
  readonly foreign: JsonObject;
  readonly earlier: JsonObject;
  /** By row, what somebody writes in OneRoster after the tool. */
  readonly edits: readonly (Json | undefined)[];
  readonly edited: readonly number[];
  readonly isRespelled: boolean;
  readonly first: JsonObject;
  readonly second: JsonObject;
  readonly near: readonly number[];
  readonly isNear: boolean;
  readonly now: number;
  readonly later: number;
  readonly versions: EarlierWrite | undefined;
}

function sampleOf(lens: Lens, seed: Seed): Sample {
  const { context, now, later, second } = seed;
  const base = baseOf(lens, seed);
  const first = base && seed.isNear ? nearTo(lens, lens.toAgs(base).document, seed) : seed.first;
  const earlier = seed.versions && earlierOf(seed.versions, context);
  return { first, second, context, now, later, ...(base && { base }), ...(earlier && { earlier }) };
}

function baseOf(lens: Lens, seed: Seed): JsonObject | undefined {
  if (seed.origin === 'new') return undefined;
  const { context, edits } = seed;
  const base = inContext(lens, seed.foreign, context);
  if (seed.origin === 'foreign') return base;
  const { document } = lens.toOneRoster(seed.earlier, { base, context, now: seed.now - DAY });
  const standing = seed.isRespelled ? respelled(lens, document) : document;
  return seed.edited.reduce((whole, index) => {
    const value = edits[index];
    const pair = lens.plan.pairs[index];
    return pair === undefined || value === undefined ? whole : withValue(whole, pair.place.tokens, value);
  }, standing);
}

/** The document as an upstream gives it back that has its own way to write what means the same. */
function respelled(lens: Lens, document: JsonObject): JsonObject {
  let after = document;
  for (const { codec, place } of [...lens.plan.pairs, ...lens.plan.givens]) {
    const value = valueAt(document, place.tokens);
    const other = typeof value === 'string' ? value.replace(/(:\d\d)Z$/, '$1.000Z') : withType(value);
    if (!isEmpty(value) && !isEmpty(other) && codec.same(value, other)) {
      after = withValue(after, place.tokens, other);
    }
  }
  return after;
}

function withType(value: Json | undefined): Json | undefined {
  return isObject(value) ? { ...value, type: 'respelled' } : value;
}

/** What the tool would read, with one or two members changed: the commonest PUT there is. */
function nearTo(lens: Lens, read: JsonObject, { near, first }: Seed): JsonObject {
  let document = read;
  for (const index of near) {
    const tokens = lens.plan.pairs[index]?.agsPlace.tokens ?? [];
    document = withValue(document, tokens, valueAt(first, tokens));
  }
  return document;
}
