import type { ListTiming } from './lists.ts';
import { type Comparison, digits, table } from './report.ts';

/** Flat memory is what a list does not leave behind: less than a tenth of what the gateway holds without one. */
export function compareLists({ gateway, parse, heap, heapGrown }: ListTiming): readonly Comparison[] {
  return [
    { what: 'list: CPU, gateway : JSON.parse of the pages', ratio: gateway / parse, target: { atMost: 2 } },
    {
      what: 'list: heap after all rounds : after the first',
      ratio: (heap + heapGrown) / heap,
      target: { atMost: 1.1 },
    },
  ];
}

/** What was measured, for people. */
export const LISTS_TITLE = `GET /api/lineitems?tag=rare of a class of 10,000 line items, of which 100 have the tag: the gateway reads
all pages and filters; JSON.parse is of the same pages, which are in memory already`;

/** The figures. */
export function listsTable({ gateway, parse, took, heap, heapGrown, rss, rssGrown }: ListTiming): string {
  const head = [
    'line items',
    'CPU ms',
    'JSON.parse',
    'ratio',
    'took ms',
    'heap MB',
    'grown',
    'RSS MB',
    'grown',
  ];
  const sizes = [heap, heapGrown, rss, rssGrown].map((size) => (size / 1e6).toFixed(1));
  return table(head, [['10,000', ...[gateway, parse, gateway / parse, took].map(digits), ...sizes]]);
}
