import { ERRORS, type ErrorCode } from '../../../src/core/errors.ts';
import { equal, type JsonObject } from '../../../src/core/json.ts';
import { type Described, exampleOf } from './faces.ts';
import { OPTIONAL_HEADERS, type ResponseHeader } from './headers.ts';
import type { Part, Said } from './operation.ts';

const NAMED = ['X-Request-ID'] as const;

/** Refusals by their names: many operations have the same. */
export type Shared = Map<string, JsonObject>;

/** The answers of an operation: those of its part, and one for each status among its errors. */
export function responsesOf(described: Described, shared: Shared): JsonObject {
  const { part, errors } = described;
  const well = Object.entries(part.answers).map(
    ([status, answer]) => [status, responseOf(answer, part)] as const,
  );
  const statuses = [...new Set(errors.map((code) => ERRORS[code].status))].sort(
    (left, right) => left - right,
  );
  const wrong = statuses.map((status) => {
    if (Object.hasOwn(part.answers, status)) throw new Error(`${part.id} says ${status} twice`);
    const codes = [...new Set(errors)].filter((code) => ERRORS[code].status === status);
    const name = nameIn(shared, `${described.face.name}-${status}`, refusalOf(codes, described));
    return [String(status), { $ref: `#/components/responses/${name}` }] as const;
  });
  return Object.fromEntries([...well, ...wrong]);
}

/** The name of a refusal: the first of a face and a status has theirs, and others a number besides. */
function nameIn(shared: Shared, name: string, refusal: JsonObject): string {
  for (let number = 1; ; number++) {
    const numbered = number === 1 ? name : `${name}-${number}`;
    const other = shared.get(numbered);
    if (other !== undefined && !equal(other, refusal)) continue;
    shared.set(numbered, refusal);
    return numbered;
  }
}

function responseOf(answer: Said, { isUnnamed }: Part): JsonObject {
  const { what, headers = [], media, or, schema = {}, example } = answer;
  const said = { schema, ...(example !== undefined && { example }) };
  return {
    description: what,
    headers: headersOf([...(isUnnamed ? [] : NAMED), ...headers]),
    ...(media !== undefined && {
      content: { [media]: said, ...(or !== undefined && { [or]: said }) },
    }),
  };
}

/** The headers of errors, by what is known of their codes. */
function headersFor(codes: readonly ErrorCode[], { face }: Described): readonly ResponseHeader[] {
  const status = ERRORS[codes[0] as ErrorCode].status;
  return [
    ...face.headers,
    ...(codes.some((code) => ERRORS[code].retryable) ? (['Retry-After'] as const) : []),
    ...(status === 401 || codes.includes('INSUFFICIENT_SCOPE') ? (['WWW-Authenticate'] as const) : []),
    ...(status === 415 ? (['Accept'] as const) : []),
  ];
}

function refusalOf(codes: readonly ErrorCode[], described: Described): JsonObject {
  const { face, part } = described;
  const more = Object.assign({}, ...codes.map((code) => part.problems?.[code] ?? {}));
  const { headers } = exampleOf(face, codes[0] as ErrorCode);
  const media = String(headers['content-type']).split(';')[0] as string;
  const examples = codes.map((code) => [code, { $ref: `#/components/examples/${face.words}.${code}` }]);
  return {
    description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join('\n\n'),
    headers: headersOf([...NAMED, ...headersFor(codes, described)]),
    content: {
      [media]: { schema: face.schemaOf(codes, optional(more)), examples: Object.fromEntries(examples) },
    },
  };
}

function optional(members: JsonObject): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(
    Object.entries(members).map(([name, schema]) => [name.replace(/\?$/, ''), schema as JsonObject]),
  );
}

function headersOf(names: readonly ResponseHeader[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** The Header Object of one of our headers. */
export function headerOf(name: ResponseHeader, schema: JsonObject): JsonObject {
  const { description, ...rest } = schema;
  return { description: description ?? '', required: !OPTIONAL_HEADERS.has(name), schema: rest };
}
