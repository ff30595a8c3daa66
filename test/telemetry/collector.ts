import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A span as it came over the wire. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** 1 internal, 2 server, 3 client (OTLP, Span.SpanKind). */
  readonly kind: number;
  readonly isError: boolean;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
}

export interface Collector {
  readonly url: string;
  readonly spans: ReceivedSpan[];
  readonly bodies: string[];
  readonly headers: IncomingHttpHeaders[];
}

interface Otlp {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

interface OtlpSpan extends Omit<ReceivedSpan, 'attributes' | 'links' | 'isError'> {
  readonly attributes?: readonly {
    readonly key: string;
    readonly value: Readonly<Record<string, string | number>>;
  }[];
  readonly links?: ReceivedSpan['links'];
  readonly status?: { readonly code?: number };
}

/** Receives OTLP over HTTP in JSON, as a collector does. */
export async function startCollector(t: TestContext, status = 200): Promise<Collector> {
  const collector = {
    spans: [] as ReceivedSpan[],
    bodies: [] as string[],
    headers: [] as IncomingHttpHeaders[],
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      assert.equal(request.method, 'POST');
      assert.equal(request.headers['content-type'], 'application/json');
      const text = Buffer.concat(parts).toString();
      collector.headers.push(request.headers);
      collector.bodies.push(text);
      collector.spans.push(...spansOf(JSON.parse(text) as Otlp));
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1/traces`, ...collector };
}

function spansOf({ resourceSpans }: Otlp): readonly ReceivedSpan[] {
  const all = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  return all.map(({ attributes = [], links = [], status, ...span }) => ({
    ...span,
    isError: status?.code === 2,
    attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0] ?? ''])),
    links,
  }));
}
