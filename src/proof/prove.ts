import fc from 'fast-check';
import { type Difference, LAWS, type LawName, type Sample, tryLaw } from '../core/laws.ts';
import type { Lens } from '../core/lens.ts';
import { samples } from './documents.ts';

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
}

/**
 * Tries every law of the lens on generated documents.
 *
 * @returns the smallest counter-example that was found, undefined when the laws held on all samples
 * @example prove(lens, { runs: 1000 }) === undefined
 */
export function prove(lens: Lens, options: ProofOptions): CounterExample | undefined {
  const seed = options.seed ?? Date.now() % 0x7fffffff;
  const property = fc.property(samples(lens), (sample) => firstBroken(lens, sample) === undefined);
  const run = fc.check(property, { seed, numRuns: options.runs });
  if (!run.failed) return undefined;
  const sample = run.counterexample?.[0];
  const broken = sample && firstBroken(lens, sample);
  if (sample === undefined || broken === undefined)
    throw run.errorInstance ?? new Error('the proof has no result');
  return { ...broken, sample, seed };
}

function firstBroken(lens: Lens, sample: Sample): Pick<CounterExample, 'law' | 'difference'> | undefined {
  for (const law of LAWS) {
    const difference = tryLaw(law, lens, sample);
    if (difference !== undefined) return { law, difference };
  }
  return undefined;
}
