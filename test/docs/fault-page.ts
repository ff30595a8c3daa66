import { ERRORS, type ErrorRow } from '../../src/core/errors.ts';
import { CHANGES, type ChangeRow } from '../matrix/changes.ts';
import { FAULTS } from '../matrix/faults.ts';
import { type Expected, expectedOf, OPERATIONS, type OperationName, type Row } from '../matrix/table.ts';

const HEAD = `# Faults

What becomes of every operation under every fault: what the tool is told, what OneRoster holds then, and what happens when the fault
is over. Operations are those of the AGS face, or of the LTIAAS face where they begin with \`api\`. The gateway of this table tries
each call twice, its circuit stays closed, and a fault lasts unless it says "once". "Calls" are those that the fault strikes:
every call to OneRoster, or writes alone.

Two rules have no exception: what is told as done is done, and what is told as promised (202) is delivered once when the fault
is over. What is refused may have been done all the same where OneRoster gave no usable answer; the same request again
then finds it. A POST of a line item without an \`Idempotency-Key\` makes another one: send a key, or look at the list first.

This page is printed from the table in \`test/matrix/faults.ts\`, which \`npm test -- matrix\` holds against a gateway and a OneRoster
service: \`npm run build && node dist/test/docs/print-faults.js > docs/fault-matrix.md\`.

`;

const COLUMNS = ['fault', 'strikes', 'operations', 'told', 'Retry-After', 'calls', 'OneRoster', 'afterwards'];

/** The page of all faults, printed from the table of the tests: the whole text of `docs/fault-matrix.md`. */
export function faultPage(): string {
  const rows = FAULTS.flatMap(rowsOf);
  const widths = COLUMNS.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  return `${HEAD}${[COLUMNS, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('')}${changesPart()}`;
}

const CHANGES_HEAD = `
## Changes between the promise and the delivery

A score is promised (202), then the configuration changes, then OneRoster is well. A promise holds what its ids stood for: the upstream,
the class, the family and the way to find students. Where one of these is another one, the same ids may name another student or
column, so the delivery is held, with \`CONTEXT_CHANGED\`, and a person sets the context back, has it tried again, or discards it.

This table is printed from \`test/matrix/changes.ts\`.

`;

/** Where a delivery comes to rest, for people. */
const RESTS: Readonly<Record<ChangeRow['state'], string>> = {
  verified: 'delivered to the same student and column',
  held: 'held for a person',
  failed: 'failed, for a person',
  accepted: 'waits until the upstream is there again',
};

function changesPart(): string {
  const rows = CHANGES.map(({ name, state, code }) => [name, RESTS[state], code ? `\`${code}\`` : '']);
  const all = [['change', 'the promised score', 'error'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  const [head = [], ...body] = all;
  return CHANGES_HEAD + [head, widths.map((width) => '-'.repeat(width)), ...body].map(line).join('');
}

/** Operations that come out alike share a line; the line of the most comes last. */
function rowsOf(row: Row): readonly (readonly string[])[] {
  const groups = new Map<string, OperationName[]>();
  for (const name of Object.keys(OPERATIONS) as OperationName[]) {
    const cells = outcomeOf(expectedOf(row, name), name).join('|');
    groups.set(cells, [...(groups.get(cells) ?? []), name]);
  }
  const sorted = [...groups].sort(([, one], [, other]) => one.length - other.length);
  return sorted.map(([cells, names], index) => {
    const own = index === 0 ? [row.name, row.trouble.at] : ['', ''];
    const isLast = index === sorted.length - 1;
    const operations = isLast ? (index === 0 ? 'all' : 'the others') : names.join(', ');
    return [...own, operations, ...cells.split('|')];
  });
}

const NONE = '';

/** Told, Retry-After, calls, OneRoster, afterwards. */
function outcomeOf(expected: Expected, name: OperationName): readonly string[] {
  const { code, isPromised = false, isDone, calls, retryAfter } = expected;
  const does = OPERATIONS[name];
  const isRead = does === 'reads' || does === 'nothing';
  const left = (isDone ?? code === undefined) ? 'done' : 'untouched';
  const count = calls === undefined ? NONE : String(calls);
  if (code === undefined) {
    return ['as usual', NONE, NONE, isRead || left === 'done' ? NONE : left, NONE];
  }
  const { status, retryable, retryAfter: usual }: ErrorRow = ERRORS[code];
  const wait = retryable && !isPromised ? String(retryAfter ?? usual) : NONE;
  const told = `${isPromised ? 202 : status} \`${code}\``;
  return [told, wait, count, isRead ? NONE : left, afterwards(expected)];
}

function afterwards({ isPromised, isDone, again, objects = 1 }: Expected): string {
  if (isPromised) return isDone ? 'found, not written again' : 'delivered once';
  if (again !== undefined) return `the same again: \`${again}\``;
  return objects === 1 ? 'the same again is done' : 'the same again makes another';
}
