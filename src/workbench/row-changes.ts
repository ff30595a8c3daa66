import { equal, type Json } from '../core/json.ts';
import type { Mapping, MappingRow } from '../core/mapping.ts';

/** What two versions of a mapping have otherwise. A row is known by its place in OneRoster, which no other row writes. */
export interface RowChange {
  readonly change: 'added' | 'removed' | 'changed';
  /** The place of a row, or the name of another member of the mapping. */
  readonly what: string;
  /** Numbers of the row, from 0. */
  readonly rowBefore?: number;
  readonly rowAfter?: number;
  readonly before?: Json;
  readonly after?: Json;
  /** What it means for documents that stand: where a value goes with their next write. */
  readonly moves?: string;
}

/** Members of a mapping beside its rows that can be otherwise. */
const MEMBERS = ['resource', 'description', 'stash', 'lossy', 'examples'] as const;

/**
 * What changed between two versions, row by row.
 *
 * @example rowChanges(shipped, draft) // [{ change: 'added', what: '/metadata/maxAttempts', rowAfter: 13, after: { … } }]
 */
export function rowChanges(before: Mapping, after: Mapping): readonly RowChange[] {
  const [old, young] = [rowsOf(before), rowsOf(after)];
  const places = new Set([...old.keys(), ...young.keys()]);
  const rows = [...places].flatMap((place) => changeOf(place, old.get(place), young.get(place)));
  const members = MEMBERS.flatMap((member) => changeOf(member, sided(before[member]), sided(after[member])));
  return [...members, ...rows].map((change) => {
    const moves = movedBy(change, { before, after });
    return moves === undefined ? change : { ...change, moves };
  });
}

/** Where the value of a row that comes or goes is taken from, or put. A row that moved is told once, where it comes. */
function movedBy(
  { change, what }: RowChange,
  { before, after }: { readonly before: Mapping; readonly after: Mapping },
): string | undefined {
  const [old, young] = [before, after].map(({ fields }) => fields.find((row) => row.oneroster === what));
  const placeIn = ({ fields, stash }: Mapping, ags: string): string =>
    fields.find((row) => row.ags === ags)?.oneroster ?? (stash ? `the stash ${stash.oneroster}` : 'nowhere');
  if (what === 'stash') return `what no row names goes to ${after.stash?.oneroster ?? 'nowhere'}`;
  if (young?.ags !== undefined && young.ags !== old?.ags)
    return `${young.ags} comes from ${placeIn(before, young.ags)}`;
  if (old?.ags !== undefined && change === 'removed') return `${old.ags} goes to ${placeIn(after, old.ags)}`;
  return undefined;
}

interface Side {
  readonly row?: number;
  readonly value: Json;
}

function sided(value: unknown): Side | undefined {
  return value === undefined ? undefined : { value: value as Json };
}

function rowsOf({ fields }: Mapping): ReadonlyMap<string, Side> {
  const rows = fields.map(
    (value: MappingRow, row) => [value.oneroster ?? `row ${row}`, { row, value }] as const,
  );
  return new Map(rows) as unknown as ReadonlyMap<string, Side>;
}

function changeOf(what: string, before: Side | undefined, after: Side | undefined): readonly RowChange[] {
  if (equal(before?.value, after?.value)) return [];
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  return [
    {
      change,
      what,
      ...(before?.row !== undefined && { rowBefore: before.row }),
      ...(after?.row !== undefined && { rowAfter: after.row }),
      ...(before && { before: before.value }),
      ...(after && { after: after.value }),
    },
  ];
}
