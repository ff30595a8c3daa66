import { Ajv2020 as Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { isObject, type Json, type JsonObject } from '../../../src/core/json.ts';
import { openApiDocument } from './document.ts';

// The package is CommonJS; under Node's ESM its function is the default of the default.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

/** The document, whose schemas can be asked. */
export interface Checks {
  readonly document: JsonObject;
  /** What is wrong with a value by a schema of the document; undefined when nothing is. */
  wrongWith(value: Json, schema: JsonObject): string | undefined;
}

const ID = 'https://gradebridge.invalid/openapi';

/**
 * @param isClosed whether a member that the document does not name is wrong. It tells readers nothing of that, so that members
 *   can be added; what the gateway says has to be in it all the same.
 */
export function checksOf({ isClosed }: { readonly isClosed: boolean }): Checks {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
  });
  addFormats(ajv);
  for (const word of ['components', 'example']) ajv.addKeyword(word);
  const document = isClosed ? (closed(openApiDocument()) as JsonObject) : openApiDocument();
  const schemas = at(document, '#/components/schemas') as JsonObject;
  ajv.addSchema(anchored({ $id: ID, components: { schemas } }) as AnySchemaObject);
  const known = new Map<string, ValidateFunction>();
  return {
    document,
    wrongWith: (value, schema) => {
      const key = JSON.stringify(schema);
      const validate = known.get(key) ?? ajv.compile(anchored(schema) as AnySchemaObject);
      known.set(key, validate);
      return validate(value) ? undefined : ajv.errorsText(validate.errors, { dataVar: '' });
    },
  };
}

/** What a reference of the document leads to: `at(document, '#/components/schemas/Job')`. */
export function at(document: JsonObject, reference: string): Json | undefined {
  let found: Json | undefined = document;
  for (const step of reference.slice(2).split('/'))
    found = isObject(found) ? found[step.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined;
  return found;
}

/** The object itself, or what it refers to. */
export function resolved(document: JsonObject, object: Json | undefined): JsonObject {
  const reference = isObject(object) ? object['$ref'] : undefined;
  const found = typeof reference === 'string' ? at(document, reference) : object;
  if (!isObject(found)) throw new Error(`there is nothing at ${String(reference)}`);
  return found;
}

function anchored(schema: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', `"${ID}#/components/`)) as JsonObject;
}

/** They are closed where they are used, which is where their codes are, and what some have besides. */
const USED: readonly Json[] = ['Problem', 'LtiaasErrorDetails'].map((name) => `#/components/schemas/${name}`);

/** Objects that name their members have no others. */
function closed(value: Json, place = '#'): Json {
  if (Array.isArray(value)) return value.map((item: Json) => closed(item, place));
  if (!isObject(value)) return value;
  const inner = Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, closed(one, `${place}/${name}`)]),
  );
  const isOurs = value['type'] === 'object' && isObject(value['properties']) && !USED.includes(place);
  const isOpen = Object.hasOwn(value, 'additionalProperties');
  const { allOf } = value;
  const isUse =
    Array.isArray(allOf) && allOf.some((one: Json) => isObject(one) && USED.includes(one['$ref'] ?? null));
  return (isOurs && !isOpen) || isUse ? { ...inner, unevaluatedProperties: false } : inner;
}
