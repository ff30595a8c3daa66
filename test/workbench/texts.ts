import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHIPPED_MAPPINGS } from '../../src/config/mappings.ts';
import type { Mapping, MappingRow } from '../../src/core/mapping.ts';

/** The text of a mapping that comes with Gradebridge. */
export function shippedText(name = 'line-item'): string {
  return readFileSync(join(SHIPPED_MAPPINGS, `${name}.json`), 'utf8');
}

/** The same, changed. */
export function changedText(change: (mapping: Mapping) => Mapping, name = 'line-item'): string {
  return JSON.stringify(change(JSON.parse(shippedText(name)) as Mapping), null, 2);
}

/** The same with one more row. */
export function withRow(row: MappingRow, name = 'line-item'): string {
  return changedText((mapping) => ({ ...mapping, fields: [...mapping.fields, row] }), name);
}

/** The same without its stash, and so with losses that it does not declare. */
export function lossyText(): string {
  return changedText(({ stash: _stash, examples: _examples, ...mapping }) => mapping);
}

/** A row that people in a district want: a member of tools' own, where they can see it. */
export const ATTEMPTS: MappingRow = {
  ags: '/https:~1~1quizzer.example~1ags~1attempts',
  oneroster: '/metadata/maxAttempts',
  codec: 'number',
};
