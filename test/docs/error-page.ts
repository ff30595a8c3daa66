import { ERRORS, type ErrorRow } from '../../src/core/errors.ts';

const HEAD = `# Errors

Every refusal has a code that stays the same, a sentence about what happened, and one about what to do. A program looks at
the code; on \`/api\` it stands in \`details.message\` and in \`details.code\` (see [ltiaas.md](ltiaas.md#errors)). "Again?" says
whether the same request may succeed later without being changed; where \`Retry-After\` comes with the answer, wait that
long. Every answer carries \`x-request-id\`; the log has the same id, and the cause.

This page is printed from the catalogue in \`src/core/errors.ts\`:
\`npm run build && node dist/test/docs/print-errors.js > docs/errors.md\`.

| code | status | again? | what happened | what to do |
| --- | --- | --- | --- | --- |
`;

/** The page of all errors, printed from the catalogue: the whole text of `docs/errors.md`. */
export function errorPage(): string {
  return HEAD + Object.entries<ErrorRow>(ERRORS).map(rowOf).join('');
}

function rowOf([code, { status, title, remedy, retryable }]: readonly [string, ErrorRow]): string {
  const cells = [`\`${code}\``, String(status), retryable ? 'yes' : 'no', cellOf(title), cellOf(remedy)];
  return `| ${cells.join(' | ')} |\n`;
}

/** Sentences for people as Markdown that shows them as they are: `<apiKey>` is no tag, and a bar ends no cell. */
function cellOf(sentence: string): string {
  return sentence.replaceAll('<', '&lt;').replaceAll('|', '\\|');
}
