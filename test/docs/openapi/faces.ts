import { type ErrorCode, GradebridgeError } from '../../../src/core/errors.ts';
import type { PlainResponse } from '../../../src/core/exchange.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { type Scope, scopeUrl } from '../../../src/core/operation.ts';
import { createAgs } from '../../../src/dialects/ags/dialect.ts';
import { createLtiaas } from '../../../src/dialects/ltiaas/dialect.ts';
import { ADMIN_ROOT } from '../../../src/http/admin.ts';
import { wholeTable } from '../../admin/table.ts';
import { NOT_KEPT, OF_ADMIN, OF_SIGNED_IN } from './admin/admin.ts';
import { ADMIN_PARTS } from './admin/parts.ts';
import { AGS, OF_AGS } from './ags.ts';
import { DOCUMENTS } from './documents.ts';
import type { ResponseHeader } from './headers.ts';
import { LTIAAS, OF_LTIAAS } from './ltiaas.ts';
import type { Part } from './operation.ts';
import { count, listOf, narrowed, object, oneOf, type Schema, said, text } from './schema.ts';

/** How a face says that something is wrong. */
export interface ErrorFace {
  readonly name: string;
  /** The face whose words it uses. */
  readonly words: 'ltiaas' | 'problem';
  readonly encode: (error: GradebridgeError, requestId: string) => PlainResponse;
  /** The schema of its errors, where the code is one of some, with the members that these have besides. */
  readonly schemaOf: (codes: readonly ErrorCode[], more: Readonly<Record<string, Schema>>) => Schema;
  /** Headers of every one. */
  readonly headers: readonly ResponseHeader[];
}

/** An operation, put together: what a route table says of it, and what is written down by hand. */
export interface Described {
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly part: Part;
  readonly security: readonly JsonObject[];
  /** Media types of the body; empty when it has none. */
  readonly media: readonly string[];
  readonly errors: readonly ErrorCode[];
  readonly face: ErrorFace;
}

const publicUrl = 'https://grades.example';
const ags = createAgs({ publicUrl });
const ltiaas = createLtiaas({ publicUrl });

const problemOf: ErrorFace['schemaOf'] = (codes, more) =>
  narrowed('Problem', { code: oneOf(codes), ...more });

const LTIAAS_ERRORS: ErrorFace = {
  name: 'ltiaas',
  words: 'ltiaas',
  encode: ltiaas.encodeError,
  schemaOf: (codes) =>
    object({
      status: count,
      error: said(text, 'The words of HTTP for the status.'),
      details: narrowed('LtiaasErrorDetails', { code: oneOf(codes) }),
    }),
  headers: [],
};
const PROBLEMS: ErrorFace = {
  name: 'lti',
  words: 'problem',
  encode: ags.encodeError,
  schemaOf: problemOf,
  headers: [],
};
/** Administrators are told what OneRoster has refused of the gateway's own requests. */
const refusedByOneRoster = object({
  request: said(text, 'Its method and path, and the names in its query.'),
  'status?': count,
  said: listOf(text),
});
const ADMIN_PROBLEMS: ErrorFace = {
  ...PROBLEMS,
  name: 'admin',
  schemaOf: (codes, more) => {
    const isRefused = codes.includes('UPSTREAM_REQUEST_REJECTED');
    return problemOf(codes, { ...more, ...(isRefused && { upstream: refusedByOneRoster }) });
  },
  headers: NOT_KEPT,
};

const KEYS: readonly JsonObject[] = [{ serviceKey: [] }, { ltik: [] }];
const bearerOf = (scopes: readonly Scope[]): readonly JsonObject[] =>
  scopes.map((scope) => ({ accessToken: [scopeUrl(scope)] }));

/** Every operation that is described. What a part says of a route that is not there is told with the rest, and found by the tests. */
export function describedOperations(): readonly Described[] {
  const all = [...ofLtiaas(), ...ofAgs(), ...ofDocuments(), ...ofAdmin()];
  // A path with something in it may be percent-encoded badly.
  return all.map((one) =>
    one.path.includes('{') ? { ...one, errors: ['INVALID_PATH', ...one.errors] } : one,
  );
}

function ofLtiaas(): readonly Described[] {
  const routes = new Map(ltiaas.routes.map((route) => [`${route.method} ${route.path}`, route]));
  return Object.entries(LTIAAS).map(([request, part]) => {
    const route = routes.get(request);
    return {
      ...placeOf(request),
      part: { ...part, headers: [...(part.headers ?? []), 'X-LTI-Context'] },
      tag: 'LTIAAS',
      security: [...KEYS, ...bearerOf(route?.scopes ?? [])],
      media: route?.body ?? [],
      errors: [...OF_LTIAAS, ...(part.errors ?? [])],
      face: LTIAAS_ERRORS,
    };
  });
}

function ofAgs(): readonly Described[] {
  const routes = new Map(ags.routes.map((route) => [`${route.method} ${route.path}`, route]));
  return Object.entries(AGS).map(([request, part]) => {
    const route = routes.get(request);
    return {
      ...placeOf(request),
      ...{ part, tag: 'LTI AGS 2.0', face: PROBLEMS },
      security: bearerOf(route?.scopes ?? []),
      media: route?.body ?? [],
      errors: [...OF_AGS, ...(part.errors ?? [])],
    };
  });
}

function ofDocuments(): readonly Described[] {
  return Object.entries(DOCUMENTS).map(([request, part]) => {
    const { method, path } = placeOf(request);
    // What is below the root of a face has its words, and all the rest those of the first face.
    const face = path.startsWith('/lti/') ? PROBLEMS : LTIAAS_ERRORS;
    return {
      ...{ method, path, part, face, tag: 'Gateway' },
      security: path === '/metrics' ? [{}, { metricsToken: [] }] : [],
      media: part.body === undefined ? [] : ['application/x-www-form-urlencoded'],
      errors: part.errors ?? [],
    };
  });
}

function ofAdmin(): readonly Described[] {
  const routes = new Map(wholeTable().map((route) => [`${route.method} ${route.path}`, route]));
  return ADMIN_PARTS.flatMap(({ tag, operations }) =>
    Object.entries(operations).map(([request, part]) => {
      const { method, path } = placeOf(request);
      const { role = 'operator', takesBody = false } = routes.get(request) ?? {};
      const isChange = method !== 'GET';
      const csrf = isChange ? { csrfToken: [] } : {};
      const errors: readonly ErrorCode[] = [
        ...OF_ADMIN,
        ...(role === 'anyone' ? [] : OF_SIGNED_IN),
        ...(role === 'operator' ? (['ADMIN_FORBIDDEN'] as const) : []),
        ...(role !== 'anyone' && isChange ? (['CSRF_MISSING'] as const) : []),
        ...(part.errors ?? []),
      ];
      return {
        ...{ method, part, tag, errors, path: ADMIN_ROOT + path, face: ADMIN_PROBLEMS },
        security: role === 'anyone' ? [] : [{ adminToken: [role] }, { adminSession: [role], ...csrf }],
        media: takesBody ? ['application/json'] : [],
      };
    }),
  );
}

function placeOf(request: string): Pick<Described, 'method' | 'path'> {
  const [method = '', path = ''] = request.split(' ');
  return { method, path: path.replaceAll(/:(\w+)/g, '{$1}') };
}

/** The answer of a face to an error, as it really gives it. */
export function exampleOf({ encode }: ErrorFace, code: ErrorCode): PlainResponse {
  const issue = { pointer: '/scoreMaximum', code: 'invalid', message: 'Must be a number above 0.' };
  const error = new GradebridgeError(
    code,
    /^INVALID_(LINE_ITEM|SCORE)$/.test(code) ? { issues: [issue] } : {},
  );
  return encode(error, 'b994be04-530d-49a6-ac52-e76ab12720f7');
}
