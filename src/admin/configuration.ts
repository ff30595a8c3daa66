import type { Config, ContextConfig, ToolConfig } from '../config/config.ts';
import type { Admin, AdminRoute } from '../core/admin.ts';
import { GradebridgeError } from '../core/errors.ts';
import { equal, isObject, type Json, type JsonObject, own } from '../core/json.ts';
import { formatPointer } from '../core/pointer.ts';
import { isoOf, json, type Loose } from './answers.ts';
import type { Audited } from './auditor.ts';
import type { Finding, Revision, Revisions } from './ports.ts';
import { HIDDEN } from './redaction.ts';

export interface ConfigurationParts {
  readonly config: Config;
  readonly revisions: Revisions;
  readonly audited: Audited;
}

/** The configuration that runs, without its secrets, and what is to be pasted into a tool. */
export function configurationRoutes({
  config,
  revisions,
  audited,
}: ConfigurationParts): readonly AdminRoute[] {
  const viewer = { method: 'GET', role: 'viewer' } as const;
  return [
    {
      ...viewer,
      path: '/configuration',
      answer: async () => json({ configuration: withoutSecrets(config as unknown as Json) as JsonObject }),
    },
    {
      ...viewer,
      path: '/configuration/diff',
      answer: async () => json({ items: (await revisions.diff()).map((row): Loose => ({ ...row })) }),
    },
    {
      method: 'POST',
      path: '/reload',
      role: 'operator',
      answer: (_request, admin) => reload(admin, { revisions, audited }),
    },
    {
      ...viewer,
      path: '/tools',
      answer: async () =>
        json({ items: Object.entries(config.tools).map(([name, tool]) => toolRow(name, tool, config)) }),
    },
    {
      ...viewer,
      path: '/contexts',
      answer: async () =>
        json({ items: Object.entries(config.contexts).map(([key, one]) => contextRow(key, one, config)) }),
    },
  ];
}

async function reload(admin: Admin, { revisions, audited }: Omit<ConfigurationParts, 'config'>) {
  const before = (await revisions.current()).id;
  const change = { what: 'configuration.reload', subject: 'configuration', before };
  return audited(admin, change, async () => {
    const outcome = await revisions.reload();
    if ('findings' in outcome) throw unusable(outcome.findings);
    return json({ revision: revisionRow(outcome.revision) });
  });
}

/** The refusal of a configuration file, with what is wrong in it. */
export function unusable(findings: readonly Finding[]): GradebridgeError {
  const rows = findings.map(({ file, place, message, remedy }) => ({ file, place, message, remedy }));
  return new GradebridgeError('CONFIGURATION_INVALID', { members: { findings: rows } });
}

/** A revision as the API tells it. */
export function revisionRow({ id, loadedAt, file, isCurrent, problem }: Revision): Loose {
  return { id, loadedAt: isoOf(loadedAt), file, isCurrent, problem };
}

/** Members whose value nobody is to see, wherever they stand. */
const SECRET = /^(clientSecret|apiKey|token|password|postgres|secret|privateKey)$/;
/** What is public of a key (RFC 7517 §4): its other members may be the private half, which does not belong there, but may be. */
const OF_PUBLIC_KEYS: ReadonlySet<string> = new Set(['kty', 'kid', 'use', 'alg', 'key_ops', 'crv']);

/**
 * A part of the configuration with `•••` in place of secrets: values under names of secrets, user and password in addresses,
 * all of a key but what it is, and the tables that name students.
 *
 * @example withoutSecrets({ clientId: 'c', clientSecret: 's' }) // { clientId: 'c', clientSecret: '•••' }
 */
export function withoutSecrets(value: Json, name = ''): Json {
  if (typeof value === 'string') return SECRET.test(name) ? HIDDEN : withoutUserinfo(value);
  if (Array.isArray(value))
    return value.map((item: Json) => (name === 'keys' ? publicPart(item) : withoutSecrets(item, name)));
  if (!isObject(value)) return value;
  if (value['by'] === 'table') return { by: 'table', users: HIDDEN };
  // Of traces: they hold what lets one in at the collector.
  if (name === 'headers') return Object.fromEntries(Object.keys(value).map((header) => [header, HIDDEN]));
  return Object.fromEntries(
    Object.entries(value).map(([member, inner]) => [member, withoutSecrets(inner, member)]),
  );
}

function publicPart(key: Json): Json {
  if (!isObject(key)) return HIDDEN;
  return Object.fromEntries(
    Object.entries(key).map(([name, value]) => [name, OF_PUBLIC_KEYS.has(name) ? value : HIDDEN]),
  );
}

/** RFC 3986 §3.2.1 calls a password in an address deprecated; people write it all the same. */
function withoutUserinfo(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, `$1${HIDDEN}@`);
}

function toolRow(name: string, tool: ToolConfig, { publicUrl }: Config): Loose {
  const { clientId, contexts, scopes, apiKey, jwks, jwksUrl } = tool;
  const held = { jwksUrl, jwks, apiKey };
  const keys = Object.entries(held).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  const tokenUrl = `${publicUrl}/lti/token`;
  const lineItems = contexts.map((context) => ({ context, url: lineItemsUrl(publicUrl, context) }));
  const ags = { issuer: publicUrl, clientId, tokenUrl, audience: tokenUrl, lineItems };
  const sides = {
    ...((jwks ?? jwksUrl) && { ags: { ...ags, jwksUrl: `${publicUrl}/.well-known/jwks.json` } }),
    ...(apiKey !== undefined && { ltiaas: { baseUrl: `${publicUrl}/api` } }),
  };
  return { ...{ name, clientId, contexts, scopes, keys }, ...sides, values: valuesIn(sides) };
}

/** What people call the values that are pasted into a tool. */
const LABELS = {
  issuer: 'Issuer',
  clientId: 'Client ID',
  tokenUrl: 'Token URL',
  audience: 'Audience of assertions',
  jwksUrl: 'Key set of this gateway',
  baseUrl: 'LTIAAS API',
} as const;

interface Sides {
  readonly ags?: Readonly<Record<Exclude<keyof typeof LABELS, 'baseUrl'>, string>> & {
    readonly lineItems: readonly { readonly context: string; readonly url: string }[];
  };
  readonly ltiaas?: { readonly baseUrl: string };
}

function valuesIn({ ags, ltiaas }: Sides): readonly Loose[] {
  const held: Readonly<Record<string, unknown>> = { ...ags, ...ltiaas };
  return [
    ...Object.entries(LABELS).flatMap(([name, label]) =>
      held[name] === undefined ? [] : [{ label, value: String(held[name]) }],
    ),
    ...(ags?.lineItems ?? []).map(({ context, url }) => ({ label: `Line items of ${context}`, value: url })),
  ];
}

function contextRow(key: string, context: ContextConfig, { publicUrl, tools }: Config): Loose {
  const users = Object.entries(tools).filter(([, { contexts }]) => contexts.includes(key));
  return {
    name: key,
    ...(withoutSecrets(context as unknown as Json) as JsonObject),
    lineItemsUrl: lineItemsUrl(publicUrl, key),
    values: [{ label: 'Line items', value: lineItemsUrl(publicUrl, key) }],
    tools: users.map(([name]) => name),
  };
}

/** The line items URL of a context, which is what an AGS tool is given. */
export function lineItemsUrl(publicUrl: string, context: string): string {
  return `${publicUrl}/lti/contexts/${context}/lineitems`;
}

/**
 * Where two configurations differ, as deep down as can be told, without secrets: one that was changed is told, and not what it was.
 *
 * @example differencesIn({ a: 1 }, { a: 2 }) // [{ pointer: '/a', running: 1, file: 2 }]
 */
export function differencesIn(running: Json, file: Json): Awaited<ReturnType<Revisions['diff']>> {
  return differ(running, file, []).map(({ path, left, right }) => {
    const name = path.at(-1) ?? '';
    return {
      pointer: formatPointer(path),
      ...(left !== undefined && { running: withoutSecrets(left, name) }),
      ...(right !== undefined && { file: withoutSecrets(right, name) }),
    };
  });
}

interface Difference {
  readonly path: readonly string[];
  readonly left: Json | undefined;
  readonly right: Json | undefined;
}

function differ(
  left: Json | undefined,
  right: Json | undefined,
  path: readonly string[],
): readonly Difference[] {
  if (equal(left, right)) return [];
  // The tables of users are told as a whole: their names are ids of students.
  const isWhole = !isObject(left) || !isObject(right) || left['by'] === 'table' || right['by'] === 'table';
  if (isWhole) return [{ path, left, right }];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].flatMap((name) => differ(own(left, name), own(right, name), [...path, name]));
}
