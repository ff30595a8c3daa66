import { readShipped } from '../../../src/config/files.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { SCOPES, scopeUrl } from '../../../src/core/operation.ts';
import { ADMIN_PARTS } from './admin/parts.ts';
import { configurationSchemas, mappingSchemas } from './carried.ts';
import { DOCUMENT_SCHEMAS } from './documents.ts';
import { type Described, describedOperations, exampleOf } from './faces.ts';
import { REQUEST_HEADERS, RESPONSE_HEADERS, type ResponseHeader } from './headers.ts';
import { headerOf, responsesOf, type Shared } from './responses.ts';
import type { Schema } from './schema.ts';
import { TOOL_SCHEMAS } from './tool-schemas.ts';

const DESCRIPTION = `Everything that a Gradebridge gateway serves: line items, scores and results for tools, in the REST dialect of
LTIAAS and in LTI AGS 2.0; its token endpoint and keys; health and metrics; and the admin API, which is there where the configuration
has \`admin\`.

GET answers HEAD as well. A path that is not here is 404 \`ROUTE_NOT_FOUND\`, another method on one that is here 405
\`METHOD_NOT_ALLOWED\` with \`Allow\`. Answers may get new members and codes: readers pass over what they do not know. Where a
status has several codes, the code in the body says which it is; docs/errors.md has them all.`;

/** The OpenAPI document: the whole of `docs/openapi.json`. */
export function openApiDocument(): JsonObject {
  const operations = describedOperations();
  const shared: Shared = new Map();
  const paths = pathsOf(operations, shared);
  const { version, license } = readShipped('package.json');
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gradebridge',
      version: String(version),
      description: DESCRIPTION,
      license: { name: String(license), identifier: String(license) },
    },
    servers: [
      { url: 'http://127.0.0.1:8080', description: '`npm start`' },
      {
        url: 'https://{host}',
        description: 'The `publicUrl` of a gateway.',
        variables: { host: { default: 'grades.example' } },
      },
    ],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas(),
      responses: Object.fromEntries(shared),
      headers: Object.fromEntries(
        Object.entries(RESPONSE_HEADERS).map(([name, schema]) => [
          name,
          headerOf(name as ResponseHeader, schema),
        ]),
      ),
      parameters: Object.fromEntries(
        Object.entries(REQUEST_HEADERS).map(([name, schema]) => [name, parameterOf(name, 'header', schema)]),
      ),
      examples: examplesOf(operations),
      securitySchemes: SECURITY,
    },
  };
}

/** The text of the file. */
export function openApiFile(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`;
}

function schemas(): JsonObject {
  const all = [TOOL_SCHEMAS, DOCUMENT_SCHEMAS, ...ADMIN_PARTS.map((part) => part.schemas)];
  const names = all.flatMap((some) => Object.keys(some));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`there are two schemas ${twice}`);
  return Object.assign({}, ...all, mappingSchemas(), configurationSchemas());
}

function pathsOf(operations: readonly Described[], shared: Shared): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const item = paths[operation.path] ?? {};
    paths[operation.path] = item;
    item[operation.method.toLowerCase()] = operationOf(operation, shared);
    if (operation.path === '/metrics') item['servers'] = METRICS_SERVERS;
  }
  return paths;
}

/** Metrics may have a port of their own. */
const METRICS_SERVERS: Json = [{ url: 'http://127.0.0.1:9464' }, { url: 'http://127.0.0.1:8080' }];

function operationOf(described: Described, shared: Shared): JsonObject {
  const { path, tag, part, security, media } = described;
  const { id, summary, description, query = {}, headers = [], body } = part;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) =>
    parameterOf(name, 'path', pathSchema(path, name)),
  );
  const inQuery = Object.entries(query).map(([name, schema]) => parameterOf(name, 'query', schema));
  const inHeaders = [...headers, ...(part.isUnnamed ? [] : ['X-Request-ID'])].map((name) => ({
    $ref: `#/components/parameters/${name}`,
  }));
  const content = media.map((type) => [type, { schema: body?.schema ?? {}, example: body?.example ?? null }]);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    ...(security.length > 0 ? { security } : { security: [] }),
    parameters: [...inPath, ...inQuery, ...inHeaders],
    ...(content.length > 0 && { requestBody: { required: true, content: Object.fromEntries(content) } }),
    responses: responsesOf(described, shared),
  };
}

function parameterOf(name: string, where: 'path' | 'query' | 'header', given: Schema): JsonObject {
  const { description, ...schema } = given;
  return {
    name: name.replace(/\?$/, ''),
    in: where,
    ...(description !== undefined && { description }),
    required: where === 'path' || (where === 'query' && !name.endsWith('?')),
    schema,
  };
}

/** What stands in a path, by the beginning of the path and the name. */
const IN_PATHS: Readonly<Record<string, Schema>> = {
  '/api/ id': {
    type: 'string',
    description:
      'An id of the gateway, a OneRoster sourcedId, or an absolute URL; percent-encoded once, as one segment.',
    examples: ['https://lms.example.com/course/1/lineitems/1'],
  },
  '/lti/ id': { type: 'string', description: 'The sourcedId of the line item.' },
  '/lti/ context': { type: 'string', description: 'A context of the configuration.', examples: ['math-101'] },
  '/admin/ version': { type: 'integer', minimum: 1 },
};

function pathSchema(path: string, name: string): Schema {
  const root = `/${path.split('/')[1]}/`;
  return IN_PATHS[`${root} ${name}`] ?? { type: 'string' };
}

/** Each error once, as its face really says it. */
function examplesOf(operations: readonly Described[]): JsonObject {
  const examples: Record<string, Json> = {};
  for (const { face, errors } of operations)
    for (const code of errors) {
      const name = `${face.words}.${code}`;
      examples[name] ??= { value: exampleOf(face, code).body ?? null };
    }
  return examples;
}

const SECURITY: JsonObject = {
  serviceKey: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: '`SERVICE-AUTH-V1 <apiKey>:<serviceKey>`; `gradebridge keys issue` makes service keys.',
  },
  ltik: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: '`LTIK-AUTH-V2 <apiKey>:<ltik>`; `gradebridge keys issue --ltik` makes ltiks.',
  },
  accessToken: {
    type: 'oauth2',
    description: 'A token of the token endpoint; on /api also one of a configured issuer.',
    flows: {
      clientCredentials: {
        tokenUrl: '/lti/token',
        scopes: Object.fromEntries(SCOPES.map((scope) => [scopeUrl(scope), `\`${scope}\` (AGS §3.1)`])),
      },
    },
  },
  adminToken: { type: 'http', scheme: 'bearer', description: 'A token of `admin.tokens`.' },
  adminSession: {
    type: 'apiKey',
    in: 'cookie',
    name: 'gradebridge_session',
    description: 'The cookie of `POST /admin/v1/session`, or of a sign-in at an OpenID provider.',
  },
  csrfToken: {
    type: 'apiKey',
    in: 'header',
    name: 'X-CSRF-Token',
    description: 'The `csrf` of the session, with every change.',
  },
  metricsToken: { type: 'http', scheme: 'bearer', description: '`metrics.token`, where it is configured.' },
};
