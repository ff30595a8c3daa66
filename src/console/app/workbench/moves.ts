import { parsed } from './draft.ts';

/** One member of a tool's documents whose place in OneRoster is another one under another text. */
export interface Move {
  readonly ags: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Where values that stand already go with their next write: `movesBetween(active, draft)`. Nothing when either text is no mapping.
 *
 * @example movesBetween(active, withRow) // [{ ags: '/tag', from: 'the stash', to: '/metadata/tag' }]
 */
export function movesBetween(before: string, after: string): readonly Move[] {
  const [old, young] = [placesIn(before), placesIn(after)];
  if (old === undefined || young === undefined) return [];
  const names = [...new Set([...old.rows.keys(), ...young.rows.keys()])];
  const moves = names.map((ags) => ({
    ags,
    from: old.rows.get(ags) ?? old.stash,
    to: young.rows.get(ags) ?? young.stash,
  }));
  const stash = { ags: 'what no row names', from: old.stash, to: young.stash };
  return [stash, ...moves].filter(({ from, to }) => from !== to);
}

interface Places {
  readonly rows: ReadonlyMap<string, string>;
  readonly stash: string;
}

function placesIn(text: string): Places | undefined {
  const mapping = parsed(text) as Readonly<Record<string, unknown>> | undefined;
  if (typeof mapping !== 'object' || mapping === null || !Array.isArray(mapping['fields'])) return undefined;
  const rows = (mapping['fields'] as readonly Readonly<Record<string, unknown>>[]).flatMap(
    ({ ags, oneroster }) => (typeof ags === 'string' ? [[ags, String(oneroster)] as const] : []),
  );
  const place = (mapping['stash'] as { readonly oneroster?: unknown } | undefined)?.oneroster;
  return { rows: new Map(rows), stash: place === undefined ? 'nowhere' : `${String(place)} (stash)` };
}
