import type { Json, JsonObject } from '../../../src/core/json.ts';

/** A Schema Object of OpenAPI 3.1 §4.8.24, which is one of JSON Schema 2020-12. */
export type Schema = JsonObject;

export const text: Schema = { type: 'string' };
export const number: Schema = { type: 'number' };
export const count: Schema = { type: 'integer', minimum: 0 };
export const truth: Schema = { type: 'boolean' };
export const time: Schema = { type: 'string', format: 'date-time' };
export const address: Schema = { type: 'string', format: 'uri' };
/** Any JSON at all. */
export const anything: Schema = { description: 'Any JSON.' };
/** An object that is somebody else's: its members are not named here. */
export const anyObject: Schema = { type: 'object', additionalProperties: true };

/** A schema with a sentence: `said(text, 'Who it was.')`. */
export function said(schema: Schema, description: string): Schema {
  return { ...schema, description };
}

/** One of some words: `oneOf(['viewer', 'operator'])`. */
export function oneOf(words: readonly Json[]): Schema {
  return { enum: [...words] };
}

/** The same, or null: `orNull(text)`. */
export function orNull(schema: Schema): Schema {
  return { ...schema, type: [schema['type'] as string, 'null'] };
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

/** A schema of `components`: `ref('LineItem')`. */
export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/**
 * An object, by its members. One whose name ends in `?` may be absent.
 *
 * @example object({ name: text, 'problem?': text })
 */
export function object(members: Readonly<Record<string, Schema>>): Schema {
  const names = Object.keys(members);
  const required = names.filter((name) => !name.endsWith('?'));
  const properties = names.map((name) => [name.replace(/\?$/, ''), members[name] as Schema] as const);
  return {
    type: 'object',
    ...(required.length > 0 && { required }),
    properties: Object.fromEntries(properties),
  };
}

/** An object that may have other members, too, which are whoever sent them's own. */
export function openObject(members: Readonly<Record<string, Schema>>): Schema {
  return { ...object(members), additionalProperties: true };
}

/** An object of entries whose names are not known here: `entriesOf(text)`. */
export function entriesOf(values: Schema): Schema {
  return { type: 'object', additionalProperties: values };
}

/** A schema of `components`, of whose members some are held to more. Not every reader looks beside a `$ref`. */
export function narrowed(name: string, properties: Readonly<Record<string, Schema>>): Schema {
  return { allOf: [ref(name)], properties };
}

/** What lists of the admin API have in common. */
export function pageOf(items: Schema): Schema {
  return object({
    items: listOf(items),
    'next?': said(text, 'The "after" of the next page; absent on the last one.'),
  });
}
