import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveParent, usage } from './child.ts';
import { ENROLLMENTS, LINE_ITEMS, RESULTS, STUDENT, standing, standingResult, TOKEN } from './documents.ts';

/** A OneRoster service that costs as little as one can: prepared answers, and a write is answered with what was sent. */
const HOLE = '{id}';
const around = (document: object): readonly string[] => JSON.stringify(document).split(HOLE);
const DOCUMENTS = [
  { path: LINE_ITEMS, text: around({ lineItem: standing(HOLE) }) },
  { path: RESULTS, text: around({ result: standingResult(HOLE) }) },
];
const ROSTER = JSON.stringify({
  enrollments: [
    {
      sourcedId: 'enrollment-7',
      status: 'active',
      role: 'student',
      user: { sourcedId: STUDENT, type: 'user' },
    },
  ],
});
const TOKEN_ANSWER = JSON.stringify({
  access_token: 'x'.repeat(900),
  token_type: 'Bearer',
  expires_in: 3600,
});

let connections = 0;
const server = createServer((request, response) => {
  const url = request.url ?? '';
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    if (url === TOKEN) return answer(response, Buffer.from(TOKEN_ANSWER));
    if (request.method === 'PUT') return answer(response, Buffer.concat(parts));
    if (url.startsWith(ENROLLMENTS)) return answer(response, Buffer.from(ROSTER));
    const found = DOCUMENTS.find(({ path }) => url.startsWith(path));
    return answer(response, Buffer.from(found?.text.join(url.slice(found.path.length)) ?? '{}'));
  });
});

function answer(response: ServerResponse, body: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}

server.on('connection', () => connections++);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  serveParent({ url: `http://127.0.0.1:${port}` }, () => ({ ...usage(), connections }));
});
