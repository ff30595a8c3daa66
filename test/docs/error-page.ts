import { ERRORS, type ErrorRow } from '../../src/core/errors.ts';

const HEAD = `# Errors

Every refusal has a code that stays the same, a sentence about what happened, and one about what to do. A program looks at
the code: on \`/api\` it stands in \`details.message\` and in \`details.code\` ([ltiaas.md](ltiaas.md#errors)), on \`/lti\` in
\`code\` ([ags.md](ags.md#errors)); the token endpoint has the codes of RFC 6749 instead ([ags.md](ags.md#tokens)). "Again?" says
whether the same request may succeed later without being changed; where \`Retry-After\` comes with the answer, wait that
long. Every answer carries \`x-request-id\`; the log has the same id, and the cause.

This page is printed from the catalogue in \`src/core/errors.ts\`:
\`npm run build && node dist/test/docs/print-errors.js > docs/errors.md\`.

`;

const COLUMNS = ['code', 'status', 'again?', 'what happened', 'what to do'];

/** The page of all errors, printed from the catalogue: the whole text of `docs/errors.md`. */
export function errorPage(): string {
  const rows = Object.entries<ErrorRow>(ERRORS).map(cellsOf);
  const widths = COLUMNS.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  // Aligned, as the formatter of this repository wants a table.
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  return HEAD + [COLUMNS, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('');
}

function cellsOf([code, { status, title, remedy, retryable }]: readonly [
  string,
  ErrorRow,
]): readonly string[] {
  return [`\`${code}\``, String(status), retryable ? 'yes' : 'no', cellOf(title), cellOf(remedy)];
}

/** Sentences for people as Markdown that shows them as they are: `<apiKey>` is no tag, and a bar ends no cell. */
function cellOf(sentence: string): string {
  return sentence.replaceAll('<', '&lt;').replaceAll('|', '\\|');
}
