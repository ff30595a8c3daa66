import type { Router } from 'express';
import { GradebridgeError } from '../core/errors.ts';
import type { PlainResponse } from '../core/exchange.ts';
import type { JsonObject } from '../core/json.ts';
import { answer } from './answer.ts';
import { readForm } from './body.ts';
import { expressly, type Handler, type Outgoing } from './under-way.ts';

/** What is known of an upstream without asking the tool's question. */
export interface Readiness {
  readonly reachable: boolean;
  /** The code of the error, when it is not. */
  readonly code?: string;
}

export interface DocumentParts {
  /** Answers a token request by its form (RFC 6749 §4.4). */
  readonly tokens: (form: URLSearchParams | undefined, requestId: string) => Promise<PlainResponse>;
  /** The public keys of the gateway (RFC 7517). */
  readonly keySet: () => Promise<JsonObject>;
  readonly readiness: () => Promise<Readonly<Record<string, Readiness>>>;
  readonly limits: { readonly body: number };
}

/** What is neither of a dialect nor of a caller. */
export function addDocuments(router: Router, parts: DocumentParts): void {
  const { tokens, keySet, limits } = parts;
  const token: Handler = async (request, response) => {
    response.locals.route = '/lti/token';
    const { requestId } = response.locals;
    answer(response, requestId, await tokens(await readForm(request, limits.body), requestId));
  };
  router.get(
    '/healthz',
    expressly((_request, response) => answerJson(response, 200, { status: 'ok' })),
  );
  router.get('/readyz', expressly(ready(parts)));
  const keys: Handler = async (_request, response) => answerJson(response, 200, await keySet());
  router.get('/.well-known/jwks.json', expressly(keys));
  router.post('/lti/token', expressly(token));
  router.all('/lti/token', () => {
    throw new GradebridgeError('METHOD_NOT_ALLOWED', { headers: { allow: 'POST' } });
  });
}

function ready({ readiness }: DocumentParts): Handler {
  return async (_request, response) => {
    const upstreams = await readiness();
    const isReady = Object.values(upstreams).every(({ reachable }) => reachable);
    const body = { status: isReady ? 'ready' : 'upstream unreachable', upstreams };
    answerJson(response, isReady ? 200 : 503, body);
  };
}

function answerJson(response: Outgoing, status: number, body: object): void {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  answer(response, response.locals.requestId, { status, headers, body: body as JsonObject });
}
