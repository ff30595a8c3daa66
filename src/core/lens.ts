import type { Json, JsonObject } from './json.ts';
import type { Mapping } from './mapping.ts';
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
 * @returns the lens, or every problem of the mapping
 * @example const compiled = compile(mapping); if ('lens' in compiled) compiled.lens.toAgs(lineItem).document.label
 */
export function compile(
  mapping: Mapping,
): { readonly lens: Lens } | { readonly problems: readonly MappingProblem[] } {
  const planned = planMapping(mapping);
  if ('problems' in planned) return planned;
  const { plan } = planned;
  const rowOf = new Map(plan.pairs.map((pair) => [pair.ags, pair]));
  return {
    lens: {
      plan,
      toOneRoster: (document, options) => write(plan, document, options),
      toAgs: (document) => view(plan, document),
      read: (document, pointer) => {
        const row = rowOf.get(pointer);
        return row ? readRow(plan, document, row) : readMember(plan, document, parsePointer(pointer));
      },
    },
  };
}
