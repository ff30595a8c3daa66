import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';

export type Document = Record<string, unknown>;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The parsed body; an empty object when there is none. */
  readonly body: Document;
}

export interface Question {
  readonly headers?: OutgoingHttpHeaders;
  /** Sent as JSON, or as it is when it is text or bytes. */
  readonly body?: unknown;
}

/** A tool that speaks to the gateway with one credential. */
export interface Client {
  readonly authorization: string;
  call(method: string, path: string, question?: Question): Promise<Answer>;
  list(query?: string): Promise<Answer>;
  post(body: unknown): Promise<Answer>;
  get(id: unknown): Promise<Answer>;
  put(id: unknown, body: unknown, headers?: OutgoingHttpHeaders): Promise<Answer>;
  remove(id: unknown, headers?: OutgoingHttpHeaders): Promise<Answer>;
}

/** @param agent holds the connections, so that a test can end them */
export function clientOf(url: string, agent: Agent, authorization: string | undefined): Client {
  const call: Client['call'] = (method, path, { headers = {}, body } = {}) =>
    exchange(url + path, agent, {
      method,
      headers: {
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body,
    });
  return {
    authorization: authorization ?? '',
    call,
    list: (query = '') => call('GET', `/api/lineitems${query}`),
    post: (body) => call('POST', '/api/lineitems', { body }),
    get: (id) => call('GET', lineItemPath(id)),
    put: (id, body, headers = {}) => call('PUT', lineItemPath(id), { body, headers }),
    remove: (id, headers = {}) => call('DELETE', lineItemPath(id), { headers }),
  };
}

/** The path of a line item, its id encoded once as one segment. */
export function lineItemPath(id: unknown): string {
  return `/api/lineitems/${encodeURIComponent(String(id))}`;
}

interface Sent extends Question {
  readonly method: string;
}

/** node:http sends paths and headers as they are; fetch would put `..` and header values right first. */
function exchange(url: string, agent: Agent, { method, headers, body }: Sent): Promise<Answer> {
  const { hostname, port, origin } = new URL(url);
  const path = url.slice(origin.length);
  const content = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method, headers, agent }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const { statusCode: status = 0, headers: received } = incoming;
        resolve({ status, headers: received, text, body: parse(text) });
      });
    });
    outgoing.once('error', reject);
    if (body !== undefined && headers?.['transfer-encoding'] === undefined) {
      outgoing.setHeader('content-length', Buffer.byteLength(content));
    }
    outgoing.end(content);
  });
}

function parse(text: string): Document {
  try {
    return JSON.parse(text) as Document;
  } catch {
    return {};
  }
}
