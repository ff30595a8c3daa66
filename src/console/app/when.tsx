const UNITS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** @example ago('2026-03-01T08:00:00Z', Date.parse('2026-03-01T08:05:00Z')) // '5 min. ago' */
export function ago(time: string, now: number): string {
  const seconds = (Date.parse(time) - now) / 1000;
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  return relative.format(Math.round(seconds / size), unit);
}

interface WhenProps {
  readonly at: string | undefined;
  /** Whether the clock time is wanted rather than how long ago. */
  readonly isExact?: boolean;
}

/** A moment, as people say it; the exact one stands behind it. */
export function When({ at, isExact = false }: WhenProps) {
  if (at === undefined || Number.isNaN(Date.parse(at))) return <span class="muted">–</span>;
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const short = isToday ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
  return (
    <time dateTime={at} title={`${exact.format(date)} (${at})`}>
      {isExact ? short : ago(at, Date.now())}
    </time>
  );
}
