import type { LatencyMinute, Minute } from './contract.ts';

const [WIDTH, HEIGHT] = [240, 44];
const MINUTE = 60_000;

/** The last hour, minute by minute; the gateway leaves out minutes in which nothing happened. */
function hourOf<Item extends { readonly at: string }>(
  series: readonly Item[],
  quiet: (at: string) => Item,
): readonly Item[] {
  const minuteOf = (time: number): number => Math.floor(time / MINUTE);
  const known = new Map(series.map((item) => [minuteOf(Date.parse(item.at)), item]));
  const now = minuteOf(Date.now());
  return Array.from({ length: 60 }, (_, index) => {
    const minute = now - 59 + index;
    return known.get(minute) ?? quiet(new Date(minute * MINUTE).toISOString());
  });
}

/** Requests per minute as bars; those with errors have a red foot, and a mark below, so that colour is not alone. */
export function RequestsPlot({ series }: { readonly series: readonly Minute[] }) {
  const hour = hourOf(series, (at) => ({ at, requests: 0, errors: 0 }));
  const most = Math.max(1, ...hour.map(({ requests }) => requests));
  const step = WIDTH / hour.length;
  const height = (count: number): number => (count / most) * (HEIGHT - 6);
  return (
    <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {hour.map(({ at, requests, errors }, index) => (
        <g key={at}>
          <rect
            class="bar"
            x={index * step}
            width={step * 0.7}
            y={HEIGHT - 6 - height(requests)}
            height={height(requests)}
          />
          {errors > 0 && (
            <>
              <rect
                class="bar bad"
                x={index * step}
                width={step * 0.7}
                y={HEIGHT - 6 - height(errors)}
                height={height(errors)}
              />
              <rect class="bar bad" x={index * step} width={step * 0.7} y={HEIGHT - 3} height={3} />
            </>
          )}
        </g>
      ))}
      <line class="axis" x1={0} x2={WIDTH} y1={HEIGHT - 5.5} y2={HEIGHT - 5.5} />
    </svg>
  );
}

/** Median and 95th percentile per minute: a thick and a thin line, broken where nothing was asked. */
export function LatencyPlot({ series }: { readonly series: readonly LatencyMinute[] }) {
  const hour = hourOf(series, (at) => ({ at, count: 0, p50: 0, p95: 0, errors: 0 }));
  const most = Math.max(1, ...hour.map(({ p95 }) => p95));
  const step = WIDTH / (hour.length - 1);
  const path = (value: (minute: LatencyMinute) => number): string =>
    hour
      .map((minute, index) => {
        if (minute.count === 0) return '';
        const isStart = index === 0 || hour[index - 1]?.count === 0;
        const y = HEIGHT - 3 - (value(minute) / most) * (HEIGHT - 6);
        // A minute on its own is a short stroke, not a point that nobody sees.
        return `${isStart ? 'M' : 'L'}${(index * step).toFixed(1)} ${y.toFixed(1)}h1`;
      })
      .join('');
  return (
    <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path class="line thin" d={path(({ p95 }) => p95)} />
      <path class="line" d={path(({ p50 }) => p50)} />
      <line class="axis" x1={0} x2={WIDTH} y1={HEIGHT - 1} y2={HEIGHT - 1} />
    </svg>
  );
}
