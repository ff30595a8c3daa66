import { cpus } from 'node:os';

/** How two things compare, and what docs and people have been promised of it. */
export interface Comparison {
  readonly what: string;
  readonly ratio: number;
  readonly target: { readonly atMost: number } | { readonly atLeast: number };
}

/** True when the ratio is what it should be. */
export function isMet({ ratio, target }: Comparison): boolean {
  return 'atMost' in target ? ratio <= target.atMost : ratio >= target.atLeast;
}

/** The machine and the moment: `{ node: 'v20.19.0', cpu: '…', cores: 8, date: '2026-…' }`. */
export function machine() {
  const cores = cpus();
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    date: new Date().toISOString(),
  };
}

/** The comparisons as rows of a table, with their targets. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((comparison) => {
    const { what, ratio, target } = comparison;
    const wanted = 'atMost' in target ? `<= ${target.atMost}` : `>= ${target.atLeast}`;
    return [what, digits(ratio), wanted, isMet(comparison) ? 'met' : 'NOT met'];
  });
  return table(['ratio', 'measured', 'target', ''], rows);
}

/** Three significant digits, which is more than a measurement of time is good for: `digits(0.12345) === '0.123'`. */
export function digits(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** Rows in columns: the first one left-aligned, the others right-aligned. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, head.map(() => ''), ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row, line) =>
      row.map((cell, column) => {
        const width = widths[column] as number;
        if (line === 1) return '-'.repeat(width);
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      }),
    )
    .map((cells) => `  ${cells.join('  ')}`.trimEnd())
    .join('\n');
}
