import type { Answer, Call, Context } from './call.ts';
import type { Request } from './exchange.ts';
import { gradebookRoutes } from './gradebook.ts';
import type { Tokens } from './oauth.ts';
import { Problem, statusInfo } from './problem.ts';
import { rosteringRoutes } from './rostering.ts';
import { createRouter, decodeSegments, type Match, type Route } from './router.ts';
import type { SandboxProfile } from './types.ts';

const withBody = new Set(['POST', 'PUT', 'PATCH']);

/** Serves OneRoster requests; refusals come back as answers too. */
export type Service = (request: Request, changes?: { dropMetadata: boolean }) => Answer;

/** The Gradebook and Rostering services of one profile. */
export function createService(context: Context, tokens: Tokens): Service {
  const router = createRouter(routesFor(context.profile.name));
  return (request, changes = { dropMetadata: false }) => {
    try {
      const scopes = authorize(request, tokens);
      // An operation that does not exist is no 405 here: neither OneRoster 1.2 nor Timeback documents that status.
      const match = router(request.method, decodeSegments(request.pathname));
      if (!match) throw new Problem(404, 'Unknown Object');
      if (scopes && !match.route.scopes.some((scope) => scopes.has(scope))) {
        throw new Problem(403, `The access token needs the scope ${match.route.scopes.join(' or ')}.`);
      }
      return match.route.run(callFor(context, request, { match, ...changes }));
    } catch (error) {
      return refusal(error);
    }
  };
}

/** The status payload for what was thrown; what is no Problem is a 500. */
export function refusal(error: unknown): Answer {
  if (!(error instanceof Problem)) return { status: 500, body: statusInfo(500, 'Internal server error.') };
  const challenge = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };
  return {
    status: error.status,
    ...(error.status === 401 ? { headers: challenge } : {}),
    body: statusInfo(error.status, error.message, error.options),
  };
}

/** The token of an Authorization header. @example bearerToken('Bearer abc') // 'abc' */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer ([^\s]+)$/i.exec(authorization ?? '')?.[1];
}

/** The parsed JSON body. Throws Problems 413, 415 and 400. @example readJson(request) // { lineItem: { … } } */
export function readJson({ body, contentType, json }: Request): unknown {
  if (body === undefined) throw new Problem(413, 'The body is larger than a megabyte.');
  if (contentType !== 'application/json') throw new Problem(415, 'The body must be application/json.');
  if (!json) throw new Problem(400, 'The body is not valid JSON.');
  return json.value;
}

function routesFor(profile: SandboxProfile): Route[] {
  const routes = [...gradebookRoutes, ...rosteringRoutes];
  return routes.filter(({ profiles }) => profiles?.includes(profile) ?? true);
}

function authorize({ authorization }: Request, tokens: Tokens): ReadonlySet<string> | undefined {
  const token = bearerToken(authorization);
  if (token === undefined) throw new Problem(401, 'A Bearer access token is required.');
  const grant = tokens.check(token);
  if (!grant) throw new Problem(401, 'The access token is invalid or has expired.');
  return grant.scopes;
}

interface Circumstances {
  match: Match<Route>;
  dropMetadata: boolean;
}

function callFor(context: Context, request: Request, { match, dropMetadata }: Circumstances): Call {
  const origin = request.host === undefined ? context.origin : `http://${request.host}`;
  return {
    context,
    params: match.params,
    address: origin + request.pathname,
    query: request.query,
    body: withBody.has(request.method) ? readJson(request) : undefined,
    dropMetadata,
  };
}
