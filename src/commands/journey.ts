import type { Json, JsonObject } from '../core/json.ts';
import type { Lens, Note } from '../core/lens.ts';
import { parsePointer, valueAt } from '../core/pointer.ts';

/** One line item at the three points of its way, and what the mapping had to say. */
export interface Journey {
  readonly lens: Lens;
  readonly sent: JsonObject;
  readonly held: JsonObject;
  readonly read: JsonObject;
  readonly notes: readonly Note[];
}

/** What a note is called in the table. */
const WORDS: Readonly<Record<Note['kind'], string>> = {
  defaulted: 'defaulted',
  stashed: 'stashed',
  inexact: 'original stashed',
  context: 'from context',
  constant: 'constant',
  kept: 'kept',
  unreadable: 'unreadable',
  edited: 'edited',
};

const WIDEST = 30;

/**
 * A table with a line per row of the mapping, and one per stashed member, side by side: what the tool sent, what OneRoster
 * holds, what the tool reads.
 *
 * @example for (const line of journeyTable(journey)) console.log(line)
 */
export function journeyTable({ lens, sent, held, read, notes }: Journey): readonly string[] {
  const at = (document: JsonObject, pointer: string | undefined): string =>
    pointer === undefined ? '' : show(valueAt(document, parsePointer(pointer) ?? []));
  const noteFor = (pointer: string): string => {
    const note = notes.find(({ oneroster, kind }) => oneroster === pointer && kind !== 'stashed');
    return note === undefined ? '' : WORDS[note.kind];
  };
  const rows = lens.plan.mapping.fields.map(({ ags, oneroster = '' }) => [
    ags ?? '',
    at(sent, ags),
    oneroster,
    at(held, oneroster),
    at(read, ags),
    noteFor(oneroster),
  ]);
  const stashed = notes.filter(({ kind }) => kind === 'stashed');
  const rest = stashed.map(({ ags, oneroster = '' }) => [
    `/${(parsePointer(ags ?? '') ?? []).join('/')}`,
    at(sent, ags),
    `${oneroster}/members`,
    at(held, `${oneroster}/members${ags ?? ''}`),
    at(read, ags),
    WORDS.stashed,
  ]);
  const head = ['LTI', 'the tool sent', 'OneRoster', 'OneRoster holds', 'the tool reads', 'note'];
  return format([head, ...rows, ...rest]);
}

function show(value: Json | undefined): string {
  return value === undefined ? '–' : JSON.stringify(value);
}

function format(rows: readonly (readonly string[])[]): readonly string[] {
  const cells = rows.map((row) =>
    row.map((cell) => (cell.length > WIDEST ? `${cell.slice(0, WIDEST - 1)}…` : cell)),
  );
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = cells;
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...body.map(line)];
}
