import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import type { ToolKey } from './assertions.ts';

/** A server of key sets, as a tool has one. */
export interface KeyServer {
  readonly url: string;
  readonly port: number;
  /** How often it was asked. */
  asked(): number;
  /** What it answers from now on. */
  answer(how: (request: IncomingMessage, response: ServerResponse) => void): void;
  publish(...keys: readonly ToolKey[]): void;
}

/** @param host for servers that are to be reached under another address of this machine */
export async function startKeyServer(t: TestContext, ...keys: readonly ToolKey[]): Promise<KeyServer> {
  let asked = 0;
  let how: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    void response.end();
  const server = createServer((request, response) => {
    asked++;
    how(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const publish: KeyServer['publish'] = (...published) => {
    how = (_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ keys: published.map(({ open }) => open) }));
    };
  };
  publish(...keys);
  return {
    url: `http://127.0.0.1:${port}/jwks.json`,
    port,
    asked: () => asked,
    answer: (other) => {
      how = other;
    },
    publish,
  };
}

/** The part of the configuration that has the tool's keys fetched. */
export function fetched(jwksUrl: string, keySets: JsonObject = { privateAddresses: true }): JsonObject {
  return { keySets, tools: { quizzer: { jwksUrl } } };
}
