import type { Admin, AdminRequest, AdminRoute, EventStream } from '../core/admin.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { json, textIn } from './answers.ts';
import type { Audited } from './auditor.ts';
import { detailOf, rowOf } from './exchange-view.ts';
import { cursorOf, invalidQuery, partOf } from './lists.ts';
import type { Exchange } from './ports.ts';
import type { Recorded, Recorder } from './recorder.ts';
import { concerns } from './search.ts';

export interface TrafficParts {
  readonly recorder: Recorder;
  readonly audited: Audited;
  readonly words: () => ReadonlySet<string>;
  readonly publicUrl: string;
}

/** The requests of tools, as they were and as they come. */
export function trafficRoutes(parts: TrafficParts): readonly AdminRoute[] {
  const { recorder } = parts;
  return [
    { method: 'GET', path: '/traffic', role: 'viewer', answer: async ({ query }) => list(query, recorder) },
    { method: 'GET', path: '/traffic/stream', role: 'viewer', answer: async () => stream(recorder) },
    {
      method: 'GET',
      path: '/traffic/:id',
      role: 'viewer',
      answer: async (request) => json(detail(find(request, recorder), parts, false)),
    },
    {
      method: 'POST',
      path: '/traffic/:id/reveal',
      role: 'operator',
      takesBody: true,
      answer: (request, admin) => reveal(request, admin, parts),
    },
  ];
}

const PARTS = { usual: 50, most: 200, cursor: ['number'] } as const;

function list(query: URLSearchParams, recorder: Recorder) {
  const { limit, after } = partOf(query, PARTS);
  const isWanted = filterOf(query);
  const found: Recorded[] = [];
  for (const recorded of recorder.newest(after?.[0] as number | undefined)) {
    if (!isWanted(recorded.exchange)) continue;
    if (found.length === limit) {
      const last = found.at(-1) as Recorded;
      return json({ items: found.map(rowOf), next: cursorOf(last.number) });
    }
    found.push(recorded);
  }
  return json({ items: found.map(rowOf) });
}

function filterOf(query: URLSearchParams): (exchange: Exchange) => boolean {
  const [tool, context, status, search] = ['tool', 'context', 'status', 'search'].map(
    (name) => query.get(name) || undefined,
  );
  if (status !== undefined && !/^[1-5](\d\d|xx)$/.test(status))
    throw invalidQuery('status', 'Must be a status such as 404, or a class such as 4xx.');
  return (exchange) =>
    (tool === undefined || exchange.tool === tool) &&
    (context === undefined || exchange.context === context) &&
    (status === undefined || String(exchange.status).startsWith(status.replace('xx', ''))) &&
    (search === undefined || concerns(exchange, search));
}

function find({ params }: AdminRequest, recorder: Recorder): Recorded {
  const recorded = recorder.find(params['id'] ?? '');
  if (recorded === undefined) throw new GradebridgeError('NOT_FOUND');
  return recorded;
}

function detail(recorded: Recorded, { words, publicUrl }: TrafficParts, isRevealed: boolean) {
  return detailOf(recorded, { words: words(), isRevealed, publicUrl });
}

async function reveal(request: AdminRequest, admin: Admin, parts: TrafficParts) {
  const why = textIn(request.body, 'reason');
  const recorded = find(request, parts.recorder);
  const { requestId } = recorded.exchange;
  return parts.audited(admin, { what: 'traffic.reveal', subject: requestId, why }, async () =>
    json(detail(recorded, parts, true)),
  );
}

function stream(recorder: Recorder): EventStream {
  return {
    subscribe: (send, end) => {
      const recorded = (one: Recorded): void => send('exchange', rowOf(one) as Json);
      const unsubscribe = recorder.subscribe({ recorded, ended: end });
      if (unsubscribe === undefined) throw new GradebridgeError('OVERLOADED', { retryAfter: 5 });
      return unsubscribe;
    },
  };
}
