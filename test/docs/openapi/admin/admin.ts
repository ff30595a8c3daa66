import type { ErrorCode } from '../../../../src/core/errors.ts';
import type { Json } from '../../../../src/core/json.ts';
import { json, nothing, type Parts, type Said } from '../operation.ts';
import { object, type Schema, said, text } from '../schema.ts';

/** What the parts of the admin API have in common. */

/** What anybody may meet here. */
export const OF_ADMIN = [
  ...(['TOO_MANY_REQUESTS', 'TOO_MANY_CONNECTIONS', 'INTERNAL', 'OVERLOADED'] as const),
  'STORE_UNAVAILABLE',
] as const satisfies readonly ErrorCode[];

/** And whoever must be signed in. */
export const OF_SIGNED_IN = [
  'ADMIN_UNAUTHORISED',
  'TOO_MANY_FAILURES',
] as const satisfies readonly ErrorCode[];

/** The headers of every answer of the admin API. */
export const NOT_KEPT = ['Cache-Control'] as const;

/** 200 in JSON. */
export function ok(what: string, schema: Schema, example: Json): Said {
  return { ...json(what, schema, example), headers: NOT_KEPT };
}

/** 204. */
export const done: Said = { ...nothing('It is done.'), headers: NOT_KEPT };

/** `after` and `limit` of a list. */
export function pageQuery(usual = 50, most = 200): Readonly<Record<string, Schema>> {
  return {
    'after?': said(text, 'The "next" of an earlier page.'),
    'limit?': { type: 'integer', minimum: 1, maximum: most, default: usual },
  };
}

/** A text that is asked for, such as why something is done. */
export const sentence: Schema = { type: 'string', pattern: '\\S', maxLength: 500 };

/** `{ reason }` or `{ why }` alone. */
export function because(member: 'reason' | 'why') {
  return { schema: object({ [member]: sentence }), example: { [member]: 'The teacher is right' } };
}

/** What a body in JSON may be refused for, besides what its route refuses. */
export const OF_ADMIN_BODIES = [
  ...(['INVALID_JSON', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'INVALID_DOCUMENT'] as const),
] as const satisfies readonly ErrorCode[];

/** The schemas and the operations of one part. */
export interface AdminPart {
  readonly tag: string;
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly operations: Parts;
}
