import { Ajv, type ErrorObject } from 'ajv';
import addFormatsModule from 'ajv-formats';
import type { Json, JsonObject } from '../core/json.ts';
import type { Finding } from './config.ts';

// The package is CommonJS; under Node's ESM its function is the default of the default.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

/** Checks a document of a file against a schema, filling in the schema's defaults. */
export type SchemaCheck = (document: Json, file: string) => readonly Finding[];

/**
 * Compiles a JSON Schema of ours. Every problem is reported, because the documents are ours or an administrator's; nothing
 * that comes over the network is checked here.
 *
 * @example const findings = compileSchema(schema)(document, 'gradebridge.config.json')
 */
export function compileSchema(schema: JsonObject): SchemaCheck {
  const ajv = new Ajv({
    allErrors: true,
    useDefaults: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    verbose: true,
  });
  addFormats(ajv);
  // A pattern lets through what no URL is, such as `https://[/`, on which whatever uses the address would stop.
  ajv.addFormat('web-address', (text) => URL.canParse(text));
  const validate = ajv.compile(schema);
  return (document, file) => {
    if (validate(document)) return [];
    return withoutNoise(validate.errors ?? []).map((error) => finding(error, file));
  };
}

/** What `oneOf` and `anyOf` add about alternatives that were not meant only hides what is wrong. */
function withoutNoise(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const choices = errors.filter(({ keyword }) => keyword === 'oneOf' || keyword === 'anyOf');
  return errors.filter((error) => {
    if (error.keyword === 'propertyNames') return false;
    const choice = choices.find(({ schemaPath }) => error.schemaPath.startsWith(`${schemaPath}/`));
    return choice === undefined;
  });
}

function finding(error: ErrorObject, file: string): Finding {
  const [message, remedy] = explain(error);
  return { file, place: error.instancePath || '/', message, remedy };
}

type Explain = (params: Record<string, unknown>, error: ErrorObject) => readonly [string, string];

const noForm: Explain = (_params, { parentSchema }) => [
  'has none of the forms that it may have',
  String(parentSchema?.['description'] ?? 'see the configuration reference'),
];

const EXPLANATIONS: Readonly<Record<string, Explain>> = {
  anyOf: noForm,
  oneOf: noForm,
  additionalProperties: ({ additionalProperty }, { parentSchema }) => [
    `unknown key "${String(additionalProperty)}"`,
    `remove it, or correct its spelling; there are ${Object.keys(parentSchema?.['properties'] ?? {}).join(', ')}`,
  ],
  required: ({ missingProperty }) => [`"${String(missingProperty)}" is missing`, 'add it'],
  type: ({ type }) => [`must be ${String(type)}`, 'change the value'],
  enum: ({ allowedValues }) => [
    'must be one of a few words',
    `use ${(allowedValues as unknown[]).join(', ')}`,
  ],
  const: ({ allowedValue }) => [`must be ${JSON.stringify(allowedValue)}`, 'change the value'],
  format: ({ format }, { parentSchema }) => [
    format === 'web-address' ? 'is no URL' : `must match format "${String(format)}"`,
    String(parentSchema?.['description'] ?? 'see the description of this key in the configuration reference'),
  ],
  pattern: ({ pattern }, { parentSchema, propertyName }) => [
    propertyName === undefined
      ? 'has not the right form'
      : `the name "${propertyName}" has not the right form`,
    String(parentSchema?.['description'] ?? `it must match ${String(pattern)}`),
  ],
};

function explain(error: ErrorObject): readonly [string, string] {
  const known = Object.hasOwn(EXPLANATIONS, error.keyword) ? EXPLANATIONS[error.keyword] : undefined;
  if (known !== undefined) return known(error.params as Record<string, unknown>, error);
  return [error.message ?? 'is not valid', 'see the description of this key in the configuration reference'];
}
