import type { BacklogTiming } from './backlog.ts';
import { type Comparison, digits, table } from './report.ts';

export const BACKLOG_TITLE = `Scores that are promised while OneRoster answers 503, 64 connections, and delivered when it is well,
5 ms for each of its calls`;

/** The figures of each store and size. */
export function backlogTable(timings: readonly BacklogTiming[]): string {
  const rows = timings.map((timing) => [
    `${timing.store}, ${timing.size}`,
    ...[timing.posted, timing.postedAtTheEnd, timing.grown / 1e6, timing.drained].map(digits),
    `${timing.delivered}`,
    `${timing.doubled}`,
  ]);
  return table(
    ['store, scores', '202s/s', 'last tenth', 'MB more', 'delivered/s', 'delivered', 'doubled'],
    rows,
  );
}

/** How the pace of the largest backlog compares with that of the smallest, on each store. */
export function compareBacklogs(timings: readonly BacklogTiming[]): readonly Comparison[] {
  const stores = [...new Set(timings.map(({ store }) => store))];
  return stores.flatMap((store) => {
    const [smallest, ...others] = timings.filter((timing) => timing.store === store);
    const largest = others.at(-1);
    if (smallest === undefined || largest === undefined) return [];
    const sizes = `${largest.size} : ${smallest.size} scores, ${store}`;
    const target = { atLeast: 0.7 };
    return [
      { what: `backlog: 202s per second, ${sizes}`, ratio: largest.posted / smallest.posted, target },
      { what: `backlog: deliveries per second, ${sizes}`, ratio: largest.drained / smallest.drained, target },
      {
        what: `backlog: 202s per second, last tenth : all of ${largest.size}, ${store}`,
        ratio: largest.postedAtTheEnd / largest.posted,
        target,
      },
    ];
  });
}
