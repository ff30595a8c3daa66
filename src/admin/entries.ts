import type { Config, ContextConfig, ToolConfig } from '../config/config.ts';
import { type EntryKind, entryTitle } from '../config/registered.ts';
import { digestsOf, isGoodAt } from '../core/api-key.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { Standing } from '../registry/registry.ts';
import type { Loose } from './answers.ts';
import { withoutSecrets } from './without-secrets.ts';

/** What is known of where the tools and contexts that run come from. */
export interface Origins {
  /** What the file says, without the store. */
  readonly inFile: Pick<Config, 'tools' | 'contexts'>;
  /** Those that come from the store, each as `tool quizzer`. */
  readonly fromStore: ReadonlySet<string>;
}

/** Changes of one entry that are told in a list; all of them are told of one. */
const LINES = 20;

/** Where an entry comes from, whether it is refused, and what was done to it. */
export function originOf(
  kind: EntryKind,
  name: string,
  { origins, standing }: { readonly origins: Origins; readonly standing: Standing | undefined },
): Loose {
  const { revision, history } = standing ?? { revision: 0, history: [] };
  return {
    source: origins.fromStore.has(entryTitle({ kind, name })) ? 'console' : 'file',
    isInFile: Object.hasOwn(kind === 'tool' ? origins.inFile.tools : origins.inFile.contexts, name),
    revision,
    history: history.slice(0, LINES).map((line) => ({ ...line })),
  };
}

/** A tool with the values to paste into it. */
export function toolRow(name: string, tool: ToolConfig, { publicUrl }: Config, now: number): Loose {
  const { clientId, contexts, scopes, jwks, jwksUrl, disabled } = tool;
  const apiKeys = digestsOf(tool).filter((key) => isGoodAt(key, now));
  const held = { jwksUrl, jwks, apiKey: apiKeys[0] };
  const keys = Object.entries(held).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  const tokenUrl = `${publicUrl}/lti/token`;
  const lineItems = contexts.map((context) => ({ context, url: lineItemsUrl(publicUrl, context) }));
  const ags = { issuer: publicUrl, clientId, tokenUrl, audience: tokenUrl, lineItems };
  const sides = {
    ...((jwks ?? jwksUrl) && { ags: { ...ags, jwksUrl: `${publicUrl}/.well-known/jwks.json` } }),
    ...(apiKeys.length > 0 && { ltiaas: { baseUrl: `${publicUrl}/api` } }),
  };
  return {
    ...{ name, clientId, contexts, scopes, keys, isDisabled: disabled },
    apiKeys: apiKeys.map(({ until }) => ({ until })),
    ...sides,
    values: valuesIn(sides),
  };
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

/** A context with its line items URL and its tools. */
export function contextRow(key: string, context: ContextConfig, { publicUrl, tools }: Config): Loose {
  const users = Object.entries(tools).filter(([, { contexts }]) => contexts.includes(key));
  const { disabled, ...settings } = context;
  return {
    name: key,
    ...(withoutSecrets(settings as unknown as Json) as JsonObject),
    isDisabled: disabled,
    lineItemsUrl: lineItemsUrl(publicUrl, key),
    values: [{ label: 'Line items', value: lineItemsUrl(publicUrl, key) }],
    tools: users.map(([name]) => name),
  };
}

/** The line items URL of a context, which is what an AGS tool is given. */
export function lineItemsUrl(publicUrl: string, context: string): string {
  return `${publicUrl}/lti/contexts/${context}/lineitems`;
}
