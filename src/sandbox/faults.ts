import type { Answer } from './call.ts';
import { statusInfo } from './problem.ts';
import type { Fault, FaultKind, FaultOf } from './types.ts';

/** What becomes of a request: an answer, or a connection that is cut or left waiting. */
export type Outcome = Answer | 'reset' | 'hang';

/** What a fault may do with the request it hits. */
export interface Hit {
  /** Serves the request, refusals included. */
  readonly serve: (changes?: { dropMetadata: boolean }) => Answer;
  /** Resolves after that time, or never if the sandbox closes first. */
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly revokeToken: () => void;
}

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** The oldest fault that matches the request; counted as used. */
  take(request: Target): Fault | undefined;
}

/** What of a request decides whether a fault hits it. */
export interface Target {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

type Behaviour<K extends FaultKind> = (fault: FaultOf<K>, hit: Hit) => Outcome | Promise<Outcome>;

const behaviours: { readonly [K in FaultKind]: Behaviour<K> } = {
  status: statusAnswer,
  slow: async ({ delayMs }, hit) => {
    await hit.wait(delayMs);
    return hit.serve();
  },
  reset: ({ when }, hit) => {
    if (when === 'after') hit.serve();
    return 'reset';
  },
  hang: () => 'hang',
  'bad-json': (_fault, hit) => cutShort(hit.serve()),
  'drop-metadata': (_fault, hit) => hit.serve({ dropMetadata: true }),
  'revoke-token': (_fault, hit) => {
    hit.revokeToken();
    return { status: 401, body: statusInfo(401, 'The access token is invalid or has expired.') };
  },
  redirect: ({ location }) => ({ status: 302, headers: { Location: location } }),
  huge: ({ bytes }) => ({ status: 200, fill: bytes }),
};

type Check = (value: unknown) => boolean;
const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
const isText: Check = (value) => typeof value === 'string';

/** Members that a fault of each kind must have. */
const requirements: { readonly [K in FaultKind]: Readonly<Record<string, Check>> } = {
  status: { status: (value) => isCount(value) && Number(value) >= 200 && Number(value) <= 599 },
  slow: { delayMs: isCount },
  reset: { when: (value) => value === 'before' || value === 'after' },
  hang: {},
  'bad-json': {},
  'drop-metadata': {},
  'revoke-token': {},
  redirect: { location: isText },
  huge: { bytes: isCount },
};

/** An empty list of faults. `add` throws a TypeError on a malformed one. */
export function createFaults(): Faults {
  let waiting: { fault: Fault; left: number }[] = [];
  return {
    add: (fault) => {
      assertFault(fault);
      waiting.push({
        fault,
        left: fault.times ? fault.times : fault.times === 0 ? Number.POSITIVE_INFINITY : 1,
      });
    },
    clear: () => {
      waiting = [];
    },
    take: (request) => {
      const hit = waiting.find(({ fault }) => matches(fault, request));
      if (!hit) return undefined;
      hit.left -= 1;
      if (hit.left <= 0) waiting = waiting.filter((entry) => entry !== hit);
      return hit.fault;
    },
  };
}

/** Lets the fault have its way with the request. @example strike({ kind: 'hang' }, hit) // 'hang' */
export function strike(fault: Fault, hit: Hit): Outcome | Promise<Outcome> {
  const behaviour = behaviours[fault.kind] as Behaviour<FaultKind>;
  return behaviour(fault, hit);
}

function assertFault(fault: Fault): void {
  const kind: unknown = fault?.kind;
  if (typeof kind !== 'string' || !Object.hasOwn(requirements, kind)) {
    throw new TypeError(`Unknown fault kind; there are ${Object.keys(requirements).join(', ')}.`);
  }
  const members: Readonly<Record<string, Check>> = requirements[kind as FaultKind];
  const given = fault as unknown as Record<string, unknown>;
  const wrong = Object.entries(members).find(([name, check]) => !check(given[name]))?.[0];
  if (wrong !== undefined) throw new TypeError(`The fault ${kind} needs a valid ${wrong}.`);
  if (fault.times !== undefined && !isCount(fault.times)) throw new TypeError('times is a count.');
}

const carriesToken = ({ authorization }: Target) => /^bearer /i.test(authorization ?? '');

/** Requests that a kind passes over, because it would do nothing to them and be used up. */
const applies: { readonly [K in FaultKind]?: (request: Target) => boolean } = {
  'drop-metadata': (request) => carriesToken(request) && ['POST', 'PUT', 'PATCH'].includes(request.method),
  'revoke-token': carriesToken,
};

function matches(fault: Fault, request: Target): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== request.method) return false;
  if (fault.path !== undefined && !request.path.includes(fault.path)) return false;
  return applies[fault.kind]?.(request) ?? true;
}

/** Bodies as OneRoster sends them, as an API gateway before it does, as a proxy does, and none. */
const bodies: Readonly<
  Record<
    'ims' | 'message' | 'html' | 'empty',
    (fault: FaultOf<'status'>, description: string) => Partial<Answer>
  >
> = {
  ims: ({ status, details }, description) => ({
    body: statusInfo(status, description, details ? { details } : {}),
  }),
  message: (_fault, description) => ({ body: { message: description } }),
  html: ({ status }, description) => ({
    text: { type: 'text/html', value: `<html><body><h1>${status} ${description}</h1></body></html>` },
  }),
  empty: () => ({}),
};

const descriptions: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  429: 'Too Many Requests',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

function statusAnswer(fault: FaultOf<'status'>): Answer {
  const description = fault.description ?? descriptions[fault.status] ?? `Injected status ${fault.status}`;
  const retry = fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) };
  return { status: fault.status, headers: retry, ...bodies[fault.body ?? 'ims'](fault, description) };
}

function cutShort(answer: Answer): Answer {
  const whole = JSON.stringify(answer.body ?? { status: 'success' });
  const value = whole.slice(0, Math.max(1, Math.floor(whole.length / 2)));
  // A 204 can carry no body, hence none that is cut short.
  const status = answer.status === 204 ? 200 : answer.status;
  return {
    status,
    ...(answer.headers ? { headers: answer.headers } : {}),
    text: { type: 'application/json', value },
  };
}
