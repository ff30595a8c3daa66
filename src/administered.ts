import { randomUUID } from 'node:crypto';
import { differencesIn, unusable } from './admin/configuration.ts';
import type { Revision, Revisions } from './admin/ports.ts';
import type { Recorder } from './admin/recorder.ts';
import type { Keyring } from './auth/keyring.ts';
import type { UpstreamConfig } from './config/config.ts';
import type { LoadedConfig, LoadResult, ReadResult } from './config/load.ts';
import type { Connected } from './connect.ts';
import type { Call } from './core/call.ts';
import type { Json } from './core/json.ts';
import { type CheckResult, type Kind, runChecks } from './doctor/checks.ts';
import { TOOL_CHECKS } from './doctor/checks-tools.ts';
import { CONTEXT_CHECKS, UPSTREAM_CHECKS } from './doctor/checks-upstreams.ts';
import type { ContextPorts, Promises } from './gateway/ports.ts';
import type { AppParts } from './http/app.ts';
import type { Reloads } from './reload.ts';
import type { RecordedRequest, Recordings } from './workbench/ports.ts';
import type { Author, Versions } from './workbench/versions.ts';

/** What the admin API is about. */
export interface Administered {
  readonly loaded: LoadedConfig;
  readonly upstreams: ReadonlyMap<string, Connected>;
  readonly contextOf: (key: string) => ContextPorts | undefined;
  readonly readiness: AppParts['readiness'];
  readonly promises: Promises;
  readonly wake: (upstream: string) => void;
  readonly isDraining: () => boolean;
  readonly reloads: () => Reloads;
  readonly load: () => Promise<LoadResult>;
  readonly read: () => ReadResult;
  readonly keyring: Keyring;
}

/** How long it counts that the file was looked at, however many look. Milliseconds. */
const LOOKED_AT_FOR = 10_000;

/** The revisions of the configuration, as the admin API has them. */
export function revisionsOf({ loaded, reloads, load }: Administered, clock: () => number): Revisions {
  let looked:
    | { readonly until: number; readonly id: string; readonly isCurrent: Promise<boolean> }
    | undefined;
  const current = async (): Promise<Revision> => {
    const { id, loadedAt, file, findings } = reloads().state();
    if (looked === undefined || looked.until < clock() || looked.id !== id)
      looked = { until: clock() + LOOKED_AT_FOR, id, isCurrent: reloads().isCurrent() };
    const [wrong] = findings;
    const problem = wrong && `${wrong.place}: ${wrong.message}`;
    return { id, loadedAt, file, isCurrent: await looked.isCurrent, problem };
  };
  return {
    current,
    reload: async () => {
      const { findings } = await reloads().reload();
      looked = undefined;
      return findings.length > 0 ? { findings } : { revision: await current() };
    },
    diff: async () => {
      // A viewer may look again and again.
      if (await reloads().isSurelyCurrent()) return [];
      const onDisk = await load();
      if ('findings' in onDisk) throw unusable(onDisk.findings);
      return differencesIn(loaded.config as unknown as Json, onDisk.config as unknown as Json);
    },
  };
}

interface Reachable {
  readonly upstreams: ReadonlyMap<string, Connected>;
  readonly clock: () => number;
}

/** The checks of `gradebridge doctor`, over the connections that are there: of one tool with its contexts, of one upstream with its. */
export function checksOf(loaded: LoadedConfig, { upstreams, clock }: Reachable) {
  const { config } = loaded;
  const patient = {
    loaded,
    clock,
    connected: (name: string) => upstreams.get(name) as Connected,
    callTo: (name: string): Call => {
      const { timeouts } = config.upstreams[name] as UpstreamConfig;
      return { requestId: randomUUID(), deadline: clock() + 2 * timeouts.call };
    },
  };
  const run = (isWanted: (kind: Kind, name: string) => boolean): Promise<readonly CheckResult[]> =>
    runChecks([...UPSTREAM_CHECKS, ...CONTEXT_CHECKS, ...TOOL_CHECKS], patient, isWanted);
  const upstreamOf = (context: string): string | undefined => config.contexts[context]?.upstream;
  return {
    checkTool: (name: string) => {
      const contexts = config.tools[name]?.contexts ?? [];
      const names: Readonly<Partial<Record<Kind, readonly (string | undefined)[]>>> = {
        tools: [name],
        contexts,
        upstreams: contexts.map(upstreamOf),
      };
      return run((kind, one) => names[kind]?.includes(one) ?? false);
    },
    checkUpstream: (name: string) =>
      run((kind, one) => (kind === 'upstreams' ? one : kind === 'contexts' ? upstreamOf(one) : '') === name),
  };
}

/** The writes that the recorder remembers, as the workbench maps them once more. */
export function recordingsOf(recorder: Pick<Recorder, 'newest'>): Recordings {
  return {
    last: async (count, contexts) => {
      const found: RecordedRequest[] = [];
      for (const { exchange } of recorder.newest()) {
        if (found.length >= count) break;
        const { requestId: id, started: at, tool, context, recording } = exchange;
        const { operation, mapping } = recording ?? {};
        if (tool === undefined || context === undefined || operation === undefined || mapping === undefined)
          continue;
        if (!contexts.has(context)) continue;
        const { lineItem, ...given } = mapping;
        found.push({ id, at, tool, context, operation, ...given, ...(lineItem && { lineItem }) });
      }
      return found;
    },
  };
}

/** Versions of mappings whose activation is in force when it is told to be done. */
export function inForce(versions: Versions, reloads: () => Reloads): Versions {
  const settled = async <Result>(change: Promise<Result>): Promise<Result> => {
    const result = await change;
    await reloads().reload();
    return result;
  };
  return {
    ...versions,
    activate: (name: string, version: number, author: Author) =>
      settled(versions.activate(name, version, author)),
    rollback: (name: string, author: Author) => settled(versions.rollback(name, author)),
  };
}
