import { isLacking, type ProbeReport } from './report.ts';
import type { RowReport, Verdict } from './row.ts';

const MARKS: Readonly<Record<Verdict, string>> = {
  missing: 'MISSING',
  unknown: 'UNKNOWN',
  note: 'note',
  ok: 'ok',
};
const ORDER = Object.keys(MARKS);
const WIDTH = 9;

/** A report for people: what is missing first. */
export function printReport(report: ProbeReport): string {
  const { upstream, class: classId, family, probedAt, rows } = report;
  const sorted = [...rows].sort((left, right) => ORDER.indexOf(left.verdict) - ORDER.indexOf(right.verdict));
  return [
    `OneRoster service ${upstream}, class ${classId}, ${family}, probed ${probedAt}`,
    '',
    ...sorted.flatMap(linesOf),
    ...profileLines(report),
    ...endLines(report),
  ].join('\n');
}

function linesOf({ id, verdict, question, found, means }: RowReport): readonly string[] {
  const indent = ' '.repeat(WIDTH);
  return [
    `${MARKS[verdict].padEnd(WIDTH)}${question}  [${id}]`,
    `${indent}${found}`,
    `${indent}→ ${means}`,
    '',
  ];
}

function profileLines({ profile, suggestion, upstream }: ProbeReport): readonly string[] {
  const { configured, fit, suggested } = profile;
  if (suggested === undefined) return [`No profile fits; ${configured} is configured.`, ''];
  const others = fit.filter((name) => name !== suggested);
  const also = others.length > 0 ? `; ${others.join(', ')} would do as well` : '';
  const change = suggested === configured ? 'which is configured' : `not ${configured}, which is configured`;
  const configuration = JSON.stringify({ upstreams: { [upstream]: suggestion } });
  return [`Profile: ${suggested}, ${change}${also}.`, `Configuration: ${configuration}`, ''];
}

function endLines({ ok, stopped, rows, leftBehind, swept }: ProbeReport): readonly string[] {
  const lacking = rows.filter(isLacking).map(({ id }) => id);
  return [
    ...(stopped === undefined ? [] : [`The probe did not come to its end: ${stopped}.`]),
    ...(swept > 0 ? [`${swept} line items that earlier runs had left were taken away.`] : []),
    ...(leftBehind.length > 0
      ? ['Still there, and to be deleted by hand or by the next run:', ...leftBehind.map((url) => `  ${url}`)]
      : []),
    ...(lacking.length > 0 ? [`Missing or not found out: ${lacking.join(', ')}.`] : []),
    ...(ok ? ['All that the gateway needs is there.'] : []),
  ];
}
