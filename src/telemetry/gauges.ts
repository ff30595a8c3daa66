import type { DeliveryState } from '../core/delivery.ts';
import type { MetricName } from './catalogue.ts';
import type { Family, Sample } from './families.ts';

/** What can be looked at when somebody asks. Times are milliseconds. */
export interface Circumstances {
  readonly upstreams: () => ReadonlyMap<string, UpstreamState>;
  readonly revision: () => { readonly id: string; readonly loadedAt: number };
  readonly deliveries: (states: readonly DeliveryState[]) => Promise<readonly Waiting[]>;
  readonly clock: () => number;
  readonly version: string;
}

export interface UpstreamState {
  readonly isOutage: () => boolean;
  readonly slots: { readonly count: number; readonly inUse: number; readonly wanted: number };
}

interface Waiting {
  readonly upstream: string;
  readonly state: DeliveryState;
  readonly count: number;
  /** When the oldest was accepted, in milliseconds since 1970. */
  readonly oldest: number;
}

/** What an administrator waits for or must look at; good ends are kept for a week, and counting them takes long. */
const WATCHED = ['accepted', 'sent', 'held', 'failed'] as const satisfies readonly DeliveryState[];

/** What was read of the store is shown for so long, however often it is asked for. */
const KEPT = 5_000;
/** A scrape does not wait longer for the store: Prometheus would give up, and nothing at all would be known. */
const PATIENCE = 2_000;

export interface Gauges {
  readonly families: readonly Family[];
  /** Reads what has to be waited for. Never throws. */
  look(): Promise<void>;
}

/** @example const gauges = createGauges(circumstances, () => underWay); await gauges.look(); gauges.families */
export function createGauges(around: Circumstances, inFlight: () => number): Gauges {
  const store = watchStore(around);
  const ofUpstream = (name: MetricName, value: (state: UpstreamState) => number): Family => ({
    name,
    samples: () =>
      [...around.upstreams()].map(([upstream, state]) => ({ labels: { upstream }, value: value(state) })),
  });
  const one = (
    name: MetricName,
    value: () => number,
    labels: () => Sample['labels'] = () => ({}),
  ): Family => ({
    name,
    samples: () => [{ labels: labels(), value: value() }],
  });
  const { version } = around;
  return {
    look: store.look,
    families: [
      one('gradebridge_http_requests_in_flight', inFlight),
      ofUpstream('gradebridge_upstream_circuit_open', ({ isOutage }) => Number(isOutage())),
      ofUpstream('gradebridge_upstream_slots', ({ slots }) => slots.count),
      ofUpstream('gradebridge_upstream_slots_in_use', ({ slots }) => slots.inUse),
      ofUpstream('gradebridge_upstream_slots_wanted', ({ slots }) => slots.wanted),
      { name: 'gradebridge_deliveries', samples: () => store.samples(({ count }) => count) },
      {
        name: 'gradebridge_deliveries_oldest_seconds',
        samples: () => store.samples(({ oldest }) => Math.max(0, around.clock() - oldest) / 1000),
      },
      one('gradebridge_store_up', () => Number(store.isUp())),
      one(
        'gradebridge_revision_info',
        () => 1,
        () => ({ revision: around.revision().id, version }),
      ),
      one('gradebridge_revision_loaded_timestamp_seconds', () => around.revision().loadedAt / 1000),
    ],
  };
}

interface StoreWatch {
  look(): Promise<void>;
  isUp(): boolean;
  /** Each watched state of each upstream; none while the store does not answer, because 0 would be a lie. */
  samples(value: (waiting: Waiting) => number): readonly Sample[];
}

function watchStore({ deliveries, upstreams, clock }: Circumstances): StoreWatch {
  let seen: readonly Waiting[] | undefined;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | undefined;
  const read = async (): Promise<void> => {
    try {
      seen = await deliveries(WATCHED);
    } catch {
      // Whoever needs the store says so in the log; here it is down.
      seen = undefined;
    } finally {
      lookedAt = clock();
      looking = undefined;
    }
  };
  const samples: StoreWatch['samples'] = (value) => {
    if (seen === undefined) return [];
    const found = new Map(seen.map((waiting) => [`${waiting.upstream} ${waiting.state}`, waiting]));
    const names = new Set([...upstreams().keys(), ...seen.map(({ upstream }) => upstream)]);
    return [...names].flatMap((upstream) =>
      WATCHED.map((state) => {
        const waiting = found.get(`${upstream} ${state}`);
        return { labels: { upstream, state }, value: waiting === undefined ? 0 : value(waiting) };
      }),
    );
  };
  return {
    look: async () => {
      if (clock() - lookedAt < KEPT) return;
      looking ??= read();
      const isDone = await withinPatience(looking);
      if (!isDone) seen = undefined;
    },
    isUp: () => seen !== undefined,
    samples,
  };
}

async function withinPatience(work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, PATIENCE, false);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
