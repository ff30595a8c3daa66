import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveParent, settings } from './child.ts';
import { ENROLLMENTS, LINE_ITEMS, RESULTS, standing, TOKEN } from './documents.ts';

/** A OneRoster service that is down until it is told to be well, keeps results, and needs some time for each call. */
const { students, latency } = settings<{ readonly students: number; readonly latency: number }>();

/** What it has taken: results, and milliseconds since 1970 of the first and the last. */
export interface Taken {
  readonly results: number;
  readonly writes: number;
  readonly first: number;
  readonly last: number;
  readonly calls: number;
}

let isDown = true;
let [writes, first, last, calls] = [0, 0, 0, 0];
const results = new Map<string, Buffer>();
const TOKEN_ANSWER = Buffer.from('{"access_token":"x","token_type":"Bearer","expires_in":3600}');
const ROSTER = Buffer.from(
  JSON.stringify({
    enrollments: Array.from({ length: students }, (_, index) => ({
      sourcedId: `enrollment-${index}`,
      status: 'active',
      role: 'student',
      user: { sourcedId: `student-${index}`, type: 'user' },
    })),
  }),
);
const HOLE = '{id}';
const LINE_ITEM = JSON.stringify({ lineItem: standing(HOLE) }).split(HOLE);

function answerTo({ method, url = '' }: IncomingMessage, body: Buffer): Buffer | undefined {
  if (url === TOKEN) return TOKEN_ANSWER;
  if (url.startsWith(ENROLLMENTS))
    return url.includes('offset=0') || !url.includes('offset') ? ROSTER : NO_MORE;
  if (url.startsWith(LINE_ITEMS)) return Buffer.from(LINE_ITEM.join(url.slice(LINE_ITEMS.length)));
  if (!url.startsWith(RESULTS)) return undefined;
  if (method !== 'PUT') return results.get(url);
  writes++;
  last = Date.now();
  if (first === 0) first = last;
  results.set(url, body);
  return body;
}
const NO_MORE = Buffer.from('{"enrollments":[]}');

function answer(response: ServerResponse, status: number, body: Buffer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

const NOTHING = Buffer.from('{}');
const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    if (isDown) return answer(response, 503, NOTHING);
    calls++;
    const found = answerTo(request, Buffer.concat(parts));
    return void setTimeout(() => answer(response, found ? 200 : 404, found ?? NOTHING), latency);
  });
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  serveParent<'well' | 'taken'>({ url: `http://127.0.0.1:${port}` }, (question): Taken => {
    if (question === 'well') isDown = false;
    return { results: results.size, writes, first, last, calls };
  });
});
