import { readShipped } from '../../../src/config/files.ts';
import { isObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import type { Schema } from './schema.ts';

/**
 * The schemas of our files, where the admin API carries their documents. They are of draft 7, and of what they use 2020-12 says
 * the same; only `definitions` go among the components.
 */

/** What a value that is hidden does not keep to any more. */
const OF_TEXTS: ReadonlySet<string> = new Set(['minLength', 'maxLength', 'pattern', 'format']);

interface Carrying {
  readonly name: string;
  /** Whether secrets in it may be hidden, so that texts are held to nothing. */
  readonly isHidden: boolean;
}

/** The schema of mappings, as components. */
export function mappingSchemas(): Readonly<Record<string, Schema>> {
  return carried(readShipped('mappings/mapping.schema.json'), { name: 'Mapping', isHidden: false });
}

/** The schema of the configuration as the admin API shows it. */
export function configurationSchemas(): Readonly<Record<string, Schema>> {
  return carried(readShipped('src/config/config.schema.json'), { name: 'Configuration', isHidden: true });
}

/** The members of a context. */
export function contextMembers(): Readonly<Record<string, Schema>> {
  const context = configurationSchemas()['Configuration.context'] as JsonObject;
  const required = context['required'] as readonly string[];
  const members = Object.entries(context['properties'] as Readonly<Record<string, Schema>>);
  return Object.fromEntries(members.map(([name, one]) => [required.includes(name) ? name : `${name}?`, one]));
}

function carried(schema: JsonObject, carrying: Carrying): Readonly<Record<string, Schema>> {
  const { $schema: _draft, definitions, properties, ...rest } = schema;
  const { $schema: named, ...others } = properties as JsonObject;
  // Some tools take a member that is called so for the keyword; a pattern says the same.
  const whole = { ...rest, properties: others, patternProperties: { '^\\$schema$': named as Json } };
  const parts = Object.entries(definitions as JsonObject);
  return Object.fromEntries([
    [carrying.name, convert(whole, carrying) as Schema],
    ...parts.map(([name, part]) => [`${carrying.name}.${name}`, convert(part, carrying) as Schema] as const),
  ]);
}

function convert(value: Json, carrying: Carrying): Json {
  if (Array.isArray(value)) return value.map((item: Json) => convert(item, carrying));
  if (!isObject(value)) return value;
  const { name, isHidden } = carrying;
  const members = Object.entries(value).filter(
    ([member, inner]) => !(isHidden && OF_TEXTS.has(member) && typeof inner !== 'object'),
  );
  return Object.fromEntries(
    members.map(([member, inner]) => [
      member,
      member === '$ref'
        ? String(inner).replace('#/definitions/', `#/components/schemas/${name}.`)
        : hidden(member, convert(inner, carrying), carrying),
    ]),
  );
}

/** Tables of users name students, and are hidden as a whole. */
function hidden(member: string, schema: Json, { isHidden }: Carrying): Json {
  const isTable = member === 'users' && isObject(schema) && Object.hasOwn(schema, 'additionalProperties');
  return isHidden && isTable ? { ...schema, type: ['object', 'string'] } : schema;
}
