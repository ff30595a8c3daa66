import type { Router } from 'express';
import type { Admin, AdminAnswer, AdminRequest, AdminRole, AdminRoute } from '../core/admin.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { PlainResponse } from '../core/exchange.ts';
import type { AddressOf } from './address.ts';
import { answer } from './answer.ts';
import type { BodyReader } from './body.ts';
import { createShares } from './shares.ts';
import { type Readmit, stream } from './streams.ts';
import {
  expressly,
  type Handler,
  headerOf,
  type Incoming,
  type Outgoing,
  workDone,
  workOn,
} from './under-way.ts';

/** The admin API: its table, and who may ask what. */
export interface AdminFace {
  readonly routes: readonly AdminRoute[];
  readonly admit: (credentials: {
    readonly authorization: string | undefined;
    readonly cookies: string | undefined;
    readonly csrf: string | undefined;
    readonly address: string;
    readonly isChange: boolean;
    readonly role: AdminRole;
  }) => Promise<Admin>;
  readonly encodeError: (error: GradebridgeError, requestId: string) => PlainResponse;
}

export const ADMIN_ROOT = '/admin/v1';

/** The part of all requests under way that one address may have here, where strangers have the store looked at. */
const SHARE = 0.1;

export interface AdminRouting {
  readonly addressOf: AddressOf;
  readonly readBody: BodyReader;
  readonly clock: () => number;
  /** The requests under way at once. */
  readonly inFlight: number;
}

/** Puts the table of the admin API on a router. */
export function addAdmin(router: Router, face: AdminFace, routing: AdminRouting): void {
  const paths = new Map<string, AdminRoute[]>();
  for (const route of face.routes) paths.set(route.path, [...(paths.get(route.path) ?? []), route]);
  const take = createShares({ most: Math.ceil(routing.inFlight * SHARE) });
  for (const [path, routes] of paths) {
    const at = router.route(ADMIN_ROOT + path);
    for (const route of routes) {
      const respond = responder(face, route, routing);
      const place = { face: 'admin', operation: `${route.method}${path}`, route: ADMIN_ROOT + path };
      const handler: Handler = async (request, response) => {
        const { locals } = response;
        locals.place = place;
        workOn(locals, take(routing.addressOf(request), routing.clock()));
        try {
          await respond(request, response);
        } finally {
          workDone(locals);
        }
      };
      at[route.method.toLowerCase() as 'get' | 'post' | 'put' | 'delete'](expressly(handler));
    }
    const allow = routes.map(({ method }) => method).join(', ');
    at.all(() => {
      throw new GradebridgeError('METHOD_NOT_ALLOWED', { headers: { allow } });
    });
  }
}

/** One request: who, may they, what, do it, say it. */
function responder(face: AdminFace, route: AdminRoute, routing: AdminRouting): Handler {
  const { addressOf, readBody, clock } = routing;
  return async (request, response) => {
    const readmit = () => admit(face, route, { request, address: addressOf(request) });
    const admin = await readmit();
    const query = queryOf(request);
    refuseNul(request.params, query);
    const body = route.takesBody ? (await readBody(request, ['application/json'])).value : undefined;
    const asked: AdminRequest = {
      method: route.method,
      params: request.params,
      query,
      headers: request.headers as Record<string, string | undefined>,
      ...(body !== undefined && { body }),
      requestId: response.locals.requestId,
      address: addressOf(request),
      now: clock(),
    };
    say(await (admin === undefined ? anyone(route, asked) : route.answer(asked, admin)), {
      request,
      response,
      readmit,
    });
  };
}

/** @throws GradebridgeError INVALID_PATH, INVALID_QUERY: no text that the store keeps has a NUL, and PostgreSQL fails at one */
function refuseNul(params: Incoming['params'], query: URLSearchParams): void {
  if (Object.values(params).some((value) => String(value).includes('\0')))
    throw new GradebridgeError('INVALID_PATH', { description: 'The path holds a NUL character.' });
  for (const [name, value] of query) {
    if (!`${name}${value}`.includes('\0')) continue;
    const issue = {
      pointer: `?${name.replaceAll('\0', '')}`,
      code: 'invalid',
      message: 'Must not hold a NUL character.',
    };
    throw new GradebridgeError('INVALID_QUERY', { issues: [issue] });
  }
}

interface From {
  readonly request: Incoming;
  readonly address: string;
}

async function admit(
  { admit: gate }: AdminFace,
  { role, method }: AdminRoute,
  { request, address }: From,
): Promise<Admin | undefined> {
  if (role === 'anyone') return undefined;
  return gate({
    authorization: request.headers.authorization,
    cookies: request.headers.cookie,
    csrf: headerOf(request, 'x-csrf-token'),
    address,
    isChange: method !== 'GET',
    role,
  });
}

function anyone(route: AdminRoute, asked: AdminRequest): Promise<AdminAnswer> {
  if (route.role !== 'anyone') throw new GradebridgeError('ADMIN_UNAUTHORISED');
  return route.answer(asked);
}

interface Ends {
  readonly request: Incoming;
  readonly response: Outgoing;
  readonly readmit: Readmit;
}

function say(said: AdminAnswer, { request, response, readmit }: Ends): void {
  if (!('subscribe' in said)) answer(response, said);
  // Express answers HEAD with what it has for GET; a stream would have no end then.
  else if (request.method === 'GET') stream(response, said, readmit);
  else throw new GradebridgeError('METHOD_NOT_ALLOWED', { headers: { allow: 'GET' } });
}

function queryOf({ url = '' }: Incoming): URLSearchParams {
  const at = url.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
}
