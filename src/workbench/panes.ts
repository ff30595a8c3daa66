import { formatInstant } from '../core/date-time.ts';
import type { JsonObject } from '../core/json.ts';
import type { LawName, Sample } from '../core/laws.ts';
import type { Lens } from '../core/lens.ts';
import { writtenEarlier } from '../core/migration-law.ts';

/** Documents as they stand in the panes of a workbench: what is mapped, over what, and in which context. */
export interface Panes {
  readonly direction: 'oneroster' | 'ags';
  readonly document: JsonObject;
  /** The OneRoster document as it stands. */
  readonly base?: JsonObject;
  readonly context: JsonObject;
  /** ISO 8601. */
  readonly now: string;
}

/**
 * The last write of a law, laid out so that a person sees its loss: the document in hand, and what stands by then.
 *
 * @example panesOf('retry', lens, sample).base // what the first write has left
 */
export function panesOf(law: LawName, lens: Lens, sample: Sample): Panes {
  return {
    direction: 'oneroster',
    context: sample.context,
    now: formatInstant(law === 'retry' ? sample.later : sample.now) ?? '1970-01-01T00:00:00Z',
    ...LAYOUTS[law](lens, sample),
  };
}

type Layout = (lens: Lens, sample: Sample) => Pick<Panes, 'document' | 'base'>;

const over = (base: JsonObject | undefined): { readonly base?: JsonObject } => (base ? { base } : {});

const asGiven: Layout = (_lens, { first, base }) => ({ document: first, ...over(base) });

function written(lens: Lens, { first, base, context, now }: Sample): JsonObject {
  return lens.toOneRoster(first, { context, now, ...over(base) }).document;
}

const LAYOUTS: Readonly<Record<LawName, Layout>> = {
  'put-get': asGiven,
  keep: asGiven,
  'get-put': (lens, { base }) => ({ document: lens.toAgs(base ?? {}).document, ...over(base) }),
  'put-put': (lens, sample) => ({ document: sample.second, base: written(lens, sample) }),
  // Written back: the document of the earlier version, and what the tool reads of it.
  migrate: (lens, sample) => {
    const base = writtenEarlier(lens, sample);
    return { document: lens.toAgs(base).document, base };
  },
  retry: (lens, sample) => ({ document: sample.first, base: written(lens, sample) }),
};
