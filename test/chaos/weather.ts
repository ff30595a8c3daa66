import type { Fault } from '../../src/sandbox/sandbox.ts';
import { CALL_TIMEOUT, type Incident, LONGEST_DELAY } from './plan.ts';
import { createRandom, type Random } from './random.ts';

/** What OneRoster does to those who call it. */
export interface Weather {
  readonly faultFor: (request: { readonly method: string; readonly path: string }) => Fault | undefined;
  /** From now on, or no longer, faults are drawn. */
  set(isStormy: boolean): void;
  outage(how: Extract<Incident, { kind: 'outage' }>['how'], milliseconds: number): void;
  /** When the last write that was delayed has arrived, in milliseconds since 1970. */
  readonly lastArrival: number;
  /** How often each kind has struck. */
  readonly counts: ReadonlyMap<string, number>;
}

type Make = (random: Random) => Fault;

const status =
  (code: number, most?: number): Make =>
  (random) => ({
    kind: 'status',
    status: code,
    body: random.pick(['ims', 'message', 'html', 'empty']),
    ...(most !== undefined && { retryAfter: random.between(0, most) }),
  });

const FAULTS = {
  '429 Retry-After': status(429, 1),
  '500': status(500),
  '502': status(502),
  '503': status(503, 1),
  '504': status(504),
  'reset before': () => ({ kind: 'reset', when: 'before' }),
  'reset after': () => ({ kind: 'reset', when: 'after' }),
  slow: (random) => ({ kind: 'slow', delayMs: random.between(10, CALL_TIMEOUT / 2) }),
  late: (random) => ({ kind: 'slow', delayMs: random.between(CALL_TIMEOUT, LONGEST_DELAY) }),
  hang: () => ({ kind: 'hang' }),
  'bad JSON': () => ({ kind: 'bad-json' }),
  'revoked token': () => ({ kind: 'revoke-token' }),
} as const satisfies Readonly<Record<string, Make>>;

type FaultName = `${keyof typeof FAULTS}`;
type Weights = Readonly<Record<FaultName, number>>;
const ON_READS: Weights = {
  ...{ '429 Retry-After': 1, 500: 3, 502: 2, 503: 2, 504: 2, 'reset before': 4, 'reset after': 2, slow: 8 },
  ...{ late: 2, hang: 2, 'bad JSON': 3, 'revoked token': 3 },
};
/** What makes a write uncertain comes more often: that is where a grade can get lost or come twice. */
const ON_WRITES: Weights = { ...ON_READS, 'reset after': 8, late: 14, 'bad JSON': 6 };

const OUTAGES = {
  down: { kind: 'status', status: 503 },
  cut: { kind: 'reset', when: 'before' },
  silent: { kind: 'hang' },
} as const satisfies Readonly<Record<string, Fault>>;

/**
 * Faults are drawn for the nth request for one object: so an object meets the same ones with the same seed, whatever happens to
 * others at the same time.
 */
export function createWeather(seed: number): Weather {
  const nth = new Map<string, number>();
  const counts = new Map<string, number>();
  let isStormy = false;
  let lastArrival = 0;
  let outage: { readonly how: keyof typeof OUTAGES; readonly until: number } | undefined;
  const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
  const draw = (method: string, object: string): Fault | undefined => {
    const visit = (nth.get(`${method} ${object}`) ?? 0) + 1;
    nth.set(`${method} ${object}`, visit);
    const random = createRandom(seed, method, object, visit);
    const isWrite = method === 'PUT';
    if (!random.chance(isWrite ? 0.3 : 0.1)) return undefined;
    const name = random.weighted(isWrite ? ON_WRITES : ON_READS);
    count(name);
    const fault = (FAULTS as Readonly<Record<FaultName, Make>>)[name](random);
    if (isWrite && fault.kind === 'slow') lastArrival = Math.max(lastArrival, Date.now() + fault.delayMs);
    return fault;
  };
  return {
    faultFor: ({ method, path }) => {
      if (!isStormy) return undefined;
      if (outage !== undefined && Date.now() < outage.until) {
        count(`outage: ${outage.how}`);
        return OUTAGES[outage.how];
      }
      return draw(method, path.split('?')[0] as string);
    },
    set: (stormy) => {
      isStormy = stormy;
    },
    outage: (how, milliseconds) => {
      outage = { how, until: Date.now() + milliseconds };
    },
    get lastArrival() {
      return lastArrival;
    },
    counts,
  };
}
