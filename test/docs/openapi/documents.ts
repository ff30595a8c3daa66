import { SCOPES, scopeUrl } from '../../../src/core/operation.ts';
import { json, type Parts, type Said } from './operation.ts';
import {
  count,
  entriesOf,
  listOf,
  narrowed,
  object,
  oneOf,
  openObject,
  ref,
  type Schema,
  text,
  truth,
} from './schema.ts';

/** What is neither of a face nor of the admin API: `src/http/documents.ts` and `src/http/metrics.ts`. */

const REACHED = { reachable: true };
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export const DOCUMENT_SCHEMAS: Readonly<Record<string, Schema>> = {
  KeySet: {
    ...object({
      keys: listOf(
        openObject({
          kty: text,
          kid: text,
          'alg?': text,
          'use?': text,
          'crv?': text,
          'x?': text,
          'y?': text,
        }),
      ),
    }),
    description: 'RFC 7517',
  },
  Reachability: object({ reachable: truth, 'code?': text }),
  StoreReachability: object({ reachable: truth, 'code?': text, 'cause?': text }),
  Readiness: object({
    status: oneOf(['ready', 'upstream unreachable', 'store unreachable', 'draining']),
    'store?': ref('StoreReachability'),
    'upstreams?': entriesOf(ref('Reachability')),
  }),
  TokenRequest: object({
    grant_type: { const: 'client_credentials' },
    client_assertion_type: { const: ASSERTION_TYPE },
    client_assertion: {
      type: 'string',
      description: 'A JWT that the tool has signed; it works once (docs/ags.md).',
    },
    scope: { type: 'string', description: 'URLs of scopes, with spaces between them.' },
    'client_id?': text,
  }),
  Token: object({
    access_token: text,
    token_type: { const: 'Bearer' },
    expires_in: count,
    scope: { type: 'string', description: 'Those of the scopes that the tool may have.' },
  }),
  TokenRefusal: {
    ...object({
      error: oneOf([
        ...[
          'invalid_request',
          'invalid_client',
          'unauthorized_client',
          'unsupported_grant_type',
          'invalid_scope',
        ],
        'temporarily_unavailable',
      ]),
      error_description: text,
    }),
    description: 'RFC 6749 §5.2',
  },
};

const tooMuch = {
  anyOf: [
    ref('TokenRefusal'),
    narrowed('Problem', { code: oneOf(['TOO_MANY_REQUESTS', 'TOO_MANY_CONNECTIONS']) }),
  ],
};
const kept = ['Cache-Control', 'Pragma'] as const;

const plain = (what: string, example: string): Said => ({
  ...{ what, media: 'text/plain', schema: text, example },
  headers: ['Cache-Control'],
});

const unready: Said = json('It is not, or is about to stop.', ref('Readiness'), {
  status: 'upstream unreachable',
  store: REACHED,
  upstreams: { timeback: { reachable: false, code: 'UPSTREAM_UNREACHABLE' } },
});

export const DOCUMENTS: Parts = {
  'GET /healthz': {
    id: 'alive',
    summary: 'Whether the process answers',
    answers: { 200: json('It does.', object({ status: { const: 'ok' } }), { status: 'ok' }) },
    errors: [],
  },
  'GET /readyz': {
    id: 'ready',
    summary: 'Whether the store and every OneRoster service can be reached',
    answers: {
      200: json('They can.', ref('Readiness'), {
        status: 'ready',
        store: REACHED,
        upstreams: { timeback: REACHED },
      }),
      503: unready,
    },
    errors: [],
  },
  'GET /.well-known/jwks.json': {
    id: 'keySet',
    summary: 'The public keys of the gateway',
    answers: {
      200: json('The key set.', ref('KeySet'), {
        keys: [
          {
            ...{ kty: 'EC', crv: 'P-256', kid: 'gradebridge-1', alg: 'ES256' },
            x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
            y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
          },
        ],
      }),
    },
    errors: ['INTERNAL', 'OVERLOADED', 'TOO_MANY_CONNECTIONS'],
  },
  'POST /lti/token': {
    id: 'token',
    summary: 'An access token for an assertion that the tool signs (RFC 6749 §4.4, RFC 7523)',
    body: {
      schema: ref('TokenRequest'),
      example: {
        grant_type: 'client_credentials',
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: 'eyJhbGciOiJSUzI1NiIsImtpZCI6InF1aXp6ZXItMSJ9.eyJpc3MiOiJxdWl6emVyIn0.c2lnbmF0dXJl',
        scope: scopeUrl('score'),
      },
    },
    answers: {
      200: {
        ...json('The token.', ref('Token'), {
          access_token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJxdWl6emVyIn0.c2lnbmF0dXJl',
          ...{ token_type: 'Bearer', expires_in: 3600, scope: SCOPES.map(scopeUrl).join(' ') },
        }),
        headers: kept,
      },
      400: {
        ...json('It is refused, and error_description says why.', ref('TokenRefusal'), {
          error: 'invalid_client',
          error_description: 'The assertion was used before.',
        }),
        headers: kept,
      },
      413: {
        ...json('The form is larger than 16 kB.', ref('TokenRefusal'), {
          error: 'invalid_request',
          error_description: 'The form is too large: it needs an assertion and four short parameters.',
        }),
        headers: kept,
      },
      429: {
        ...json('The address has sent too many bad requests, or too much at once.', tooMuch, {
          error: 'temporarily_unavailable',
          error_description: 'Too many requests from this address were not valid. Wait as Retry-After says.',
        }),
        headers: ['Retry-After'],
        or: 'application/problem+json',
      },
    },
    errors: ['INTERNAL', 'OVERLOADED', 'STORE_UNAVAILABLE'],
  },
  'GET /metrics': {
    id: 'metrics',
    isUnnamed: true,
    summary: 'Metrics for Prometheus, where the configuration wants them (docs/metrics.md)',
    answers: {
      200: plain('The text format of Prometheus.', 'gradebridge_http_requests_in_flight 0\n'),
      401: {
        ...plain(
          'The token of metrics.token is missing or wrong.',
          'INVALID_TOKEN: The access token is missing or not valid.\n',
        ),
        headers: ['Cache-Control', 'WWW-Authenticate'],
      },
      500: plain('They cannot be shown.', 'INTERNAL: Gradebridge failed to handle this request.\n'),
    },
    errors: [],
  },
};
