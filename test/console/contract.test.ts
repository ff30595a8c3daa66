import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Json, JsonObject } from '../../src/core/json.ts';

/** The document that test/docs holds against the running server, every body closed. */
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const OPENAPI = JSON.parse(readFileSync(join(ROOT, 'docs', 'openapi.json'), 'utf8')) as JsonObject;

/** What a page reads, and the answer that it reads it from: a schema by its name, or the path of a GET. */
const PAIRS: readonly (readonly [file: string, type: string, answer: string])[] = [
  ['contract', 'SignInWays', '/admin/v1/sign-in'],
  ['contract', 'Overview', 'Overview'],
  ['contract', 'List<DeliveryItem>', '/admin/v1/deliveries'],
  ['contract', 'DeliveryDetail', 'Delivery'],
  ['contract', 'DeliveryPlan', 'Plan'],
  ['contract', 'Job', 'Job'],
  ['contract', 'List<ExchangeItem>', '/admin/v1/traffic'],
  ['contract', 'ExchangeDetail', 'Exchange'],
  ['contract', 'List<LineItemRow>', '/admin/v1/line-items'],
  ['contract', 'Check', 'CheckResult'],
  ['contract', 'List<AuditItem>', '/admin/v1/audit'],
  ['contract', 'ConfigurationDifference', 'Difference'],
  ['contract', 'Finding', 'Finding'],
  ['mapping-contract', 'MappingItem', 'MappingSummary'],
  ['mapping-contract', 'MappingDetail', 'MappingDetail'],
  ['mapping-contract', 'Problem', 'MappingProblem'],
  ['mapping-contract', 'TryResult', 'Trial'],
  ['mapping-contract', 'WhatIf', 'WhatIf'],
  ['reconcile-contract', 'ReconcileFinding', 'ReconcileFinding'],
  ['reconcile-contract', 'ReconcilePage', '/admin/v1/reconcile'],
  ['reconcile-contract', 'RepairPlan', 'RepairPlan'],
  ['registry-contract', 'ToolItem', 'Tool'],
  ['registry-contract', 'ContextItem', 'Context'],
  ['registry-contract', 'EntryDetail', 'Entry'],
  ['registry-contract', 'Changed', 'EntryChanged'],
  ['registry-contract', 'KeySet', 'KeySetLook'],
];

function within(document: Json | undefined, ...steps: readonly string[]): JsonObject {
  let value = document;
  for (const step of steps) value = (value as JsonObject | undefined)?.[step];
  assert.ok(value !== undefined, `docs/openapi.json has no ${steps.join(' ')}`);
  return value as JsonObject;
}

function answerOf(name: string): JsonObject {
  if (!name.startsWith('/')) return within(OPENAPI, 'components', 'schemas', name);
  const answer = within(OPENAPI, 'paths', name, 'get', 'responses', '200');
  return within(answer, 'content', 'application/json', 'schema');
}

/** A type of TypeScript for a schema: its closed objects have the members that the server answers with, and no others. */
function typeOf(schema: JsonObject): string {
  const { $ref, type, properties, items, additionalProperties, required = [] } = schema;
  if (typeof $ref === 'string') return typeOf(within(OPENAPI, ...$ref.slice(2).split('/')));
  const values = schema['enum'] ?? ('const' in schema ? [schema['const'] as Json] : undefined);
  if (values !== undefined) return (values as Json[]).map((value) => JSON.stringify(value)).join(' | ');
  const choices = (schema['anyOf'] ?? schema['oneOf']) as readonly JsonObject[] | undefined;
  if (choices !== undefined) return choices.map(typeOf).join(' | ');
  const parts = schema['allOf'] as readonly JsonObject[] | undefined;
  if (parts !== undefined) return parts.map(typeOf).join(' & ');
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one as Json })).join(' | ');
  if (type === 'array') return `readonly (${typeOf((items ?? {}) as JsonObject)})[]`;
  if (properties !== undefined) {
    const members = Object.entries(properties as JsonObject).map(
      ([name, member]) =>
        `${JSON.stringify(name)}${(required as Json[]).includes(name) ? '' : '?'}: ${typeOf(member as JsonObject)}`,
    );
    return `{ ${members.join('; ')} }`;
  }
  if (type === 'object') {
    const values =
      typeof additionalProperties === 'object' ? typeOf(additionalProperties as JsonObject) : 'any';
    return `{ readonly [member: string]: ${values} }`;
  }
  return NAMES[String(type)] ?? 'any';
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
};

/**
 * `Unknown` names a member that a page reads and no answer has, however deep: an optional one with a misspelt name would be assignable
 * all the same. An object with any names has every one.
 */
const PRELUDE = `
type Unknown<Page, Answer> = 0 extends 1 & Answer ? never
  : NonNullable<Page> extends readonly (infer P)[]
    ? NonNullable<Answer> extends readonly (infer A)[] ? Unknown<P, A> : never
  : NonNullable<Page> extends object
    ? string extends keyof NonNullable<Page> ? never
    : string extends keyof NonNullable<Answer> ? never
    : { [Name in keyof NonNullable<Page>]-?: Name extends keyof NonNullable<Answer>
        ? Unknown<NonNullable<Page>[Name], NonNullable<Answer>[Name]> : Name }[keyof NonNullable<Page>]
  : never;
type None<_Members extends never> = true;
`;

const APP = join(ROOT, 'src', 'console', 'app');
const folder = mkdtempSync(join(ROOT, 'dist', 'contract-'));
after(() => rmSync(folder, { recursive: true }));

/** @returns what the compiler says, a line each; none when every page reads what the server answers */
function complaints(pairs: typeof PAIRS, contracts = APP): string {
  const lines = pairs.map(([file, type, answer], index) => {
    const page = type.replace(/\w+/g, (name) => {
      const from = name === 'List' ? 'contract' : file;
      return `import(${JSON.stringify(join(contracts, `${from}.ts`))}).${name}`;
    });
    return `
type Answer${index} = ${typeOf(answerOf(answer))};
export const page${index} = (answer: Answer${index}): ${page} => answer;
export const none${index}: None<Unknown<${page}, Answer${index}>> = true; // ${type} ${answer}`;
  });
  writeFileSync(join(folder, 'answers.ts'), PRELUDE + lines.join('\n'));
  const compilerOptions = {
    noEmit: true,
    incremental: false,
    rootDir: ROOT,
    exactOptionalPropertyTypes: false,
  };
  const project = { extends: join(APP, 'tsconfig.json'), compilerOptions, include: ['answers.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  return stdout + stderr;
}

test('every member that a page of the console reads is one that the admin API answers with', () => {
  assert.equal(complaints(PAIRS), '');
});

test('a member that has another name in the console than in the admin API is found', () => {
  for (const [file, name] of [
    ['contract', 'attempts'],
    ['contract', 'supersededBy'],
    ['contract', 'tokenUntil'],
    ['registry-contract', 'lookedAt'],
  ] as const) {
    for (const one of ['contract', 'mapping-contract', 'reconcile-contract', 'registry-contract']) {
      const text = readFileSync(join(APP, `${one}.ts`), 'utf8');
      const renamed = text.replace(new RegExp(`readonly ${name}\\b`), `readonly ${name}Renamed`);
      assert.ok(one !== file || renamed !== text, `${file} has no ${name}`);
      writeFileSync(join(folder, `${one}.ts`), one === file ? renamed : text);
    }
    assert.match(complaints(PAIRS, folder), new RegExp(`${name}Renamed`), name);
  }
});
