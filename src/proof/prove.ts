import { hash } from 'node:crypto';
import fc from 'fast-check';
import { type Difference, LAWS, type LawName, type Sample, tryLaw } from '../core/laws.ts';
import type { Lens } from '../core/lens.ts';
import { samples } from './samples.ts';

/** A law that a mapping breaks, and the smallest documents that were found to show it. */
export interface CounterExample {
  readonly law: LawName;
  readonly sample: Sample;
  readonly difference: Difference;
  /** Passing this seed again finds the same counter-example. */
  readonly seed: number;
}

export interface ProofOptions {
  /** How many generated samples each law is tried on. */
  readonly runs: number;
  readonly seed?: number;
  /** Is told after each sample how many were tried; while a counter-example is made smaller, they are more than `runs`. */
  readonly tried?: (samples: number) => void;
}

/** What came of trying one law. */
export interface LawVerdict {
  readonly law: LawName;
  /** False also when there was no time to try it. */
  readonly holds: boolean;
  /** The samples that it was tried on. */
  readonly runs: number;
  readonly counterExample?: CounterExample;
}

export interface BoundedProofOptions {
  /** The most samples. */
  readonly runs: number;
  readonly seed: number;
  /** How long it may take in all, about. */
  readonly milliseconds: number;
  readonly clock: () => number;
}

/**
 * A seed for a mapping that is the same wherever and whenever it is asked for: what was proved at its activation is proved again
 * by the same documents when a gateway starts with it.
 */
export function seedOf({ plan }: Lens): number {
  return hash('sha256', JSON.stringify(plan.mapping), 'buffer').readUInt32BE(0) & 0x7fffffff;
}

/**
 * Tries every law of the lens on generated documents.
 *
 * @returns the smallest counter-example that was found, undefined when the laws held on all samples
 * @throws GradebridgeError UNMAPPABLE when the mapping cannot write documents of its own rows
 * @example prove(lens, { runs: 1000 }) === undefined
 */
export function prove(lens: Lens, options: ProofOptions): CounterExample | undefined {
  const { runs, seed = Date.now() % 0x7fffffff, tried } = options;
  return search(lens, LAWS, { numRuns: runs, seed, ...(tried && { tried }) }).found;
}

/**
 * The same within some time, with a verdict on each law: when one is broken, the others are tried further.
 *
 * @throws GradebridgeError UNMAPPABLE when the mapping cannot write documents of its own rows
 * @example tryLaws(lens, { runs: 1000, seed: 1, milliseconds: 1000, clock: Date.now }).every(({ holds }) => holds)
 */
export function tryLaws(lens: Lens, options: BoundedProofOptions): readonly LawVerdict[] {
  const { runs, seed, milliseconds, clock } = options;
  const end = clock() + milliseconds;
  const broken = new Map<LawName, LawVerdict>();
  for (;;) {
    const left = LAWS.filter((law) => !broken.has(law));
    const interruptAfterTimeLimit = Math.max(SHORTEST, end - clock());
    const { found, tried } = search(lens, left, { numRuns: runs, seed, interruptAfterTimeLimit });
    if (found === undefined)
      return LAWS.map((law) => broken.get(law) ?? { law, holds: tried > 0, runs: tried });
    broken.set(found.law, { law: found.law, holds: false, runs: tried, counterExample: found });
  }
}

/** Milliseconds that are left for the laws after one that was broken at the very end. */
const SHORTEST = 50;

interface Searched {
  readonly found?: CounterExample;
  readonly tried: number;
}

type SearchOptions = fc.Parameters<[Sample]> & { readonly seed: number } & Pick<ProofOptions, 'tried'>;

function search(lens: Lens, laws: readonly LawName[], { tried, ...parameters }: SearchOptions): Searched {
  let count = 0;
  const property = fc.property(samples(lens), (sample) => {
    count++;
    tried?.(count);
    return firstBroken(lens, laws, sample) === undefined;
  });
  const run = fc.check(property, parameters);
  if (!run.failed) return { tried: run.numRuns };
  const sample = run.counterexample?.[0];
  // The time was over before the first sample.
  if (sample === undefined && run.interrupted) return { tried: 0 };
  const broken = sample && firstBroken(lens, laws, sample);
  if (sample === undefined || broken === undefined)
    throw run.errorInstance ?? new Error('the proof has no result');
  return { found: { ...broken, sample, seed: parameters.seed }, tried: run.numRuns };
}

function firstBroken(
  lens: Lens,
  laws: readonly LawName[],
  sample: Sample,
): Pick<CounterExample, 'law' | 'difference'> | undefined {
  for (const law of laws) {
    const difference = tryLaw(law, lens, sample);
    if (difference !== undefined) return { law, difference };
  }
  return undefined;
}
