import type { Finding } from '../config/config.ts';
import type { MappingFile } from '../config/cross-check.ts';
import { LAW_SENTENCES } from '../core/laws.ts';
import { type CounterExample, type ProofOptions, prove } from '../proof/prove.ts';

/** Tries the laws on mappings; a mapping that breaks one may not be loaded. */
export function proveAll(mappings: readonly MappingFile[], options: ProofOptions): readonly Finding[] {
  return mappings.flatMap(({ lens, file }) => {
    const broken = prove(lens, options);
    return broken === undefined ? [] : [lawFinding(file, broken)];
  });
}

function lawFinding(file: string, { law, difference, sample, seed }: CounterExample): Finding {
  const { first, second, base, context } = sample;
  const shown = law === 'put-put' ? { base, first, second, context } : { base, document: first, context };
  return {
    file,
    place: difference.pointer || '/',
    message: `breaks the law ${law} (${LAW_SENTENCES[law]}): expected ${show(difference.expected)}, got ${show(difference.actual)}; smallest counter-example: ${JSON.stringify(shown)}`,
    remedy: `add a stash, change the row, or say what it loses with "lossy"; --seed ${seed} shows this again`,
  };
}

/** A value for people: `show(undefined)` is `nothing`. */
export function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
