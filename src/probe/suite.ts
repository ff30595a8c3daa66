import { Stopped } from './desk.ts';
import { generally, judgeRow, type Row, type RowReport } from './row.ts';
import { ACCESS } from './rows-access.ts';
import { CLASS } from './rows-class.ts';
import { CLEARING } from './rows-clearing.ts';
import { DELETION } from './rows-deletion.ts';
import { LINE_ITEMS } from './rows-line-items.ts';
import { LISTS } from './rows-lists.ts';
import { METADATA } from './rows-metadata.ts';
import { PROFILE_TRIALS } from './rows-profiles.ts';
import { RESULTS } from './rows-results.ts';
import type { Scene } from './scene.ts';

/** Every row, in the order in which they are tried: a row may build on those before it. */
export const SUITE: readonly Row[] = [
  ...ACCESS,
  ...CLASS,
  ...LINE_ITEMS,
  ...METADATA,
  ...RESULTS,
  ...CLEARING,
  ...LISTS,
  ...PROFILE_TRIALS,
  ...DELETION,
];

/** What the suite has found; `stopped` says why it did not come to its end. */
export interface Found {
  readonly rows: readonly RowReport[];
  readonly stopped?: Stopped;
}

/** Called before each row, and after it with its report. */
export type Progress = (row: Row, place: Place, report?: RowReport) => void;

export interface Place {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/**
 * Tries the rows that make sense for the family, one after another: they write on the same objects.
 *
 * @example const { rows } = await runSuite(SUITE, scene, () => {})
 */
export async function runSuite(suite: readonly Row[], scene: Scene, progress: Progress): Promise<Found> {
  const rows = suite.filter(({ family }) => family === undefined || family === scene.subject.family);
  const reports: RowReport[] = [];
  let stopped: Stopped | undefined;
  for (const [at, row] of rows.entries()) {
    const place = { index: at + 1, count: rows.length };
    if (stopped === undefined) progress(row, place);
    try {
      if (stopped !== undefined) throw stopped;
      const report = await tryRow(row, scene, reports);
      reports.push(report);
      progress(row, place, report);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      stopped = error;
      reports.push(generally(row, 'untried', stopped.message));
    }
  }
  return { rows: reports, ...(stopped && { stopped }) };
}

async function tryRow(row: Row, scene: Scene, before: readonly RowReport[]): Promise<RowReport> {
  const hasFailed = ({ id, verdict }: RowReport): boolean =>
    row.after?.includes(id) === true && (verdict === 'missing' || verdict === 'unknown');
  const reason = before.find(hasFailed);
  if (reason !== undefined) return generally(row, 'untried', `it needs ${reason.id}`);
  const seen = await row.ask(scene);
  scene.learn(row.learn?.(seen) ?? {});
  return judgeRow(row, seen, scene.subject);
}
