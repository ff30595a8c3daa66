import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { problemsBy } from './admin/answers.ts';
import { createAuditor } from './admin/auditor.ts';
import { lineItemsUrl } from './admin/entries.ts';
import { createGate, type Gate } from './admin/gate.ts';
import { createJobs, type Jobs } from './admin/jobs.ts';
import type { OidcParts } from './admin/oidc.ts';
import type { Exchange } from './admin/ports.ts';
import { createRecorder, RECORDER_LIMITS } from './admin/recorder.ts';
import { wordsOf } from './admin/redaction.ts';
import { adminRoutes } from './admin/routes.ts';
import { createStatistics, type Statistics } from './admin/statistics.ts';
import { type Administered, checksOf, inForce, recordingsOf, revisionsOf } from './administered.ts';
import { createFailureBudget, type FailureBudget } from './auth/failures.ts';
import { createGuardedFetch } from './auth/guarded-fetch.ts';
import { createOidcProvider } from './auth/oidc.ts';
import type { AdminConfig } from './config/config.ts';
import { PACKAGE_ROOT } from './config/files.ts';
import type { LoadedConfig } from './config/load.ts';
import { keepNotes, newRecording } from './core/recording.ts';
import { createAgs } from './dialects/ags/dialect.ts';
import type { GatewayPorts } from './gateway/ports.ts';
import type { AppParts } from './http/app.ts';
import { causesOf, type Log } from './log.ts';
import { comparisonOf } from './reconciled.ts';
import { issuing, lookupsOf, registryOn, settling } from './registering.ts';
import { configNames, deliveriesByName } from './renamed.ts';
import type { OpenedStore } from './store/store.ts';
import type { RouteWatch, UnderWay } from './upstream/watch.ts';
import { type Apart, openBench } from './workbench/bench.ts';
import { mappingRoutes } from './workbench/routes.ts';
import { createVersions } from './workbench/versions.ts';

/** What looks on while the gateway works: it is there before what it looks at. */
export interface Watching {
  readonly newRecording: typeof newRecording;
  /** Is told of the exchanges with each upstream. */
  readonly upstream: (name: string) => RouteWatch;
  readonly observe: NonNullable<GatewayPorts['observe']>;
  readonly finished: (exchange: Exchange) => void;
  /** The admin API of one revision of the configuration. */
  readonly serve: (gateway: Administered) => Administration;
  /** No stream goes on, and no trial of a mapping. */
  end(): Promise<void>;
}

export interface Administration {
  readonly face: NonNullable<AppParts['admin']>;
  /** Ends streams, which a client begins again where it may, and waits for jobs: another revision has come, or none. */
  stop(): Promise<void>;
}

interface Surroundings {
  readonly store: OpenedStore;
  readonly clock: () => number;
  readonly log: Log;
  /** The folder of the console's files; that of the package when it is not given. */
  readonly console?: string | undefined;
}

/** Sign-ins of one address that may fail in a minute, and at once: nobody mistypes a token more often. */
const FAILED_SIGN_INS = 20;

/** @returns undefined where `admin` is not configured: nothing is watched then, and nothing costs anything */
export function createWatching(
  config: AdminConfig | undefined,
  surroundings: Surroundings,
): Watching | undefined {
  if (config === undefined) return undefined;
  const { clock } = surroundings;
  const recorder = createRecorder({ most: config.traffic, ...RECORDER_LIMITS });
  const statistics = createStatistics(clock);
  const bench = openBench();
  return {
    newRecording,
    upstream: (name) => ({ heldBack: () => {}, begin: () => timed(name, statistics, clock) }),
    observe: (_caller, { recording }, notes) => {
      if (recording !== undefined) keepNotes(recording, notes, clock());
    },
    finished: (exchange) => {
      if (exchange.recording === undefined) return;
      statistics.counted(exchange);
      recorder.keep(exchange);
    },
    serve: (gateway) => {
      const admin = gateway.loaded.config.admin ?? config;
      return serve(admin, { recorder, statistics, bench, ...surroundings }, gateway);
    },
    end: async () => {
      recorder.end();
      await bench.close();
    },
  };
}

const NO_HEADERS = {};

/** An exchange whose time counts: well is an answer that is neither a fault of the service nor a word to wait. */
function timed(upstream: string, statistics: Statistics, clock: () => number): UnderWay {
  const begun = clock();
  return {
    headers: NO_HEADERS,
    end: (outcome) => {
      const isWell = typeof outcome === 'number' && outcome < 500 && outcome !== 429;
      statistics.measured(upstream, { milliseconds: clock() - begun, isWell });
    },
  };
}

interface Watched extends Surroundings {
  readonly recorder: ReturnType<typeof createRecorder>;
  readonly statistics: Statistics;
  readonly bench: Apart;
}

function serve(admin: AdminConfig, watched: Watched, gateway: Administered): Administration {
  const { store, clock, recorder, statistics, bench, log } = watched;
  const { loaded, upstreams, contextOf, readiness, promises } = gateway;
  const revisions = revisionsOf(gateway, clock);
  const { config } = loaded;
  const audited = createAuditor({ store: store.audit, clock, newId: randomUUID });
  const failures = createFailureBudget(FAILED_SIGN_INS, clock);
  const gate = gateOf(admin, { failures, publicUrl: config.publicUrl, ...watched });
  const deliveries = deliveriesByName(store.deliveries, configNames(config));
  const jobs = jobsOf(watched, gateway, { audited, deliveries });
  const lenses = [...loaded.lenses.values()].flatMap(({ lineItem, result }) => [lineItem, result]);
  const words = wordsOf(lenses);
  const registry = registryOn(store, { read: gateway.read, clock });
  const versions = createVersions({ store: store.mappings, config: () => config, bench, clock });
  const workbench = mappingRoutes({
    versions: inForce(versions, gateway.reloads),
    ...{ bench, audited, config: () => config, recordings: recordingsOf(recorder) },
  });
  const rosterOf = (upstream: string) => upstreams.get(upstream)?.roster;
  const comparison = (key: string) =>
    comparisonOf(
      { config, contextOf, rosterOf, told: store.told, left: store.left, promises, clock, recorder },
      key,
    );
  const routes = adminRoutes({
    gate,
    hasTokens: Object.keys(admin.tokens).length > 0,
    oidc: oidcOf(admin, loaded, { gate, audited, failures, clock, log }),
    audit: store.audit,
    configuration: {
      config,
      revisions,
      audited,
      origins: { ...loaded, inFile: loaded.inFile.config },
      registry,
    },
    registry: { registry, audited, config, settle: settling(gateway), issue: issuing(gateway.keyring) },
    lookups: lookupsOf(loaded, { upstreams, clock }),
    overview: {
      ...{ revisions, readiness, statistics, clock, deliveries },
      tools: Object.keys(config.tools),
      upstreams: new Map(
        [...upstreams].map(([name, { isOutage, credentials }]) => [
          name,
          { profile: config.upstreams[name]?.profile ?? '', isOutage, tokenLasts: credentials.lasts },
        ]),
      ),
    },
    deliveries: { deliveries, jobs },
    traffic: { recorder, audited, words: () => words, publicUrl: config.publicUrl },
    lineItems: {
      comparisonOf: comparison,
      lineItemsUrl: (context) => lineItemsUrl(config.publicUrl, context),
    },
    reconcile: { comparisonOf: comparison, audited },
    checks: { tools: config.tools, upstreams: config.upstreams, ...checksOf(loaded, { upstreams, clock }) },
  });
  return {
    face: {
      routes: [...routes, ...workbench],
      admit: gate.admit,
      encodeError: problemsBy(createAgs({ publicUrl: config.publicUrl }).encodeError),
      console: watched.console ?? join(PACKAGE_ROOT, 'dist', 'console'),
    },
    stop: async () => {
      recorder.end();
      await jobs.over();
    },
  };
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

interface GateNeeds extends Pick<Watched, 'store' | 'clock'> {
  readonly failures: FailureBudget;
  readonly publicUrl: string;
}

function gateOf(admin: AdminConfig, { store, clock, failures, publicUrl }: GateNeeds): Gate {
  return createGate({
    tokens: admin.tokens,
    hasOidc: admin.oidc !== undefined,
    sessions: store.adminSessions,
    minutes: admin.sessionMinutes,
    isSecure: publicUrl.startsWith('https:'),
    ...{ failures, clock, newSecret },
  });
}

interface Deciding {
  readonly audited: ReturnType<typeof createAuditor>;
  readonly deliveries: OpenedStore['deliveries'];
}

function jobsOf(
  { store, clock, log }: Watched,
  { wake, isDraining }: Administered,
  { audited, deliveries }: Deciding,
): Jobs {
  return createJobs({
    ...{ deliveries, store: store.adminJobs, audited, wake, clock, newId: randomUUID },
    isStopping: isDraining,
    failed: (error) => log('error', 'admin job', { cause: causesOf(error) }),
  });
}

interface OidcNeeds extends Pick<OidcParts, 'gate' | 'audited' | 'failures'> {
  readonly clock: () => number;
  readonly log: Log;
}

function oidcOf(
  { oidc }: AdminConfig,
  { config }: LoadedConfig,
  { clock, log, ...needs }: OidcNeeds,
): OidcParts | undefined {
  if (oidc === undefined) return undefined;
  const { publicUrl, keySets } = config;
  const settings = { ...oidc, redirectUri: `${publicUrl}/admin/v1/oidc/callback` };
  return {
    ...needs,
    provider: createOidcProvider(settings, createGuardedFetch(keySets), clock),
    ...{ issuer: oidc.issuer, operator: oidc.operator, viewer: oidc.viewer, publicUrl, newSecret },
    isSecure: publicUrl.startsWith('https:'),
    refused: (requestId, error) =>
      log('warn', 'sign-in', { requestId, code: error.code, cause: causesOf(error) }),
  };
}
