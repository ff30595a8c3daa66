import {
  type Attributes,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TraceParent } from '../core/trace.ts';

export interface TracesOptions {
  /** Where spans are sent: OTLP over HTTP, in JSON. */
  readonly otlpUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The part of traces that is recorded, from 0 to 1. */
  readonly sample: number;
  readonly version: string;
  /** Is told why spans could not be sent. */
  readonly failed: (error: unknown) => void;
}

export interface Begin {
  readonly kind: 'server' | 'client' | 'internal';
  readonly name: string;
  readonly parent?: TraceParent | undefined;
  /** Another place that this one came of. */
  readonly cause?: TraceParent | undefined;
}

export interface End {
  readonly name?: string;
  readonly attributes: Attributes;
  /** Whether it is an error for whoever began it. */
  readonly isError: boolean;
}

/** Spans, by their places: the rest of the gateway knows those alone. */
export interface Traces {
  begin(begin: Begin): TraceParent;
  end(place: TraceParent, end: End): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** Milliseconds for sending spans: a stop waits no longer for a collector that is away. */
const SENDING = 3_000;

/**
 * Traces by OpenTelemetry, without its global state: what belongs together is handed on, not looked up.
 *
 * @example const traces = createTraces(options); traces.end(traces.begin({ kind: 'server', name: 'x' }), { … })
 */
export function createTraces(options: TracesOptions): Traces {
  const provider = providerOf(options);
  const tracer = provider.getTracer('gradebridge', options.version);
  return {
    begin: ({ kind, name, parent, cause }) => {
      const above =
        parent && trace.setSpanContext(ROOT_CONTEXT, contextOf(parent, !(parent instanceof Place)));
      const links: Link[] = cause === undefined ? [] : [{ context: contextOf(cause, false) }];
      return new Place(tracer.startSpan(name, { kind: KINDS[kind], links }, above ?? ROOT_CONTEXT));
    },
    end: (place, { name, attributes, isError }) => {
      if (!(place instanceof Place)) return;
      const { span } = place;
      if (span.isRecording()) {
        if (name !== undefined) span.updateName(name);
        span.setAttributes(attributes);
        if (isError) span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
    },
    close: () => provider.shutdown().catch(options.failed),
  };
}

/** A place of ours, which others see as a place alone; a map beside it would cost the garbage collector more than the spans. */
class Place implements TraceParent {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
  readonly #span: Span;

  constructor(span: Span) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.traceId = traceId;
    this.spanId = spanId;
    this.isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
    this.#span = span;
  }

  get span(): Span {
    return this.#span;
  }
}

/**
 * What a caller has not sampled is not sampled here, so that no trace is in pieces. That a caller has sampled it is no order:
 * the ratio decides on the trace's id, so that a stranger cannot have everything recorded.
 */
function providerOf({ otlpUrl: url, headers, sample, version, failed }: TracesOptions): TracerProvider {
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: SENDING });
  const ratio = new TraceIdRatioBasedSampler(sample);
  return new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'gradebridge', 'service.version': version }),
    sampler: new ParentBasedSampler({ root: ratio, remoteParentSampled: ratio }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: telling(exporter, failed), exportTimeoutMillis: SENDING }),
    ],
  });
}

/** The SDK tells what could not be sent to a logger of its own, which nobody has set. */
function telling(exporter: SpanExporter, failed: (error: unknown) => void): SpanExporter {
  return {
    export: (batch, done) =>
      exporter.export(batch, (result) => {
        if (result.error !== undefined) failed(result.error);
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

function contextOf({ traceId, spanId, isSampled }: TraceParent, isRemote: boolean): SpanContext {
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return { traceId, spanId, traceFlags, isRemote };
}
