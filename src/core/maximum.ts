import { isEmpty, type Json, type JsonObject } from './json.ts';
import type { Lens } from './lens.ts';
import { currentForm } from './migrate.ts';
import { valueAt } from './pointer.ts';
import { saidAt } from './view.ts';

/**
 * The maximum of a line item as OneRoster holds it. What a tool is shown in place of none is for its eyes only (AGS §3.2.8 wants
 * some): a grade must not be scaled by it.
 *
 * @returns `absent` when there is none, `unreadable` when something stands there that is no maximum
 * @example maximumOf(lens, { resultValueMax: 'ten' }) // 'unreadable'
 */
export function maximumOf(lens: Lens, lineItem: JsonObject): number | 'absent' | 'unreadable' {
  const row = lens.plan.pairs.find(({ ags }) => ags === '/scoreMaximum');
  const said = row
    ? saidAt(lens.plan, currentForm(lens.plan, lineItem), row)
    : lens.read(lineItem, '/scoreMaximum');
  if (isMaximum(said)) return said;
  const isThere = row !== undefined && !isEmpty(valueAt(lineItem, row.place.tokens));
  return isThere || !isEmpty(said) ? 'unreadable' : 'absent';
}

function isMaximum(value: Json | undefined): value is number {
  return typeof value === 'number' && value > 0;
}
