import { compileText, type MappingFault, plansOf } from '../config/mappings.ts';
import { GradebridgeError } from '../core/errors.ts';
import { type BrokenExample, tryExamples } from '../core/examples.ts';
import type { JsonObject } from '../core/json.ts';
import { type Difference, LAW_SENTENCES, type LawName, type Sample } from '../core/laws.ts';
import { type Lens, lensOf } from '../core/lens.ts';
import type { Plan } from '../core/plan.ts';
import { type LawVerdict, seedOf, tryLaws } from '../proof/prove.ts';
import { type Panes, panesOf } from './panes.ts';

/** Something wrong with the text of a mapping. The place is for people: a pointer with its line, or a line and a column. */
export type Problem = Pick<MappingFault, 'place' | 'message' | 'remedy'> & Partial<MappingFault>;

/** Why a document does not fit the mapping it was tried on, and the row that says so. */
export interface DocumentProblem {
  readonly in: 'document' | 'base' | 'context';
  readonly pointer: string;
  readonly row?: number;
  readonly message: string;
  readonly remedy: string;
}

/** What came of trying one law on generated documents. */
export interface TriedLaw {
  readonly law: LawName;
  readonly sentence: string;
  readonly holds: boolean;
  /** The generated documents that it was tried on. */
  readonly runs: number;
  readonly counterExample?: ShownCounterExample;
}

/** The smallest documents that were found to show a loss. */
export interface ShownCounterExample {
  /** Where to look, when the panes have been tried: what the law wants there, and what is there. */
  readonly difference: Difference;
  readonly sample: Sample;
  /** The last write of the law, to be laid into the panes. */
  readonly panes: Panes;
  /** Finds it again: `gradebridge check --seed N`. */
  readonly seed: number;
}

/** An example of the mapping; `differences` are empty when it holds. */
export interface TriedExample {
  readonly title: string;
  readonly holds: boolean;
  readonly differences: readonly (Difference & { readonly direction: BrokenExample['direction'] })[];
}

/** What a mapping is found to be, before it is used on anything. */
export interface Judged {
  readonly problems: readonly Problem[];
  readonly laws: readonly TriedLaw[];
  readonly examples: readonly TriedExample[];
}

export interface JudgeOptions {
  /** What the mapping must be called; any name is good when none is given. */
  readonly name?: string;
  /** The most generated documents, and milliseconds for them. */
  readonly runs: number;
  readonly milliseconds: number;
  readonly clock: () => number;
  /** Texts that were in force, the newest first; the law `migrate` is tried between them and this one. */
  readonly earlier?: readonly string[];
}

/** More versions than this are not tried: the others differ from the text as the last ones do. */
const MOST_EARLIER = 20;

/**
 * Compiles the text of a mapping, checks its examples, and tries the laws on it.
 *
 * @returns everything that is wrong with it; its lens when it compiles
 * @example judge(text, { runs: 1000, milliseconds: 1000, clock: Date.now }).judged.laws[0]?.holds
 */
export function judge(
  text: string,
  options: JudgeOptions,
): { readonly judged: Judged; readonly lens?: Lens } {
  const compiled = compileText(text, options.name);
  if ('faults' in compiled) {
    return { judged: { problems: compiled.faults, laws: [], examples: [] } };
  }
  const lens = lensOf(compiled.lens.plan, versionsOf(compiled.lens, options.earlier ?? []));
  const problems: Problem[] = [];
  const noted = <Result>(place: string, work: () => readonly Result[]): readonly Result[] => {
    try {
      return work();
    } catch (error) {
      const remedy = 'correct the row; docs/mapping.md describes the language';
      problems.push(
        ...unmappable(error).map(({ pointer, message }) => ({
          place,
          message: `${pointer} ${message}`.trim(),
          remedy,
        })),
      );
      return [];
    }
  };
  const examples = noted('/examples', () => examplesOf(lens));
  const laws = noted('/fields', () => lawsOf(lens, options));
  return { judged: { problems, laws, examples }, lens };
}

/** The versions of the same name among texts: other mappings may lie beside them. */
function versionsOf({ plan: { mapping } }: Lens, texts: readonly string[]): readonly Plan[] {
  const versions = plansOf(texts).filter((version) => version.mapping.name === mapping.name);
  return versions.slice(0, MOST_EARLIER);
}

/** Whether a mapping may be used: `isSound(judged)`. */
export function isSound({ problems, laws, examples }: Judged): boolean {
  return problems.length === 0 && [...laws, ...examples].every(({ holds }) => holds);
}

function examplesOf(lens: Lens): readonly TriedExample[] {
  const broken = tryExamples(lens);
  return (lens.plan.mapping.examples ?? []).map(({ title }, at) => {
    const differences = broken
      .filter(({ index }) => index === at)
      .map(({ direction, difference }) => ({ direction, ...difference }));
    return { title, holds: differences.length === 0, differences };
  });
}

function lawsOf(lens: Lens, options: JudgeOptions): readonly TriedLaw[] {
  return tryLaws(lens, { ...options, seed: seedOf(lens) }).map((verdict) => triedLaw(lens, verdict));
}

function triedLaw(lens: Lens, { counterExample, ...verdict }: LawVerdict): TriedLaw {
  const tried = { ...verdict, sentence: LAW_SENTENCES[verdict.law] };
  if (counterExample === undefined) return tried;
  const { sample, difference, seed } = counterExample;
  return {
    ...tried,
    counterExample: { difference, sample, panes: panesOf(verdict.law, lens, sample), seed },
  };
}

/** Where an issue of a translation lies, by its code. */
const PLACES: Readonly<Record<string, DocumentProblem['in']>> = { context: 'context', blocked: 'base' };
const REMEDIES: Readonly<Record<DocumentProblem['in'], string>> = {
  document: 'change the document, or the codec of the row',
  base: 'take that value out of the OneRoster document, or give the row another place',
  context: 'add the value to the context',
};

/**
 * The problems of a document that does not fit its mapping.
 *
 * @throws what is no such refusal
 */
export function unmappable(error: unknown): readonly DocumentProblem[] {
  if (!(error instanceof GradebridgeError) || error.code !== 'UNMAPPABLE') throw error;
  return (error.details.issues ?? []).map(({ pointer, code, message }) => {
    const where = PLACES[code] ?? 'document';
    const row = /\(row (\d+) of/.exec(message)?.[1];
    const at = row === undefined ? {} : { row: Number(row) };
    return { in: where, pointer, ...at, message, remedy: REMEDIES[where] };
  });
}

/** A context in which each name that the mapping asks for stands for itself. */
export function standIns({ plan }: Lens): JsonObject {
  const names = plan.givens.flatMap(({ from, codec }) => {
    if (from === undefined) return [];
    const word = typeof codec.ags === 'object' ? codec.ags.oneOf[0] : undefined;
    return [[from, word ?? from] as const];
  });
  return Object.fromEntries(names);
}
