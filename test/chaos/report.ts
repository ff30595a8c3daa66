import type { ChaosResult } from './chaos.ts';
import { type Attempt, FAULTS_OF_GRADES } from './verdict.ts';

/** The figures of a run, a line each, and the verdict. */
export function reportOf(result: ChaosResult): string {
  const { options, attempts, incidents, faults, deliveries, violations } = result;
  const of = (holds: (attempt: Attempt) => boolean): number => attempts.filter(holds).length;
  const refusals = tally(
    attempts.flatMap(({ status, code }) => (status >= 400 ? [`${status} ${code}`] : [])),
  );
  const lines: readonly (readonly [string, string | number])[] = [
    ['pairs', options.pairs],
    ['scores sent', attempts.length],
    ['  200 or 204', of(({ status }) => status === 200 || status === 204)],
    ['  202', of(({ status }) => status === 202)],
    ['  refused', listOf(refusals)],
    ['  unanswered', of(({ status }) => status === 0)],
    ['kill -9', incidents.kills],
    ['stopped', incidents.stops],
    ['outages', incidents.outages],
    ['maxima changed', result.maxima],
    ['faults', listOf(faults)],
    ['commands beside', `${result.commands.run}, failed: ${result.commands.failed.length}`],
    ['deliveries', listOf(new Map(Object.entries(deliveries)))],
    ['results written', `${result.writes.all}, the same again: ${result.writes.repeated}`],
    ['stood still', `${result.stoodStill.toFixed(0)} ms at most`],
  ];
  const title = `seed ${options.seed} on ${options.store}, ${result.seconds.toFixed(1)} s`;
  const verdict = FAULTS_OF_GRADES.map(
    (kind) => `${kind} ${violations.filter((one) => one.kind === kind).length}`,
  );
  return [
    title,
    ...lines.map(([name, value]) => `  ${name.padEnd(17)}${value}`),
    ...result.commands.failed.map((said) => `\ncommand: ${said}`),
    ...violations.map(({ kind, pair, what }) => `\n${kind}: pair ${pair}: ${what} (seed ${options.seed})`),
    ...[...new Set(violations.map(({ pair }) => pair))].map((pair) => historyOf(result, pair)),
    verdict.join(' · '),
  ].join('\n');
}

function historyOf({ records }: ChaosResult, number: number): string {
  const record = records.find(({ pair }) => pair.number === number);
  if (record === undefined) return `\nthere is no pair ${number}`;
  const lines = record.attempts
    .toSorted((one, other) => one.from - other.from)
    .map((attempt) => {
      const { index, face, process, from, to, status, code, receipt } = attempt;
      const end =
        receipt === undefined ? '' : ` ${receipt.split('/').at(-1)} ${record.receipts.get(receipt)?.state}`;
      const answer = status === 0 ? 'no answer' : `${status} ${code ?? ''}`;
      return `  ${from}–${to} ms  score ${index}  ${face} at ${process}  ${answer}${end}`;
    });
  const rows = record.rows.map((row) => `  stands: ${row.sourcedId} ${row.score} "${row.comment}"`);
  return [`\nhistory of pair ${number}`, ...lines, ...rows].join('\n');
}

function tally(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function listOf(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([name, count]) => `${name}: ${count}`).join(', ') || '0';
}
