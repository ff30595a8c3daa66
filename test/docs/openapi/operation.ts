import type { ErrorCode } from '../../../src/core/errors.ts';
import type { Json } from '../../../src/core/json.ts';
import type { REQUEST_HEADERS, RESPONSE_HEADERS } from './headers.ts';
import type { Schema } from './schema.ts';

/** What is written down by hand of an operation; its path, scopes, roles and media types come from the route tables. */
export interface Part {
  /** The operationId. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  /** By name; one that ends in `?` may be left out. */
  readonly query?: Readonly<Record<string, Schema>>;
  readonly headers?: readonly (keyof typeof REQUEST_HEADERS)[];
  readonly body?: Body;
  /** Whether its answers have no request id. */
  readonly isUnnamed?: true;
  /** What comes when nothing is wrong, by status. */
  readonly answers: Readonly<Record<number, Said>>;
  /** The rows of the catalogue that it may meet, besides those that every operation of its face may. */
  readonly errors?: readonly ErrorCode[];
  /** What its problems have besides, by the code. */
  readonly problems?: Readonly<Partial<Record<ErrorCode, Readonly<Record<string, Schema>>>>>;
}

export interface Body {
  readonly schema: Schema;
  /** One that works as it stands. */
  readonly example: Json;
}

/** One answer. */
export interface Said {
  readonly what: string;
  readonly headers?: readonly (keyof typeof RESPONSE_HEADERS)[];
  /** Absent when there is no body. */
  readonly media?: string;
  /** Another media type that it may have, of the same schema. */
  readonly or?: string;
  readonly schema?: Schema;
  readonly example?: Json;
}

/** Parts by their requests, as the route tables write them: `GET /api/lineitems/:id`. */
export type Parts = Readonly<Record<string, Part>>;

/** An answer in JSON: `json('The job.', ref('Job'), { job: 'j-1', … })`. */
export function json(what: string, schema: Schema, example?: Json): Said {
  return { what, media: 'application/json', schema, ...(example !== undefined && { example }) };
}

/** 204, or another answer that says nothing but its status. */
export function nothing(what: string): Said {
  return { what };
}

/** What anybody may meet who sends a body. */
export const OF_BODIES = [
  'INVALID_JSON',
  'BODY_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
] as const satisfies readonly ErrorCode[];

/** What OneRoster may do to whoever reads from it. */
export const OF_ONEROSTER = [
  ...(['UPSTREAM_REQUEST_REJECTED', 'UPSTREAM_REFUSED', 'UPSTREAM_UNREACHABLE'] as const),
  'UPSTREAM_FAILED',
  ...(['UPSTREAM_BAD_ANSWER', 'CONTEXT_UNRESOLVED', 'UPSTREAM_BUSY', 'UPSTREAM_DOWN'] as const),
  'UPSTREAM_TIMEOUT',
] as const satisfies readonly ErrorCode[];

/** And to whoever deletes. */
export const OF_DELETIONS = [
  ...OF_ONEROSTER,
  ...(['UPSTREAM_DROPS_METADATA', 'OBJECT_BUSY'] as const),
] as const satisfies readonly ErrorCode[];

/** And to whoever writes a document. */
export const OF_WRITES = [
  ...OF_DELETIONS,
  ...(['UNMAPPABLE', 'UPSTREAM_REJECTED'] as const),
] as const satisfies readonly ErrorCode[];
