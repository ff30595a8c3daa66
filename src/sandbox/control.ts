import type { Answer } from './call.ts';
import type { Request } from './exchange.ts';
import { Problem } from './problem.ts';
import { collectionNamed } from './reference.ts';
import { createRouter, decodeSegments } from './router.ts';
import { readJson, refusal } from './service.ts';
import type { Fault, Sandbox } from './types.ts';
import { isObject } from './validate.ts';

export const controlBase = '/_sandbox';

type Controls = Pick<
  Sandbox,
  | 'inject'
  | 'clearFaults'
  | 'requests'
  | 'clearRequests'
  | 'find'
  | 'put'
  | 'revokeTokens'
  | 'reset'
  | 'profile'
  | 'url'
  | 'tokenUrl'
>;

interface ControlRoute {
  method: string;
  path: string;
  does: string;
  run: (sandbox: Controls, request: Request, params: Readonly<Record<string, string>>) => Answer;
}

const done: Answer = { status: 204 };

const routes: readonly ControlRoute[] = [
  { method: 'GET', path: controlBase, does: 'what this is', run: describe },
  {
    method: 'POST',
    path: `${controlBase}/faults`,
    does: 'queues a fault, or an array of them',
    run: addFaults,
  },
  control('DELETE', '/faults', 'clears the faults', (sandbox) => sandbox.clearFaults()),
  {
    method: 'GET',
    path: `${controlBase}/requests`,
    does: 'the last requests',
    run: (sandbox) => ({ status: 200, body: sandbox.requests() }),
  },
  control('DELETE', '/requests', 'forgets the requests', (sandbox) => sandbox.clearRequests()),
  {
    method: 'GET',
    path: `${controlBase}/objects/{collection}/{id}`,
    does: 'an object as it is stored',
    run: readObject,
  },
  {
    method: 'PUT',
    path: `${controlBase}/objects/{collection}/{id}`,
    does: 'stores an object without validation',
    run: storeObject,
  },
  control('POST', '/revoke-tokens', 'forgets every access token', (sandbox) => sandbox.revokeTokens()),
  control('POST', '/reset', 'back to the seed, without faults and requests', (sandbox) => sandbox.reset()),
];

const router = createRouter(routes);

/** Serves the control routes, which tests of another process steer the sandbox by. They take no token. */
export function answerControl(sandbox: Controls, request: Request): Answer {
  try {
    const match = router(request.method, decodeSegments(request.pathname));
    if (!match) throw new Problem(404, `No such control. GET ${controlBase} lists them.`);
    return match.route.run(sandbox, request, match.params);
  } catch (error) {
    // A TypeError is how the sandbox's own methods refuse what they are given.
    return refusal(error instanceof TypeError ? new Problem(422, error.message) : error);
  }
}

function control(method: string, path: string, does: string, act: (sandbox: Controls) => void): ControlRoute {
  const run = (sandbox: Controls) => {
    act(sandbox);
    return done;
  };
  return { method, path: controlBase + path, does, run };
}

function describe({ profile, url, tokenUrl }: Controls): Answer {
  const body = {
    name: 'OneRoster 1.2 Gradebook sandbox',
    profile,
    url,
    tokenUrl,
    routes: routes.map(({ method, path, does }) => ({ method, path, does })),
  };
  return { status: 200, body };
}

function addFaults(sandbox: Controls, request: Request): Answer {
  const given = readJson(request);
  for (const fault of Array.isArray(given) ? given : [given]) sandbox.inject(fault as Fault);
  return done;
}

type Params = Readonly<Record<string, string>>;

function readObject(sandbox: Controls, _request: Request, { collection = '', id = '' }: Params): Answer {
  const document = sandbox.find(collection, id);
  if (!document) throw new Problem(404, 'Unknown Object');
  return { status: 200, body: document };
}

function storeObject(sandbox: Controls, request: Request, { collection = '', id = '' }: Params): Answer {
  if (!collectionNamed(collection)) throw new Problem(404, `There is no collection ${collection}.`);
  const document = readJson(request);
  if (!isObject(document)) throw new Problem(422, 'The body must be the object itself, without an envelope.');
  sandbox.put(collection, { ...document, sourcedId: id });
  return { status: 200, body: sandbox.find(collection, id) };
}
