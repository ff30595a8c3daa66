import type { Attempt, Delivery } from '../core/delivery.ts';
import type { GradebridgeError } from '../core/errors.ts';
import type { Caller, Operation, Outcome } from '../core/operation.ts';
import { formatTraceparent, parseTraceparent, type TraceParent } from '../core/trace.ts';
import type { Counts } from './counts.ts';
import type { Traces } from './opentelemetry.ts';
import type { Scrape } from './prometheus.ts';
import { createPromised } from './promised.ts';

/** A request that has ended. */
interface Exchange {
  readonly method: string;
  readonly face: string;
  readonly operation: string;
  readonly route: string;
  readonly status: number;
  /** Whether there was an answer, and not a client that has hung up before. */
  readonly isAnswered: boolean;
  readonly milliseconds: number;
  readonly tool: string | undefined;
  readonly context: string | undefined;
  readonly error: GradebridgeError | undefined;
  readonly trace: TraceParent | undefined;
}

interface UpstreamExchange {
  readonly method: string;
  readonly route: string;
  readonly tries: number;
  readonly trace: TraceParent | undefined;
}

interface UpstreamWatch {
  begin(exchange: UpstreamExchange): {
    readonly headers: Readonly<Record<string, string>>;
    end(outcome: number | string): void;
  };
  heldBack(reason: string): void;
}

/** What the parts of the gateway tell, and whom they may tell it: metrics, traces, or both. */
export interface Telemetry {
  begun(headers: Readonly<Record<string, string | readonly string[] | undefined>>): TraceParent | undefined;
  finished(exchange: Exchange): void;
  upstream(name: string): UpstreamWatch;
  /** An operation has come to an outcome. */
  performed(outcome: Outcome, operation: Operation, told: Told): void;
  readonly attempts: {
    begin(delivery: Delivery): TraceParent | undefined;
    end(place: TraceParent, delivery: Delivery, attempt: Attempt): void;
  };
  settled(delivery: Delivery): void;
  metEdit(edit: { readonly thing: string; readonly outcome: string }, caller: Caller): void;
  tokenAnswered(tool: string | undefined, status: number): void;
  reloaded(outcome: 'changed' | 'same' | 'refused'): void;
  /** What Prometheus reads; absent without metrics. */
  readonly scrape: (() => Promise<Scrape>) | undefined;
  close(): Promise<void>;
}

interface Told {
  readonly caller: Caller;
  readonly upstream: string;
  readonly trace: TraceParent | undefined;
}

export interface TelemetryParts {
  readonly counts: Counts | undefined;
  readonly scrape: (() => Promise<Scrape>) | undefined;
  readonly traces: Traces | undefined;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
}

const NO_HEADERS = {};

/** Whoever watches the gateway asks every few seconds, and would fill the traces; what is asked is known at the end only. */
const UNTRACED: ReadonlySet<string> = new Set(['alive', 'ready']);

/** @example const telemetry = createTelemetry(parts); telemetry.finished(exchange) */
export function createTelemetry({ counts, scrape, traces, elapsed }: TelemetryParts): Telemetry {
  const promised = createPromised();
  return {
    begun: ({ traceparent }) => {
      counts?.begun();
      const parent = parseTraceparent(typeof traceparent === 'string' ? traceparent : undefined);
      return traces?.begin({ kind: 'server', name: 'request', parent });
    },
    finished: (exchange) => {
      counts?.finished(exchange, exchange.error?.code);
      const { trace, operation } = exchange;
      // A span that is not ended is never sent.
      if (trace !== undefined && !UNTRACED.has(operation)) traces?.end(trace, requestSpan(exchange));
    },
    upstream: (name) => ({
      heldBack: (reason) => counts?.heldBack(name, reason),
      begin: (exchange) => {
        const { method, route, trace: parent, tries } = exchange;
        const started = elapsed();
        const place = parent && traces?.begin({ kind: 'client', name: `${method} ${route}`, parent });
        return {
          headers: place === undefined ? NO_HEADERS : { traceparent: formatTraceparent(place) },
          end: (outcome) => {
            counts?.called({ upstream: name, method, route, tries }, outcome, (elapsed() - started) / 1000);
            if (place !== undefined) traces?.end(place, upstreamSpan(name, exchange, outcome));
          },
        };
      },
    }),
    performed: (outcome, { kind }, { caller, upstream, trace }) => {
      if (outcome.kind !== 'scorePromised' && outcome.kind !== 'lineItemHeld') return;
      const { id, errorCode } = outcome.receipt;
      counts?.promised({ upstream, caller, operation: kind, code: errorCode });
      if (trace !== undefined) promised.remember(id, trace);
    },
    attempts: {
      begin: ({ id, upstream }) =>
        traces?.begin({ kind: 'internal', name: `deliver ${upstream}`, cause: promised.traceOf(id) }),
      end: (place, delivery, attempt) => traces?.end(place, attemptSpan(delivery, attempt)),
    },
    settled: (delivery) => counts?.settled(delivery),
    metEdit: (edit, caller) => counts?.metEdit(edit, caller),
    tokenAnswered: (tool, status) => counts?.tokenAnswered(tool, status),
    reloaded: (outcome) => counts?.reloaded(outcome),
    scrape,
    close: async () => traces?.close(),
  };
}

type SpanEnd = Parameters<Traces['end']>[1];

function requestSpan(exchange: Exchange): SpanEnd {
  const { method, face, operation, route, status, isAnswered, tool, context, error } = exchange;
  return {
    name: operation === '' ? 'request' : `${face} ${operation}`.trim(),
    isError: status >= 500,
    attributes: {
      'http.request.method': METHODS.has(method) ? method : '_OTHER',
      'http.route': route,
      ...(isAnswered && { 'http.response.status_code': status }),
      'gradebridge.face': face,
      'gradebridge.operation': operation,
      ...(tool !== undefined && { 'gradebridge.tool': tool }),
      ...(context !== undefined && { 'gradebridge.context': context }),
      ...(error !== undefined && { 'error.type': error.code }),
    },
  };
}

/** Those of RFC 9110 §9.3; what else a client may have made up is `_OTHER` in OpenTelemetry's words. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);

function upstreamSpan(upstream: string, exchange: UpstreamExchange, outcome: number | string): SpanEnd {
  const { method, route, tries } = exchange;
  const isError = typeof outcome === 'string' || (outcome >= 400 && outcome !== 404);
  return {
    isError,
    attributes: {
      'http.request.method': method,
      'url.template': route,
      'gradebridge.upstream': upstream,
      ...(tries > 1 && { 'http.request.resend_count': tries - 1 }),
      ...(typeof outcome === 'number' && { 'http.response.status_code': outcome }),
      ...(isError && { 'error.type': String(outcome) }),
    },
  };
}

function attemptSpan({ upstream, tool, context, attempts }: Delivery, attempt: Attempt): SpanEnd {
  return {
    isError: attempt.kind === 'passing' || attempt.kind === 'failed',
    attributes: {
      'gradebridge.upstream': upstream,
      'gradebridge.tool': tool,
      'gradebridge.context': context,
      'gradebridge.attempt': attempts,
      'gradebridge.outcome': attempt.kind,
      ...('code' in attempt && { 'error.type': attempt.code }),
    },
  };
}
