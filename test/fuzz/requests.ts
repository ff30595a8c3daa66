import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/config/files.ts';
import type { Json } from '../../src/core/json.ts';
import { createRandom, type Random } from '../chaos/random.ts';
import { servedRoutes } from '../docs/openapi/server/routes.ts';
import { escaped, ruined, textFrom, twisted, valueFrom } from './hostile.ts';
import type { Headers, Place } from './place.ts';

/** One request as it goes out. */
export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: Buffer | undefined;
}

interface Described {
  readonly parameters?: readonly { readonly name?: string; readonly in?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: Json }>> };
}

const FORM = 'application/x-www-form-urlencoded';
const DOCUMENT = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'docs', 'openapi.json'), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
};

/** Every route of the gateway's own tables, and what is served beside them: `POST /lti/token`. */
export const ROUTES: readonly string[] = [...servedRoutes(), 'GET /metrics', 'GET /'];

/** A request that is drawn from a seed and its number; each route comes in its turn. */
export async function requestOf(place: Place, seed: number, index: number): Promise<FuzzRequest> {
  const random = createRandom(seed, 'request', index);
  const route = ROUTES[index % ROUTES.length] as string;
  const [verb = '', pattern = ''] = route.split(' ');
  const described = DOCUMENT.paths[pattern]?.[verb.toLowerCase()] ?? {};
  const method = random.chance(0.92)
    ? verb
    : random.pick(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']);
  const [media, body] = await contentOf(random, described, place);
  return {
    method,
    path: bent(random, pathOf(random, pattern, place)) + queryOf(random, described),
    headers: { ...credentials(random, pattern, place), ...oddHeaders(random), ...media },
    body,
  };
}

/** Names under which something is there. Tools by whose credentials requests are made are not among those that may be ended. */
function known(name: string, pattern: string, { lineItem }: Place): readonly string[] {
  if (name === 'name' && pattern.includes('/mappings/')) return ['line-item', 'result'];
  if (name === 'name' && pattern.includes('/upstreams/')) return ['school'];
  const names: Readonly<Record<string, readonly string[]>> = {
    id: [lineItem, 'teacher-quiz', 'quiz-1'],
    sourcedId: [lineItem, 'teacher-quiz'],
    context: ['math-101', 'science-7'],
    name: ['essay', 'art-9'],
    version: ['1', '2'],
  };
  return names[name] ?? ['00000000-0000-4000-8000-000000000000'];
}

function pathOf(random: Random, pattern: string, place: Place): string {
  const filled = pattern.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
    if (random.chance(0.6)) return encodeURIComponent(random.pick(known(name, pattern, place)));
    const text = textFrom(random).slice(0, 4_000);
    // A name that lets requests in must not be drawn for what ends it.
    return name === 'name' && ['quizzer', 'math-101'].includes(text) ? 'essay' : escaped(random, text);
  });
  return filled.replace('*path', () => escaped(random, textFrom(random).slice(0, 4_000)));
}

const BENDS: readonly ((path: string) => string)[] = [
  (path) => `${path}/`,
  (path) => path.replace('/', '//'),
  (path) => path.replace(/\/(?=[^/]*$)/, '//'),
  (path) => path.toUpperCase(),
  (path) => path.replace(/\/(?=[^/]*$)/, '/./'),
  (path) => path.replace(/\/(?=[^/]*$)/, '/x/../'),
  (path) => path.replace(/(?<=.)\/(?=[^/]*$)/, '%2f'),
  (path) => `${path}%`,
  (path) => `${path}%00`,
  (path) => `${path};a=b`,
  (path) => `http://elsewhere.example${path}`,
  (path) => `${path}${'/x'.repeat(2_000)}`,
  (path) => `${path}/${'a'.repeat(8_000)}`.slice(0, 8_000),
];

function bent(random: Random, path: string): string {
  const once = random.chance(0.1) ? random.pick(BENDS)(path) : path;
  return once.length > 9_000 ? once.slice(0, 9_000) : once;
}

/** A place in a list, as a page link has it, and what is none. */
function cursorOf(random: Random): string {
  const text = JSON.stringify(valueFrom(random)).slice(0, 2_000);
  const encodings = ['hex', 'base64url', 'base64'] as const;
  return Buffer.from(random.chance(0.5) ? text : JSON.stringify([random.between(0, 9), valueFrom(random)]))
    .toString(random.pick(encodings))
    .slice(0, 3_000);
}

const NAMES = [
  'limit',
  'after',
  'page',
  'url',
  'context',
  'search',
  'before',
  'state',
  'code',
  '__proto__',
  '',
];

function queryOf(random: Random, { parameters = [] }: Described): string {
  const own = parameters.filter((one) => one.in === 'query').map(({ name = '' }) => name);
  if (random.chance(own.length > 0 ? 0.25 : 0.8)) return '';
  if (random.chance(0.02)) return `?${'a=1&'.repeat(random.pick([100, 1_500]))}`;
  const pairs = Array.from({ length: random.between(1, 4) }, () => {
    const name = own.length > 0 && random.chance(0.85) ? random.pick(own) : random.pick(NAMES);
    const isCursor = ['page', 'after', 'url'].includes(name) && random.chance(0.7);
    const value = isCursor
      ? cursorOf(random)
      : name === 'context' && random.chance(0.6)
        ? 'math-101'
        : escaped(random, textFrom(random).slice(0, 1_500));
    return random.chance(0.05) ? `${name}` : `${name}=${value}`;
  });
  const query = pairs.join(random.chance(0.05) ? '&&' : '&');
  return `?${random.chance(0.1) ? `${query}&${query}` : query}`.slice(0, 5_000);
}

/** A text as a header can carry it. */
function headerText(random: Random): string {
  return textFrom(random)
    .slice(0, 1_500)
    .replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?');
}

function credentials(random: Random, pattern: string, place: Place): Headers {
  const people = place.people();
  const root = Object.keys(people).find((one) => pattern.startsWith(one)) as keyof typeof people | undefined;
  // Whoever signs out has no session for the requests that come after.
  const all = Object.values(people)
    .flat()
    .filter((headers) => !pattern.endsWith('/session') || headers['cookie'] === undefined);
  const right = random.pick(all.filter((headers) => root === undefined || people[root].includes(headers)));
  if (random.chance(0.85)) return right;
  const authorization = random.weighted({ none: 1, odd: 3, foreign: 2, cut: 2, joined: 1 });
  const text = right['authorization'] ?? '';
  switch (authorization) {
    case 'none':
      return {};
    case 'odd':
      return {
        authorization: `${random.pick(['Bearer', 'Basic', 'SERVICE-AUTH-V1', 'LTIK-AUTH-V2', ''])} ${headerText(random)}`,
      };
    case 'foreign':
      return random.pick(all);
    case 'cut':
      return { authorization: text.slice(0, random.between(0, text.length)) };
    case 'joined':
      return { authorization: `${text}, ${text}` };
  }
}

const ODD: Readonly<Record<string, (random: Random) => string>> = {
  'if-match': (random) => random.pick(['*', '"x"', 'W/"x"', '"a", "b"', '"'.repeat(900), headerText(random)]),
  'if-none-match': (random) => random.pick(['*', '"x"', headerText(random)]),
  'idempotency-key': (random) => random.pick(['key-1', `"${headerText(random)}"`, headerText(random)]),
  accept: (random) =>
    random.pick(['text/html', '*/*', 'application/json;q=0', ','.repeat(999), headerText(random)]),
  'x-lti-context': (random) => random.pick(['math-101', 'algebra-1', '__proto__', headerText(random)]),
  'x-request-id': headerText,
  'x-csrf-token': headerText,
  cookie: (random) => `gradebridge_session=${headerText(random)}; ${'a=b; '.repeat(random.pick([1, 300]))}`,
  traceparent: (random) =>
    random.pick(['00-0-0-0', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, headerText(random)]),
  'x-forwarded-for': (random) => random.pick(['1.2.3.4', ','.repeat(999), '[::1', headerText(random)]),
  'x-http-method-override': () => 'DELETE',
  origin: headerText,
  range: () => `bytes=${'0-1,'.repeat(200)}`,
};

function oddHeaders(random: Random): Headers {
  const headers: Record<string, string> = {};
  for (const [name, make] of Object.entries(ODD)) if (random.chance(0.06)) headers[name] = make(random);
  return headers;
}

const MEDIA = [
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  'application/json;;;',
  FORM,
  '',
  'x',
];

async function contentOf(
  random: Random,
  { requestBody }: Described,
  place: Place,
): Promise<readonly [Headers, Buffer | undefined]> {
  const content = Object.entries(requestBody?.content ?? {});
  if (content.length === 0 && !random.chance(0.15)) return [{}, undefined];
  const [type, { example = {} }] = random.pick(
    content.length === 0 ? [['application/json', {}]] : content,
  ) as [string, { readonly example?: Json }];
  const text = type === FORM ? formFrom(random, await place.form()) : jsonFrom(random, example);
  const bytes = random.chance(0.03)
    ? Buffer.from(text, random.pick(['utf16le', 'latin1']))
    : Buffer.from(text);
  const headers: Record<string, string> = {};
  if (!random.chance(0.02)) headers['content-type'] = random.chance(0.92) ? type : random.pick(MEDIA);
  if (random.chance(0.02)) headers['content-encoding'] = random.pick(['gzip', 'br', 'identity', 'x']);
  return [headers, bytes];
}

function jsonFrom(random: Random, example: Json): string {
  // Hosts of examples are somewhere else; nothing here asks anything that is not on this machine.
  const local = JSON.parse(
    JSON.stringify(example).replaceAll(/https:\/\/[\w.-]+/g, 'http://127.0.0.1:9'),
  ) as Json;
  const kind = random.weighted({ right: 2, twisted: 9, ruined: 6, other: 1 });
  if (kind === 'right') return JSON.stringify(local);
  if (kind === 'twisted') return JSON.stringify(twisted(random, local, random.pick([0.08, 0.3])));
  return kind === 'ruined' ? ruined(random, JSON.stringify(local)) : JSON.stringify(valueFrom(random));
}

function formFrom(random: Random, right: string): string {
  const pairs = right.split('&').filter(() => !random.chance(0.08));
  const twistedPairs = pairs.map((pair) =>
    random.chance(0.2) ? `${pair.split('=')[0]}=${escaped(random, textFrom(random))}` : pair,
  );
  if (random.chance(0.2)) twistedPairs.push(random.pick(pairs.length > 0 ? pairs : ['scope=x']));
  if (random.chance(0.1)) twistedPairs.push('p=1&'.repeat(random.pick([10, 300, 12_000])));
  if (random.chance(0.15)) twistedPairs.push(`client_assertion=${jwtFrom(random)}`);
  return twistedPairs.join('&');
}

/** Something of the form of a signed token: three parts, each base64url. */
function jwtFrom(random: Random): string {
  const part = (value: Json): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = twisted(random, { alg: 'ES256', kid: 'quizzer-1', typ: 'JWT' });
  const claims = twisted(random, { iss: 'quizzer', sub: 'quizzer', aud: 'x', iat: 1, exp: 4e9, jti: 'j' });
  return `${part(header)}.${part(claims)}.${textFrom(random)
    .slice(0, 90)
    .replaceAll(/[^\w-]/g, '')}`;
}
