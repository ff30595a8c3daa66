import type { DeliveryState } from '../core/delivery.ts';
import { ERRORS } from '../core/errors.ts';
import type { Revision } from './ports.ts';
import type { Requests } from './statistics.ts';

/** Something that a person should look at: `red` when grades do not arrive, `amber` when they may soon not. */
export interface Attention {
  readonly level: 'red' | 'amber';
  readonly text: string;
  /** A page of the console. */
  readonly href: string;
}

export interface Situation {
  readonly revision: Pick<Revision, 'isCurrent' | 'problem'>;
  readonly upstreams: readonly {
    readonly name: string;
    readonly reachable: boolean;
    readonly code?: string | undefined;
    readonly circuit: 'open' | 'closed';
  }[];
  readonly tools: readonly { readonly tool: string; readonly series: readonly Requests[] }[];
  readonly counts: readonly {
    readonly upstream: string;
    readonly state: DeliveryState;
    readonly count: number;
    readonly oldest: number;
  }[];
  readonly now: number;
}

/** A promise that waits for longer than this is told, though nothing is wrong with it. Milliseconds. */
const LONG = 600_000;
/** Minutes of a tool that are looked at, the requests that must be there, and the part of them that must have failed. */
const LATELY = 5;
const ENOUGH = 10;
const MANY = 0.5;

/** What is wrong, the worst first; empty when nothing is. */
export function attentionFor(situation: Situation): readonly Attention[] {
  const { revision, upstreams, tools, counts, now } = situation;
  const found = [
    ...upstreams.flatMap(ofUpstream),
    ...counts.flatMap((row) => ofDeliveries(row, now)),
    ...tools.flatMap((tool) => ofTool(tool, now)),
    ...ofRevision(revision),
  ];
  return found.sort((left, right) => Number(left.level === 'amber') - Number(right.level === 'amber'));
}

function ofUpstream({
  name,
  reachable,
  code,
  circuit,
}: Situation['upstreams'][number]): readonly Attention[] {
  const href = '/console/';
  const why = ERRORS[code as keyof typeof ERRORS]?.title ?? 'It cannot be reached.';
  if (!reachable) return [{ level: 'red', text: `${name}: ${why}`, href }];
  return circuit === 'open'
    ? [{ level: 'amber', text: `${name}: calls are held back after failures.`, href }]
    : [];
}

function ofDeliveries(
  { upstream, state, count, oldest }: Situation['counts'][number],
  now: number,
): readonly Attention[] {
  const href = `/console/deliveries?state=${state}&upstream=${encodeURIComponent(upstream)}`;
  if (state === 'failed')
    return [{ level: 'red', text: `${upstream}: ${counted(count, 'has', 'have')} failed.`, href }];
  if (state === 'held')
    return [{ level: 'red', text: `${upstream}: ${counted(count, 'waits', 'wait')} for a person.`, href }];
  if (state !== 'accepted' || now - oldest < LONG) return [];
  const minutes = Math.floor((now - oldest) / 60_000);
  return [
    {
      level: 'amber',
      text: `${upstream}: ${counted(count, 'waits', 'wait')}, the oldest for ${minutes} minutes.`,
      href,
    },
  ];
}

/** `counted(1, 'has', 'have') === '1 delivery has'` */
function counted(count: number, one: string, several: string): string {
  return count === 1 ? `1 delivery ${one}` : `${count} deliveries ${several}`;
}

function ofTool({ tool, series }: Situation['tools'][number], now: number): readonly Attention[] {
  const lately = series.filter(({ at }) => Date.parse(at) > now - LATELY * 60_000);
  const [requests, errors] = [
    lately.reduce((sum, row) => sum + row.requests, 0),
    lately.reduce((sum, row) => sum + row.errors, 0),
  ];
  if (requests < ENOUGH || errors < requests * MANY) return [];
  const href = `/console/traffic?tool=${encodeURIComponent(tool)}`;
  return [
    {
      level: 'amber',
      text: `${tool}: ${errors} of its last ${requests} requests were refused or failed.`,
      href,
    },
  ];
}

function ofRevision({ isCurrent, problem }: Situation['revision']): readonly Attention[] {
  const href = '/console/';
  if (problem !== undefined)
    return [{ level: 'amber', text: `The configuration file cannot be used: ${problem}`, href }];
  return isCurrent
    ? []
    : [{ level: 'amber', text: 'The configuration file says something else than what runs.', href }];
}
