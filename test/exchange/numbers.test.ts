import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { assertProblem, deskOn, LINE_ITEM, openDesk, SCORE, scoreOf } from '../ags/desk.ts';
import { assertRefused } from './envelope.ts';
import { type Document, held, lineItemPath, sourcedIdIn } from './world.ts';

const EXTENSION = 'https://tool.example/ags/weight';
const POINTER = '/https:~1~1tool.example~1ags~1weight';

/** JSON text of a document with one more member, written as it is given. */
function textWith(document: Document, member: string, written: string): string {
  const { [member]: _, ...rest } = document;
  return `{${JSON.stringify(member)}: ${written}, ${JSON.stringify(rest).slice(1)}`;
}

/** What no number of a user id may be: each is another id as soon as it has been read as a number. */
const NO_IDS = ['115370000000000062', '9007199254740992', '100.0', '1e2', '1E2', '-0', '1.5', '1e400'];

test('a number that is no whole number as it is written is no user id, on either face', async (t) => {
  const { world, tool } = await openDesk(t, {
    config: {
      contexts: {
        'math-101': {
          users: {
            by: 'table',
            users: {
              '100': 'student-2',
              '115370000000000060': 'student-3',
              '115370000000000062': 'student-4',
              '0': 'student-5',
            },
          },
        },
      },
    },
  });
  const ltiaas = await world.as();
  const id = await tool.create();
  const path = `${lineItemPath(id)}/scores`;
  world.sandbox.clearRequests();
  for (const written of NO_IDS) {
    const body = textWith(scoreOf(), 'userId', written);
    assertRefused(await ltiaas.call('POST', path, { body }), { status: 400, code: 'INVALID_SCORE' });
    const said = await ltiaas.call('POST', path, { body });
    assert.deepEqual(
      ((said.body['details'] as Document)['issues'] as Document[]).map(({ pointer }) => pointer),
      ['/userId'],
      said.text,
    );
    const ags = await tool.call('POST', `${id}/scores`, { body, headers: { 'content-type': SCORE } });
    assertProblem(ags, 400, 'INVALID_SCORE', ['/userId']);
  }
  assert.deepEqual(world.writes(), []);
  const taken = await ltiaas.call('POST', path, { body: textWith(scoreOf(), 'userId', '100') });
  assert.equal(taken.status, 204, taken.text);
  assert.deepEqual(
    (await tool.results(id)).map(({ userId }) => userId),
    ['100'],
  );
});

/** What would be another number on its way back. */
const LOST = [
  '115370000000000062',
  '9007199254740993',
  '-9007199254740993',
  '0.1234567890123456789',
  '1e400',
];
/** What is the same number, however it is written. */
const KEPT = ['100.0', '1e2', '9007199254740991', '0.10000000000000001', '33.333333333333336'];

test("a tool's own number comes back as it was sent or is refused, on either face", async (t) => {
  const { world, tool } = await openDesk(t);
  const ltiaas = await world.as();
  const quiz = { label: 'Quiz', scoreMaximum: 10 };
  const id = await tool.create();
  world.sandbox.clearRequests();
  for (const written of LOST) {
    for (const inside of [written, `{"a/b": [0, ${written}]}`]) {
      const pointer = inside === written ? POINTER : `${POINTER}/a~1b/1`;
      const body = textWith(quiz, EXTENSION, inside);
      const put = await tool.call('PUT', id, { body, headers: { 'content-type': LINE_ITEM } });
      assertProblem(put, 400, 'INVALID_LINE_ITEM', [pointer]);
      const score = textWith(scoreOf(), EXTENSION, inside);
      const posted = await tool.call('POST', `${id}/scores`, {
        body: score,
        headers: { 'content-type': SCORE },
      });
      assertProblem(posted, 400, 'INVALID_SCORE', [pointer]);
    }
    assertRefused(await ltiaas.put(id, textWith(quiz, EXTENSION, written)), {
      status: 400,
      code: 'INVALID_LINE_ITEM',
    });
  }
  assert.deepEqual(world.writes(), []);
  for (const written of KEPT) {
    const put = await ltiaas.put(id, textWith(quiz, EXTENSION, written));
    assert.equal(put.status, 201, put.text);
    assert.equal(put.body[EXTENSION], Number(written));
    assert.equal((await tool.get(id)).body[EXTENSION], Number(written));
  }
});

test('a score with more digits than a number holds is taken; one beyond every number is not', async (t) => {
  const { tool } = await openDesk(t);
  const id = await tool.create({ scoreMaximum: 100 });
  const post = (written: string) =>
    tool.call('POST', `${id}/scores`, {
      body: textWith(scoreOf({ scoreMaximum: 100 }), 'scoreGiven', written),
      headers: { 'content-type': SCORE },
    });
  assertProblem(await post('1e400'), 400, 'INVALID_SCORE', ['/scoreGiven']);
  assertProblem(await post('9007199254740993'), 400, 'INVALID_SCORE', ['/scoreGiven']);
  assert.deepEqual((await tool.results(id)).length, 0);
  assert.equal((await post('66.66666666666666666667')).status, 200);
  assert.equal((await tool.results(id))[0]?.['resultScore'], 66.66666666666667);
});

/** A service before a sandbox whose objects have one member in their metadata that the sandbox, being JavaScript, cannot hold. */
async function withLongNumbers(
  t: TestContext,
  sandbox: Sandbox,
  written: string,
): Promise<{ readonly service: Sandbox; readonly received: string[] }> {
  const received: string[] = [];
  const server = createServer(async (message, response) => {
    const text = await textOf(message);
    if (message.method === 'PUT') received.push(text);
    const { authorization, 'content-type': type } = message.headers;
    const answer = await fetch(sandbox.url + String(message.url), {
      method: String(message.method),
      headers: { ...(authorization && { authorization }), ...(type && { 'content-type': type }) },
      ...(text !== '' && { body: text }),
    });
    const said = (await answer.text()).replaceAll('"district":0', `"district":${written}`);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(said);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { service: { ...sandbox, url, tokenUrl: `${url}/oauth2/token` }, received };
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

for (const family of ['lineItems', 'assessmentLineItems'] as const) {
  test(`a number of OneRoster's that no double holds goes back to the digit, in ${family}`, async (t) => {
    const sandbox = await startSandbox();
    t.after(() => sandbox.close());
    const written = '115370000000000062.50';
    const { service, received } = await withLongNumbers(t, sandbox, written);
    const { world, tool } = await deskOn(t, service, { contexts: { 'math-101': { family } } });
    const id = await tool.create();
    const stored = held(world, sourcedIdIn(id), family);
    sandbox.put(family, {
      ...stored,
      sourcedId: sourcedIdIn(id),
      metadata: { ...(stored['metadata'] as Document), district: 0 },
    });
    received.length = 0;
    const put = await tool.put(id, { label: 'Renamed', scoreMaximum: 10 });
    assert.equal(put.status, 200, put.text);
    assert.ok(received.at(-1)?.includes(`"district":${written}`), received.at(-1));
  });
}
