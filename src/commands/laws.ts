import type { Finding } from '../config/config.ts';
import type { LoadedMapping } from '../config/mappings.ts';
import { LAW_SENTENCES, type LawName, type Sample } from '../core/laws.ts';
import { lensOf } from '../core/lens.ts';
import { type CounterExample, type ProofOptions, prove, seedOf } from '../proof/prove.ts';
import { unmappable } from '../workbench/judge.ts';

type Provable = Pick<LoadedMapping, 'lens' | 'file'>;

/** Tries the laws on mappings; a mapping that breaks one may not be loaded. */
export function proveAll(mappings: readonly Provable[], options: ProofOptions): readonly Finding[] {
  return mappings.flatMap((mapping) => proveOne(mapping, options));
}

/** Enough to find a loss that is not declared, in well under a second; `gradebridge check` tries more. */
const RUNS_AT_START = 300;

/**
 * The same for a gateway that starts: always with the same documents, those of an activation among them, so that it starts
 * today if it did yesterday.
 */
export function proveAtStart(mappings: readonly Provable[]): readonly Finding[] {
  return mappings.flatMap((mapping) =>
    // Without the versions before: a gateway does not stay away because of what was activated long ago.
    proveOne(
      { ...mapping, lens: lensOf(mapping.lens.plan) },
      { runs: RUNS_AT_START, seed: seedOf(mapping.lens) },
    ),
  );
}

function proveOne({ lens, file }: Provable, options: ProofOptions): readonly Finding[] {
  try {
    const broken = prove(lens, options);
    return broken === undefined ? [] : [lawFinding(file, broken)];
  } catch (error) {
    return unmappable(error).map(({ message, remedy }) => ({ file, place: '/fields', message, remedy }));
  }
}

function lawFinding(file: string, { law, difference, sample, seed }: CounterExample): Finding {
  const shown = documentsOf(law, sample);
  return {
    file,
    place: difference.pointer || '/',
    message: `breaks the law ${law} (${LAW_SENTENCES[law]}): expected ${show(difference.expected)}, got ${show(difference.actual)}; smallest counter-example: ${JSON.stringify(shown)}`,
    remedy: `add a stash, change the row, or say what it loses with "lossy"; --seed ${seed} shows this again`,
  };
}

/** The documents of a counter-example that the law is about. */
function documentsOf(law: LawName, { first, second, base, context, earlier }: Sample): object {
  if (law === 'put-put') return { base, first, second, context };
  if (law === 'migrate') return { ...earlier, context };
  return { base, document: first, context };
}

/** A value for people: `show(undefined)` is `nothing`. */
export function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
