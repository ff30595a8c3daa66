import { instantOf } from './date-time.ts';
import { type Difference, difference } from './laws.ts';
import type { Lens } from './lens.ts';

/** An example of a mapping that does not hold. */
export interface BrokenExample {
  readonly index: number;
  readonly title: string;
  readonly direction: 'oneroster' | 'ags';
  readonly difference: Difference;
}

/**
 * Tries every example of a mapping in both directions.
 *
 * @throws GradebridgeError UNMAPPABLE when an example does not fit its own mapping
 * @example tryExamples(lens).length === 0
 */
export function tryExamples(lens: Lens): readonly BrokenExample[] {
  return (lens.plan.mapping.examples ?? []).flatMap((example, index) => {
    const { title, ags, oneroster, base, context = {}, now = '1970-01-01T00:00:00Z' } = example;
    const written = lens.toOneRoster(ags, { context, now: instantOf(now) ?? 0, ...(base && { base }) });
    const there = difference(oneroster, written.document);
    const back = difference(ags, lens.toAgs(oneroster).document);
    return [
      ...(there ? [{ index, title, direction: 'oneroster' as const, difference: there }] : []),
      ...(back ? [{ index, title, direction: 'ags' as const, difference: back }] : []),
    ];
  });
}
