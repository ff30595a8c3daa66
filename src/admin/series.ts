/** How many minutes are remembered, this one included. */
const MINUTES = 60;
const MINUTE = 60_000;

/** Numbers of the last hour, a row for each minute in which something happened. */
export interface Series<Row> {
  /** The row of the minute of an instant; a minute that is over for long enough has its place taken. */
  at(now: number): Row;
  rows(now: number): readonly { readonly at: number; readonly row: Row }[];
}

/** @example const series = createSeries(() => ({ requests: 0, errors: 0 })); series.at(clock()).requests++ */
export function createSeries<Row>(newRow: () => Row): Series<Row> {
  const places: ({ readonly minute: number; readonly row: Row } | undefined)[] = [];
  return {
    at: (now) => {
      const minute = Math.floor(now / MINUTE);
      const place = places[minute % MINUTES];
      if (place?.minute === minute) return place.row;
      const fresh = { minute, row: newRow() };
      places[minute % MINUTES] = fresh;
      return fresh.row;
    },
    rows: (now) => {
      const last = Math.floor(now / MINUTE);
      return places
        .flatMap((place) => (place !== undefined && place.minute > last - MINUTES ? [place] : []))
        .sort((left, right) => left.minute - right.minute)
        .map(({ minute, row }) => ({ at: minute * MINUTE, row }));
    },
  };
}

/** Each step is a tenth longer than the one before: a percentile is right to a twentieth. */
const STEP = Math.log(1.1);
/** The last one holds whatever takes two minutes and more. */
const STEPS = 124;

/** How long things took, in a fixed number of counters however many they are. */
export class Durations {
  readonly #counts = new Uint32Array(STEPS);
  count = 0;
  errors = 0;

  /** @param milliseconds how long one took */
  add(milliseconds: number, isError: boolean): void {
    const step = Math.min(STEPS - 1, Math.max(0, Math.ceil(Math.log(Math.max(1, milliseconds)) / STEP)));
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    this.count++;
    if (isError) this.errors++;
  }

  /** Milliseconds within which a part of them was over: `percentile(0.95)`. */
  percentile(part: number): number {
    let left = Math.ceil(this.count * part);
    for (const [step, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return Math.round(Math.exp((step - 0.5) * STEP));
    }
    return 0;
  }
}
