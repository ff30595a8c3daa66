import type { Router } from 'express';
import { GradebridgeError } from '../core/errors.ts';
import type { PlainResponse } from '../core/exchange.ts';
import type { JsonObject } from '../core/json.ts';
import type { AddressOf } from './address.ts';
import { answer } from './answer.ts';
import { readForm } from './body.ts';
import { createShares } from './shares.ts';
import { expressly, type Handler, type Outgoing, type RoutePlace, workDone, workOn } from './under-way.ts';

/** What is known of an upstream, or of the store, without asking the tool's question. */
export interface Readiness {
  readonly reachable: boolean;
  /** The code of the error, when it is not. */
  readonly code?: string;
  /** The code that the store's database gave for it, or the operating system: SQLITE_FULL, 53300, ECONNREFUSED. */
  readonly cause?: string;
}

export interface DocumentParts {
  /** Answers a token request by its form (RFC 6749 §4.4). */
  readonly tokens: (read: () => Promise<URLSearchParams | undefined>, from: Sender) => Promise<PlainResponse>;
  /** The public keys of the gateway (RFC 7517). */
  readonly keySet: () => Promise<JsonObject>;
  readonly readiness: () => Promise<Readonly<Record<string, Readiness>>>;
  readonly storeReadiness: () => Promise<Readiness>;
  /** Whether the gateway is about to stop: then nobody should send it anything new. */
  readonly isDraining: () => boolean;
  readonly clock: () => number;
  readonly limits: { readonly body: number; readonly inFlight: number };
}

/** Who asks for a token, before it is known who that is. */
export interface Sender {
  readonly address: string;
  readonly requestId: string;
}

/** The part of all requests under way that one address may have at the token endpoint, where bodies of strangers are read. */
const TOKEN_SHARE = 0.1;
/** Bytes: an assertion with a chain of certificates, and room to spare. */
const TOKEN_BODY = 16_384;

const TOKEN = place('token', '/lti/token');
const ALIVE = place('alive', '/healthz');
const READY = place('ready', '/readyz');
const KEY_SET = place('keySet', '/.well-known/jwks.json');

function place(operation: string, route: string): RoutePlace {
  return { face: '', operation, route };
}

/** What is neither of a dialect nor of a caller. */
export function addDocuments(router: Router, parts: DocumentParts, addressOf: AddressOf): void {
  const { tokens, keySet, clock, limits } = parts;
  const take = createShares({ most: Math.ceil(limits.inFlight * TOKEN_SHARE) });
  const token: Handler = async (request, response) => {
    const { locals } = response;
    locals.place = TOKEN;
    const address = addressOf(request);
    workOn(locals, take(address, clock()));
    try {
      const read = () => readForm(request, Math.min(limits.body, TOKEN_BODY));
      answer(response, await tokens(read, { address, requestId: locals.requestId }));
    } finally {
      workDone(locals);
    }
  };
  const alive: Handler = (_request, response) => {
    response.locals.place = ALIVE;
    answerJson(response, 200, { status: 'ok' });
  };
  const keys: Handler = async (_request, response) => {
    response.locals.place = KEY_SET;
    answerJson(response, 200, await keySet());
  };
  router.get(ALIVE.route, expressly(alive));
  router.get(READY.route, expressly(ready(parts)));
  router.get(KEY_SET.route, expressly(keys));
  router.post(TOKEN.route, expressly(token));
  router.all(TOKEN.route, () => {
    throw new GradebridgeError('METHOD_NOT_ALLOWED', { headers: { allow: 'POST' } });
  });
}

function ready({ readiness, storeReadiness, isDraining }: DocumentParts): Handler {
  return async (_request, response) => {
    response.locals.place = READY;
    if (isDraining()) {
      answerJson(response, 503, { status: 'draining' });
      return;
    }
    const [upstreams, store] = await Promise.all([readiness(), storeReadiness()]);
    const areReachable = Object.values(upstreams).every(({ reachable }) => reachable);
    const isReady = areReachable && store.reachable;
    const status = isReady ? 'ready' : `${store.reachable ? 'upstream' : 'store'} unreachable`;
    answerJson(response, isReady ? 200 : 503, { status, store, upstreams });
  };
}

function answerJson(response: Outgoing, status: number, body: object): void {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  answer(response, { status, headers, body: body as JsonObject });
}
