import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { ERRORS, type ErrorCode } from '../core/errors.ts';

export interface MetricsParts {
  readonly path: string;
  /** What whoever asks must send as a Bearer token; absent, nobody is asked for one. */
  readonly token: string | undefined;
  readonly scrape: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** Is told why there is nothing to show. */
  readonly failed: (error: unknown) => void;
}

/**
 * Shows metrics, past everything that requests of tools meet: it has to answer when those are refused.
 *
 * @example createServer(createMetricsListener({ path: '/metrics', token: undefined, scrape, failed }))
 */
export function createMetricsListener({ path, token, scrape, failed }: MetricsParts): RequestListener {
  const isLetIn = token === undefined ? () => true : bearerCheck(token);
  return (request, response) => {
    if (pathOf(request) !== path) return refuse(response, 'ROUTE_NOT_FOUND');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, 'METHOD_NOT_ALLOWED', { allow: 'GET, HEAD' });
    if (!isLetIn(request.headers.authorization))
      return refuse(response, 'INVALID_TOKEN', { 'www-authenticate': 'Bearer' });
    scrape().then(
      ({ contentType, text }) => send(response, 200, { 'content-type': contentType }, text),
      (error: unknown) => {
        failed(error);
        refuse(response, 'INTERNAL');
      },
    );
  };
}

/** The path of a request, without its query. */
export function pathOf({ url = '' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}

/** Compared as digests, so that the time it takes tells neither the length nor a part of the token. */
function bearerCheck(token: string): (authorization: string | undefined) => boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const wanted = digest(token);
  return (authorization) => {
    const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    return given !== undefined && timingSafeEqual(digest(given), wanted);
  };
}

function refuse(
  response: ServerResponse,
  code: ErrorCode,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { status, title } = ERRORS[code];
  send(response, status, { ...headers, 'content-type': 'text/plain; charset=utf-8' }, `${code}: ${title}\n`);
}

type Headers = Readonly<Record<string, string>>;

function send(response: ServerResponse, status: number, headers: Headers, text: string): void {
  const length = Buffer.byteLength(text);
  response.writeHead(status, {
    ...headers,
    'content-length': length,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}
