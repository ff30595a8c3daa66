import type { Json, JsonObject } from '../contract.ts';
import { isObject } from '../json-lines.ts';

/**
 * The part of JSON Schema (draft 7) that the mapping schema uses. The usual validators compile schemas to code at run time,
 * which the content security policy of the console forbids.
 */

export interface SchemaProblem {
  readonly pointer: string;
  readonly message: string;
}

interface Question {
  readonly root: JsonObject;
  readonly schema: JsonObject;
  readonly value: Json;
  readonly pointer: string;
}

/** @example validate(schema, { name: 'x' })[0]?.message // '"version" is missing' */
export function validate(root: JsonObject, value: Json): readonly SchemaProblem[] {
  return problemsOf({ root, schema: root, value, pointer: '' });
}

/** The schema that a `$ref` within the same document stands for. */
function resolved(root: JsonObject, schema: JsonObject): JsonObject {
  const { $ref: reference } = schema;
  if (typeof reference !== 'string') return schema;
  let found: Json | undefined = root;
  for (const token of reference.replace(/^#\/?/, '').split('/'))
    found = isObject(found) ? found[token] : undefined;
  return isObject(found) ? found : {};
}

type Check = (question: Question, rule: Json) => readonly SchemaProblem[];

const TYPES: Readonly<Record<string, (value: Json) => boolean>> = {
  object: isObject,
  array: (value) => Array.isArray(value),
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

const listOf = (rule: Json): readonly Json[] => (Array.isArray(rule) ? rule : [rule]);
const same = (left: Json, right: Json): boolean => JSON.stringify(left) === JSON.stringify(right);
const shown = (values: readonly Json[]): string => values.map((value) => JSON.stringify(value)).join(', ');

function problemsOf(question: Question): readonly SchemaProblem[] {
  const schema = resolved(question.root, question.schema);
  return Object.entries(schema).flatMap(([keyword, rule]) =>
    Object.hasOwn(CHECKS, keyword) ? (CHECKS[keyword]?.({ ...question, schema }, rule) ?? []) : [],
  );
}

function when(isWrong: boolean, { pointer }: Question, message: string): readonly SchemaProblem[] {
  return isWrong ? [{ pointer, message }] : [];
}

const CHECKS: Readonly<Record<string, Check>> = {
  type: (question, rule) => {
    const types = listOf(rule).map(String);
    return when(
      !types.some((type) => TYPES[type]?.(question.value)),
      question,
      `must be ${types.join(' or ')}`,
    );
  },
  const: (question, rule) => when(!same(rule, question.value), question, `must be ${JSON.stringify(rule)}`),
  enum: (question, rule) => {
    const known = listOf(rule);
    return when(
      !known.some((each) => same(each, question.value)),
      question,
      `must be one of ${shown(known)}`,
    );
  },
  pattern: (question, rule) => {
    const { value, schema } = question;
    const isWrong = typeof value === 'string' && !new RegExp(String(rule)).test(value);
    const { description } = schema;
    return when(
      isWrong,
      question,
      typeof description === 'string' ? `must be: ${description}` : `must match ${rule}`,
    );
  },
  minLength: (question, rule) =>
    when(
      typeof question.value === 'string' && question.value.length < Number(rule),
      question,
      'must not be empty',
    ),
  minItems: (question, rule) =>
    when(
      Array.isArray(question.value) && question.value.length < Number(rule),
      question,
      `needs ${rule} or more`,
    ),
  maxItems: (question, rule) =>
    when(
      Array.isArray(question.value) && question.value.length > Number(rule),
      question,
      `may have ${rule} at most`,
    ),
  minProperties: (question, rule) =>
    when(countOf(question.value) < Number(rule), question, `needs ${rule} or more members`),
  maxProperties: (question, rule) =>
    when(
      isObject(question.value) && countOf(question.value) > Number(rule),
      question,
      `may have ${rule} members at most`,
    ),
  required: (question, rule) => {
    const { value } = question;
    const missing = isObject(value) ? listOf(rule).filter((name) => !Object.hasOwn(value, String(name))) : [];
    return missing.map((name) => ({ pointer: question.pointer, message: `"${name}" is missing` }));
  },
  properties: ({ root, value, pointer }, rule) =>
    isObject(value) && isObject(rule)
      ? Object.entries(rule).flatMap(([name, schema]) => {
          const member = Object.hasOwn(value, name) ? value[name] : undefined;
          return member === undefined || !isObject(schema)
            ? []
            : problemsOf({ root, schema, value: member, pointer: below(pointer, name) });
        })
      : [],
  additionalProperties: ({ root, schema, value, pointer }, rule) => {
    const named = isObject(schema['properties']) ? schema['properties'] : {};
    const others = isObject(value)
      ? Object.entries(value).filter(([name]) => !Object.hasOwn(named, name))
      : [];
    return others.flatMap(([name, member]) => {
      if (isObject(rule))
        return problemsOf({ root, schema: rule, value: member, pointer: below(pointer, name) });
      return rule === false
        ? [{ pointer: below(pointer, name), message: `"${name}" is not known here` }]
        : [];
    });
  },
  items: ({ root, value, pointer }, rule) =>
    Array.isArray(value) && isObject(rule)
      ? value.flatMap((item: Json, index) =>
          problemsOf({ root, schema: rule, value: item, pointer: below(pointer, String(index)) }),
        )
      : [],
  anyOf: (question, rule) => {
    const tries = listOf(rule).map((schema) =>
      problemsOf({ ...question, schema: isObject(schema) ? schema : {} }),
    );
    if (tries.some((problems) => problems.length === 0)) return [];
    // The alternative that came furthest into the value says most of what is meant.
    const [deepest = []] = [...tries].sort(
      (a, b) => (b[0]?.pointer.length ?? 0) - (a[0]?.pointer.length ?? 0),
    );
    return deepest;
  },
  not: (question, rule) => {
    const fits = isObject(rule) && problemsOf({ ...question, schema: rule }).length === 0;
    return when(fits, question, 'these members do not go together');
  },
};

function countOf(value: Json): number {
  return isObject(value) ? Object.keys(value).length : Number.POSITIVE_INFINITY;
}

function below(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** Every schema that may hold at a place, alternatives included. */
export function schemasAt(root: JsonObject, tokens: readonly string[]): readonly JsonObject[] {
  let schemas = opened(root, [root]);
  for (const token of tokens) {
    const next = schemas.flatMap((schema): readonly JsonObject[] => {
      const { properties, additionalProperties, items } = schema;
      const named = isObject(properties) && Object.hasOwn(properties, token) ? properties[token] : undefined;
      const found = named ?? (/^\d+$/.test(token) && isObject(items) ? items : additionalProperties);
      return isObject(found) ? [found] : [];
    });
    schemas = opened(root, next);
  }
  return schemas;
}

function opened(root: JsonObject, schemas: readonly JsonObject[]): readonly JsonObject[] {
  return schemas.flatMap((each) => {
    const schema = resolved(root, each);
    const inner = listOf(schema['anyOf'] ?? []).filter(isObject);
    return [schema, ...opened(root, inner)];
  });
}

export interface Suggestion {
  readonly text: string;
  readonly description: string;
}

const describe = (schema: Json | undefined): string =>
  isObject(schema) && typeof schema['description'] === 'string' ? schema['description'] : '';

/** The members that an object at a place may have. */
export function membersAt(root: JsonObject, tokens: readonly string[]): readonly Suggestion[] {
  const members = schemasAt(root, tokens).flatMap(({ properties }) =>
    isObject(properties)
      ? Object.entries(properties).map(([text, schema]) => ({
          text,
          description: describe(isObject(schema) ? resolved(root, schema) : undefined) || describe(schema),
        }))
      : [],
  );
  return [...new Map(members.map((member) => [member.text, member])).values()];
}

/** The values that may stand at a place, as JSON, where they can be listed. */
export function valuesAt(root: JsonObject, tokens: readonly string[]): readonly string[] {
  const values = schemasAt(root, tokens).flatMap(({ enum: known, const: only, type }) => {
    if (known !== undefined) return listOf(known);
    if (only !== undefined) return [only];
    return type === 'boolean' ? [true, false] : [];
  });
  return [...new Set(values.map((value) => JSON.stringify(value)))];
}
