import type { Json, JsonObject } from './json.ts';
import type { Mapping } from './mapping.ts';
import { currentForm } from './migrate.ts';
import { type MappingProblem, type Plan, planMapping } from './plan.ts';
import { parsePointer } from './pointer.ts';
import type { Translation, WriteOptions } from './translation.ts';
import { readMember, readRow, view } from './view.ts';
import { write } from './write.ts';

export type { Note, Translation, WriteOptions } from './translation.ts';

/** A compiled mapping: two pure functions, and the plan that they run. */
export interface Lens {
  readonly plan: Plan;
  /**
   * The OneRoster document for a tool's document, written over the base.
   *
   * @throws GradebridgeError UNMAPPABLE with every problem of the document
   */
  toOneRoster(document: JsonObject, options: WriteOptions): Translation;
  /** The tool's document for a OneRoster document. Never throws: a value that cannot be read is left out, with a note. */
  toAgs(document: JsonObject): Translation;
  /** The one member that a pointer names in the tool's document, without making the whole of it. */
  read(document: JsonObject, agsPointer: string): Json | undefined;
}

/**
 * Compiles a mapping into a lens.
 *
 * @param earlier versions whose documents may still stand, newest first; those of other resources are left out
 * @returns the lens, or every problem of the mapping
 * @example const compiled = compile(mapping); if ('lens' in compiled) compiled.lens.toAgs(lineItem).document.label
 */
export function compile(
  mapping: Mapping,
  earlier: readonly Plan[] = [],
): { readonly lens: Lens } | { readonly problems: readonly MappingProblem[] } {
  const planned = planMapping(mapping);
  return 'problems' in planned ? planned : { lens: lensOf(planned.plan, earlier) };
}

/**
 * The lens of a plan, which also reads what earlier versions have written.
 *
 * @example lensOf(lens.plan, [shipped.plan]).toAgs(written).document
 */
export function lensOf(planned: Plan, earlier: readonly Plan[] = []): Lens {
  const plan: Plan = { ...planned, earlier: earlierOf(planned, earlier) };
  const rowOf = new Map(plan.pairs.map((pair) => [pair.ags, pair]));
  return {
    plan,
    toOneRoster: (document, options) => {
      const base = options.base && currentForm(plan, options.base);
      return write(plan, document, base === options.base ? options : { ...options, ...(base && { base }) });
    },
    toAgs: (document) => view(plan, currentForm(plan, document)),
    read: (document, pointer) => {
      const [row, current] = [rowOf.get(pointer), currentForm(plan, document)];
      return row ? readRow(plan, current, row) : readMember(plan, current, parsePointer(pointer));
    },
  };
}

function earlierOf({ mapping, digest }: Plan, earlier: readonly Plan[]): ReadonlyMap<string, Plan> {
  const found = new Map<string, Plan>();
  for (const plan of earlier) {
    const isOther = plan.mapping.resource === mapping.resource && plan.digest !== digest;
    if (isOther && !found.has(plan.digest)) found.set(plan.digest, plan);
  }
  return found;
}
