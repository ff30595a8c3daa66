import { Agent, request } from 'undici';
import type { FaceName } from './plan.ts';
import { CONTEXT, PUBLIC_URL, type Stage } from './stage.ts';

/** What came of a request: status 0 is no answer. */
export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];
  readonly location: string | undefined;
}

export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly path: string;
  readonly face: FaceName;
  readonly body?: unknown;
  /** Sent as Idempotency-Key. */
  readonly key?: string;
  /** Milliseconds for which the answer is waited for. */
  readonly patience: number;
}

/** A tool, which speaks both faces. */
export interface Tool {
  ask(asked: Asked): Promise<Reply>;
  close(): Promise<void>;
}

const NO_REPLY: Reply = { status: 0, body: {}, location: undefined };

/** @example const tool = createTool(stage); (await tool.ask(asked)).status // 202 */
export function createTool({ credentials }: Pick<Stage, 'credentials'>): Tool {
  const dispatcher = new Agent({ connections: 128 });
  return {
    ask: async ({ method, url, path, face, body, key, patience }) => {
      const headers = {
        authorization: credentials[face],
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
      };
      const text = body === undefined ? null : JSON.stringify(body);
      const signal = AbortSignal.timeout(patience);
      try {
        const answer = await request(url + path, { method, headers, body: text, signal, dispatcher });
        const said = await answer.body.text();
        const { location } = answer.headers;
        return { status: answer.statusCode, body: parse(said), location: location?.toString() };
      } catch {
        return NO_REPLY;
      }
    },
    close: () => dispatcher.destroy(),
  };
}

function parse(text: string): Reply['body'] {
  try {
    return JSON.parse(text) as Reply['body'];
  } catch {
    return {};
  }
}

/** Where a line item is on a face. */
export function lineItemPath(face: FaceName, line: string): string {
  return face === 'ags' ? `/lti/contexts/${CONTEXT}/lineitems/${line}` : `/api/lineitems/${line}`;
}

/** The path of an address that the gateway gave out. */
export function pathOf(address: string): string {
  return address.slice(PUBLIC_URL.length);
}

/** The code of a refusal, as either face says it. */
export function codeOf({ body }: Reply): string {
  if ('code' in body) return String(body.code);
  const details = 'details' in body ? (body.details as { readonly message?: unknown }) : {};
  return String(details.message ?? 'none');
}
