import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { serveParent, settings, usage } from './child.ts';
import { LINE_ITEMS, TOKEN } from './documents.ts';
import { type LineItem, type OneRosterLineItem, toLti, toOneRoster } from './naive.ts';

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

async function call(method: 'GET' | 'PUT', path: string, lineItem?: object): Promise<OneRosterLineItem> {
  const headers = { authorization, accept: 'application/json', 'content-type': 'application/json' };
  const sent = lineItem === undefined ? null : JSON.stringify({ lineItem });
  const { body } = await pool.request({ method, path, headers, body: sent });
  return ((await body.json()) as { lineItem: OneRosterLineItem }).lineItem;
}

async function put(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const lineItem = JSON.parse(Buffer.concat(parts).toString()) as LineItem;
  const path = LINE_ITEMS + (request.url as string).slice('/api/lineitems/'.length);
  const written = await call('PUT', path, toOneRoster(lineItem, await call('GET', path)));
  return JSON.stringify(toLti(written));
}

const server = createServer(async (request, response) => {
  const answer = await put(request);
  response.writeHead(201, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(answer),
  });
  response.end(answer);
});
server.listen(0, '127.0.0.1', () => {
  serveParent({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, usage);
});
