import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './call.ts';
import type { Outcome } from './faults.ts';

export const maxBody = 1024 * 1024;
const chunkSize = 64 * 1024;

/** A request as the services see it. */
export interface Request {
  readonly method: string;
  /** As sent, with its query. */
  readonly path: string;
  readonly pathname: string;
  /** Without the question mark. */
  readonly query: string;
  readonly host: string | undefined;
  readonly authorization: string | undefined;
  readonly traceparent: string | undefined;
  /** Lower case, without parameters. */
  readonly contentType: string;
  /** Undefined if it was larger than a megabyte. */
  readonly body: string | undefined;
  /** What the body says; undefined if it is no JSON. Parsed once, for the record and the service alike. */
  readonly json: { readonly value: unknown } | undefined;
}

/** Reads the request to its end; what exceeds a megabyte is discarded, so that a refusal reaches the sender. */
export async function readRequest(message: IncomingMessage): Promise<Request> {
  const path = message.url ?? '/';
  const mark = path.indexOf('?');
  const contentType = (message.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const body = await readBody(message);
  return {
    method: message.method ?? 'GET',
    path,
    pathname: mark < 0 ? path : path.slice(0, mark),
    query: mark < 0 ? '' : path.slice(mark + 1),
    host: message.headers.host,
    authorization: message.headers.authorization,
    traceparent: message.headers['traceparent']?.toString(),
    contentType,
    body,
    json: body && contentType === 'application/json' ? parseJson(body) : undefined,
  };
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function readBody(message: IncomingMessage): Promise<string | undefined> | string {
  const { headers } = message;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return '';
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBody) chunks.push(chunk);
    });
    message.on('end', () => resolve(size <= maxBody ? Buffer.concat(chunks).toString('utf8') : undefined));
    message.on('error', reject);
  });
}

/** Sends the outcome, and answers with the status that was sent: 0 if none was. */
export function send(response: ServerResponse, outcome: Outcome, requestId: string): number {
  if (outcome === 'hang') return 0;
  if (outcome === 'reset') {
    response.socket?.resetAndDestroy();
    return 0;
  }
  const headers: Record<string, string | number> = { ...outcome.headers, 'x-request-id': requestId };
  if (outcome.fill !== undefined) {
    response.writeHead(outcome.status, { ...headers, 'Content-Type': 'application/json' });
    fill(response, outcome.fill);
    return outcome.status;
  }
  const content = contentOf(outcome);
  if (content) {
    headers['Content-Type'] = content.type;
    headers['Content-Length'] = Buffer.byteLength(content.value);
  } else if (outcome.status !== 204) {
    headers['Content-Length'] = 0;
  }
  response.writeHead(outcome.status, headers).end(content?.value);
  return outcome.status;
}

function contentOf(answer: Answer): Answer['text'] {
  if (answer.text) return answer.text;
  if (answer.body === undefined) return undefined;
  return { type: 'application/json', value: JSON.stringify(answer.body) };
}

/** A JSON string of that many bytes, written only as fast as it is read. */
function fill(response: ServerResponse, bytes: number): void {
  const chunk = Buffer.alloc(chunkSize, 'x');
  let left = Math.max(0, bytes - 2);
  const more = () => {
    while (left > 0) {
      const size = Math.min(left, chunkSize);
      left -= size;
      if (!response.write(chunk.subarray(0, size))) {
        response.once('drain', more);
        return;
      }
    }
    response.end('"');
  };
  response.write('"');
  more();
}
