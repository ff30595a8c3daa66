import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { isObject, type Json, type JsonObject } from '../../src/core/json.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Service } from './scene.ts';

/** A request on its way to the sandbox. */
export interface Passing {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export interface Returning {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
}

/** How a service differs from the sandbox behind it. */
export interface Twist {
  /** Answers in the sandbox's place, or changes what reaches it. */
  readonly there?: (request: Passing) => Returning | Passing | undefined;
  /** Changes what the sandbox answers. */
  readonly back?: (answer: Returning, request: Passing) => Returning;
}

/** A service before a sandbox that has habits of its own; it ends with the test. */
export async function twist(t: TestContext, sandbox: Sandbox, { there, back }: Twist): Promise<Service> {
  const server = createServer(async (message, response) => {
    const request = await readRequest(message);
    const changed = there?.(request);
    const answer =
      changed !== undefined && 'status' in changed ? changed : await forward(sandbox, changed ?? request);
    const { status, headers = {}, body } = back?.(answer, request) ?? answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body === undefined || status === 204 ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { clientId, clientSecret } = sandbox;
  return { url, tokenUrl: `${url}/oauth2/token`, clientId, clientSecret };
}

async function readRequest(message: IncomingMessage): Promise<Passing> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  const { method = '', url = '', headers } = message;
  return { method, path: url, headers, text: Buffer.concat(chunks).toString() };
}

async function forward(sandbox: Sandbox, { method, path, headers, text }: Passing): Promise<Returning> {
  const { authorization, 'content-type': type } = headers;
  const answer = await fetch(sandbox.url + path, {
    method,
    headers: { ...(authorization && { authorization }), ...(type && { 'content-type': type }) },
    ...(text !== '' && { body: text }),
  });
  const said = await answer.text();
  const kept = ['x-total-count', 'link', 'date'].flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return {
    status: answer.status,
    headers: Object.fromEntries(kept),
    ...(said !== '' && { body: JSON.parse(said) as Json }),
  };
}

/** Changes every object that the service gives, alone or in a list. */
export function inObjects(change: (document: JsonObject) => JsonObject): Twist {
  const changeAll = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(changeAll);
    return isObject(value) && 'sourcedId' in value ? change(value) : value;
  };
  return {
    back: (answer) => {
      if (!isObject(answer.body)) return answer;
      const changed = Object.entries(answer.body).map(([name, value]) => [name, changeAll(value)] as const);
      return { ...answer, body: Object.fromEntries(changed) };
    },
  };
}

/** Answers a status to the requests that fit. */
export function refusing(status: number, fits: (request: Passing) => boolean): Twist {
  return { there: (request) => (fits(request) ? { status, body: { imsx_description: 'No.' } } : undefined) };
}

/** Sends on a request without some of its query parameters. */
export function ignoring(...names: readonly string[]): Twist {
  return {
    there: (request) => {
      const url = new URL(request.path, 'http://service');
      for (const name of names) url.searchParams.delete(name);
      return { ...request, path: url.pathname + url.search };
    },
  };
}
