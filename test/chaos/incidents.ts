import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayProcess } from './gateway-process.ts';
import type { Incident } from './plan.ts';
import type { Weather } from './weather.ts';

export interface Incidents {
  /** Lets happen what is due when so much is done. */
  reached(done: number): void;
  /** Waits until every process that was ended is back. @throws Error when one does not come back */
  over(): Promise<void>;
  readonly kills: number;
  readonly stops: number;
  readonly outages: number;
}

/** @example const incidents = createIncidents(plan.incidents, { gateways, weather }); incidents.reached(0.5) */
export function createIncidents(
  planned: readonly Incident[],
  { gateways, weather }: { readonly gateways: readonly GatewayProcess[]; readonly weather: Weather },
): Incidents {
  const waiting = [...planned];
  const counts = { kills: 0, stops: 0, outages: 0 };
  // One after the other for each process.
  const ended = gateways.map(() => Promise.resolve());
  const happen = (incident: Incident): void => {
    if (incident.kind === 'outage') {
      counts.outages++;
      weather.outage(incident.how, incident.milliseconds);
      return;
    }
    const { process, signal, downFor } = incident;
    const gateway = gateways[process] as GatewayProcess;
    ended[process] = (ended[process] as Promise<void>).then(async () => {
      counts[signal === 'SIGKILL' ? 'kills' : 'stops']++;
      await gateway.end(signal);
      await sleep(downFor);
      await gateway.start();
    });
  };
  return {
    reached: (done) => {
      while (waiting[0] !== undefined && waiting[0].at <= done) happen(waiting.shift() as Incident);
    },
    over: async () => void (await Promise.all(ended)),
    get kills() {
      return counts.kills;
    },
    get stops() {
      return counts.stops;
    },
    get outages() {
      return counts.outages;
    },
  };
}
