import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { serveParent, settings, usage } from './child.ts';
import { LINE_ITEMS, RESULTS, type SCORE, TOKEN } from './documents.ts';
import {
  type LineItem,
  type OneRosterLineItem,
  type OneRosterResult,
  resultIdOf,
  toLti,
  toOneRoster,
  toResult,
} from './naive.ts';

/** The least that does the job: bare node:http, a pool of connections, two calls, a naive mapping; no guard, no checks. */
const { upstream, connections } = settings<{ upstream: string; connections: number }>();
const pool = new Pool(upstream, { connections });
const authorization = await getToken();

async function getToken(): Promise<string> {
  const form = 'grant_type=client_credentials&client_id=id&client_secret=secret';
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { body } = await pool.request({ method: 'POST', path: TOKEN, headers, body: form });
  return `Bearer ${((await body.json()) as { access_token: string }).access_token}`;
}

async function call<Document>(
  method: 'GET' | 'PUT',
  path: string,
  [name, document]: readonly [string, object?],
): Promise<Document> {
  const headers = { authorization, accept: 'application/json', 'content-type': 'application/json' };
  const sent = document === undefined ? null : JSON.stringify({ [name]: document });
  const { body } = await pool.request({ method, path, headers, body: sent });
  return ((await body.json()) as Record<string, Document>)[name] as Document;
}

async function read<Document>(request: IncomingMessage): Promise<Document> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString()) as Document;
}

const ROOT = '/api/lineitems/';

async function put(request: IncomingMessage, id: string): Promise<string> {
  const path = LINE_ITEMS + id;
  const lineItem = await read<LineItem>(request);
  const found = await call<OneRosterLineItem>('GET', path, ['lineItem']);
  const written = await call<OneRosterLineItem>('PUT', path, ['lineItem', toOneRoster(lineItem, found)]);
  return JSON.stringify(toLti(written));
}

async function score(request: IncomingMessage, id: string): Promise<void> {
  const given = await read<typeof SCORE>(request);
  const path = RESULTS + resultIdOf(id, given);
  const found = await call<OneRosterResult>('GET', path, ['result']);
  await call('PUT', path, ['result', toResult(given, found)]);
}

const server = createServer(async (request, response) => {
  const [id = ''] = (request.url as string).slice(ROOT.length).split('/', 1);
  if (request.method === 'POST') {
    await score(request, id);
    response.writeHead(204).end();
    return;
  }
  const answer = await put(request, id);
  response.writeHead(201, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(answer),
  });
  response.end(answer);
});
server.listen(0, '127.0.0.1', () => {
  serveParent({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, usage);
});
