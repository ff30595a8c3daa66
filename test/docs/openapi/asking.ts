import assert from 'node:assert/strict';
import { isObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import type { Answer, World } from '../../exchange/world.ts';
import { checksOf, resolved } from './checks.ts';
import { OPTIONAL_HEADERS } from './headers.ts';

/** What is said of a request besides what the document says. */
export interface Asked {
  readonly params?: Readonly<Record<string, string>>;
  /** Whether the parameters of the path are as they must not be. */
  readonly isBroken?: boolean;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: the example of the document. Text is sent as it is. */
  readonly body?: unknown;
  /** Absent: the first of the document. */
  readonly media?: string;
}

/** Asks the running server what the document describes, and holds every answer against it. */
export interface Asking {
  /** @param request as the document has it, such as `PUT /api/lineitems/{id}` */
  ask(request: string, status: number, asked?: Asked): Promise<Answer>;
  /** The same, without looking at the answer. */
  send(request: string, asked?: Asked): Promise<Answer>;
  /** Holds an answer that came in another way against the document. */
  hold(request: string, answer: Answer): void;
  /** The requests of the document, those with a tag, or all. */
  requests(tag?: string): readonly string[];
  /** The statuses of a request that the document promises, and that nobody has seen. */
  unseen(): readonly string[];
  operationOf(request: string): JsonObject;
}

/** What comes with every answer, of security, of the connection and of the body. */
const OF_EVERY = new Set([
  ...['content-security-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy'],
  ...['origin-agent-cluster', 'referrer-policy', 'strict-transport-security', 'x-content-type-options'],
  ...['x-dns-prefetch-control', 'x-download-options', 'x-frame-options', 'x-permitted-cross-domain-policies'],
  ...['x-xss-protection', 'connection', 'keep-alive', 'date', 'content-length', 'transfer-encoding'],
  ...['content-type', 'x-accel-buffering', 'cache-control', 'pragma'],
]);

/** @example await askingOf(world).ask('GET /healthz', 200) */
export function askingOf(world: World): Asking {
  const { document, wrongWith } = checksOf({ isClosed: true });
  const seen = new Set<string>();
  const operations = operationsIn(document);
  const operationOf = (request: string): JsonObject => {
    const found = operations.get(request);
    assert.ok(found, `${request} is not in the document`);
    return found;
  };
  const hold = (request: string, answer: Answer): void => {
    const place = `${request} ${answer.status}`;
    const responses = operationOf(request)['responses'] as JsonObject;
    assert.ok(Object.hasOwn(responses, String(answer.status)), `${place} is not described: ${answer.text}`);
    const response = resolved(document, responses[String(answer.status)]);
    holdHeaders(place, answer, response);
    const wrong = wrongBody(answer, response, wrongWith);
    assert.equal(wrong, undefined, `${place}: ${answer.text}`);
    seen.add(place);
  };
  const send: Asking['send'] = (request, asked = {}) => {
    const [method = '', template = ''] = request.split(' ');
    const question = questionOf(operationOf(request), asked);
    return world.with(undefined).call(method, pathOf(template, asked), question);
  };
  return {
    ...{ operationOf, hold, send },
    ask: async (request, status, asked = {}) => {
      const answer = await send(request, asked);
      assert.equal(answer.status, status, `${request}: ${answer.text}`);
      hold(request, answer);
      return answer;
    },
    requests: (tag) =>
      [...operations].flatMap(([request, { tags }]) =>
        tag === undefined || (tags as readonly string[]).includes(tag) ? [request] : [],
      ),
    unseen: () =>
      [...operations].flatMap(([request, { responses }]) =>
        Object.keys(responses as JsonObject)
          .map((status) => `${request} ${status}`)
          .filter((place) => !seen.has(place)),
      ),
  };
}

function operationsIn(document: JsonObject): ReadonlyMap<string, JsonObject> {
  const paths = Object.entries(document['paths'] as Readonly<Record<string, JsonObject>>);
  return new Map(
    paths.flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, operation]) =>
        isObject(operation) ? [[`${method.toUpperCase()} ${path}`, operation] as const] : [],
      ),
    ),
  );
}

function pathOf(template: string, { params = {}, query = {}, isBroken = false }: Asked): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    isBroken ? '%E0%A4%A' : encodeURIComponent(params[name] ?? 'nothing'),
  );
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}

function questionOf(operation: JsonObject, { headers = {}, body, media }: Asked) {
  const { requestBody } = operation;
  const content = isObject(requestBody) ? Object.entries(requestBody['content'] as JsonObject) : [];
  const [type, described] = content[0] ?? [];
  if (type === undefined) return { headers };
  const sent = body ?? (described as JsonObject)['example'];
  const isForm = type === 'application/x-www-form-urlencoded' && isObject(sent);
  return {
    headers: { 'content-type': media ?? type, ...headers },
    body: isForm ? new URLSearchParams(sent as Record<string, string>).toString() : sent,
  };
}

function holdHeaders(place: string, { headers }: Answer, response: JsonObject): void {
  const names = Object.keys(response['headers'] as JsonObject);
  const known = new Set(names.map((name) => name.toLowerCase()));
  const unknown = Object.keys(headers).filter((name) => !known.has(name) && !OF_EVERY.has(name));
  assert.deepEqual(unknown, [], `${place} has headers that are not described`);
  const missing = names.filter(
    (name) => headers[name.toLowerCase()] === undefined && !OPTIONAL_HEADERS.has(name as 'Link'),
  );
  assert.deepEqual(missing, [], `${place} lacks headers that are described`);
}

/** What is wrong with the media type and the body. */
function wrongBody(
  { headers, text, body }: Answer,
  { content }: JsonObject,
  wrongWith: (value: Json, schema: JsonObject) => string | undefined,
): string | undefined {
  const type = headers['content-type']?.split(';')[0];
  if (!isObject(content)) return text === '' && type === undefined ? undefined : `a body of ${type}`;
  const media = content[type ?? ''];
  if (!isObject(media)) return `the media type ${type} is not described`;
  const value = /[/+]json$/.test(type ?? '') ? (JSON.parse(text) as Json) : text;
  const wrong = wrongWith(value, media['schema'] as JsonObject);
  if (wrong !== undefined) return wrong;
  const { retryable } = { ...body, ...(body['details'] as object) } as { readonly retryable?: boolean };
  return retryable === true && headers['retry-after'] === undefined ? 'no Retry-After' : undefined;
}
