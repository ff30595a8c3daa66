import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveParent, settings, usage } from './child.ts';
import { standing, TOKEN } from './documents.ts';

/** A OneRoster service whose class has many line items, in prepared pages. Every hundredth has the tag `rare`. */
const { count } = settings<{ count: number }>();

const ROWS = Array.from({ length: count }, (_, index) => {
  const lineItem = standing(`line-item-${String(index).padStart(6, '0')}`) as { metadata: object };
  const tag = index % 100 === 0 ? 'rare' : 'grade';
  return JSON.stringify({ ...lineItem, metadata: { ...lineItem.metadata, ltiTag: tag } });
});

const pages = new Map<string, Buffer>();
function pageOf(search: URLSearchParams): Buffer {
  const [offset, limit] = ['offset', 'limit'].map((name) => Number(search.get(name))) as [number, number];
  const key = `${offset} ${limit}`;
  const rows = ROWS.slice(offset, offset + limit).join(',');
  const page = pages.get(key) ?? Buffer.from(`{"lineItems":[${rows}],"totalCount":${count}}`);
  pages.set(key, page);
  return page;
}

const TOKEN_ANSWER = Buffer.from('{"access_token":"x","token_type":"Bearer","expires_in":3600}');
const server = createServer(({ url = '' }, response) => {
  const body = url === TOKEN ? TOKEN_ANSWER : pageOf(new URL(url, 'http://127.0.0.1').searchParams);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  serveParent({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, usage);
});
