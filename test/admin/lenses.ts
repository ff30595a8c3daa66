import { loadMapping, SHIPPED_MAPPINGS } from '../../src/config/mappings.ts';
import type { Lens } from '../../src/core/lens.ts';

/** The mappings that come with Gradebridge. */
export const LENSES: readonly Lens[] = [
  'line-item',
  'result',
  'assessment-line-item',
  'assessment-result',
].flatMap((name) => {
  const loaded = loadMapping(name, [SHIPPED_MAPPINGS]);
  return 'lens' in loaded ? [loaded.lens] : [];
});
