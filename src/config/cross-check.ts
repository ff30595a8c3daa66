import { digestsOf } from '../core/api-key.ts';
import type { Lens } from '../core/lens.ts';
import type { AdminConfig, Config, ContextConfig, Finding, ToolConfig } from './config.ts';
import { checkFormerNames } from './former-names.ts';
import { type ActiveMapping, foldersOf, type LoadedMapping, loadMapping } from './mappings.ts';

/** The mapping and the resource that belong to each family. */
const FAMILY_MAPPINGS = {
  lineItems: {
    lineItem: { mapping: 'line-item', resource: 'lineItem' },
    result: { mapping: 'result', resource: 'result' },
  },
  assessmentLineItems: {
    lineItem: { mapping: 'assessment-line-item', resource: 'assessmentLineItem' },
    result: { mapping: 'assessment-result', resource: 'assessmentResult' },
  },
} as const;

/** The compiled mappings of one context. */
export interface ContextLenses {
  readonly lineItem: Lens;
  readonly result: Lens;
}

/** That a context uses a mapping, and which resource it must be of. */
export interface MappingUse {
  readonly context: string;
  readonly kind: keyof ContextLenses;
  readonly name: string;
  readonly family: ContextConfig['family'];
  readonly resource: string;
}

/** Which mappings the contexts of a configuration use: two each. */
export function usesOf({ contexts }: Pick<Config, 'contexts'>): readonly MappingUse[] {
  return Object.entries(contexts).flatMap(([key, context]) => [
    useOf(key, context, 'lineItem'),
    useOf(key, context, 'result'),
  ]);
}

function useOf(key: string, { family, mappings }: ContextConfig, kind: keyof ContextLenses): MappingUse {
  const { mapping, resource } = FAMILY_MAPPINGS[family][kind];
  return { context: key, kind, name: mappings[kind] ?? mapping, family, resource };
}

export interface CrossChecked {
  readonly ownMappings: readonly LoadedMapping[];
  readonly findings: readonly Finding[];
  readonly lenses: ReadonlyMap<string, ContextLenses>;
}

/** Checks what a schema cannot say: that names in one part of the configuration mean something in another. */
export function crossCheck(config: Config, file: string, active: ActiveMapping): CrossChecked {
  const findings: Finding[] = [];
  const lenses = new Map<string, ContextLenses>();
  const own = new Map<string, LoadedMapping>();
  const known = new Map<string, ReturnType<typeof lensFor>>();
  // Contexts mostly share their mappings: each is read and compiled once.
  const lensOf = (use: MappingUse) => {
    const key = `${use.name} ${use.resource}`;
    const loaded = known.get(key) ?? lensFor(use, foldersOf(config), active);
    known.set(key, loaded);
    return loaded;
  };
  const add = (place: string, message: string, remedy: string): void => {
    findings.push({ file, place, message, remedy });
  };
  for (const part of ['contexts', 'tools'] as const) {
    // With a console, they may all be registered there.
    if (config.admin !== undefined || Object.keys(config[part]).length > 0) continue;
    add(`/${part}`, 'is empty', 'add one, or "admin" to register one at the console');
  }
  checkFormerNames(config, add);
  for (const [key, context] of Object.entries(config.contexts)) {
    checkContext(config, context, (place, message, remedy) =>
      add(`/contexts/${key}${place}`, message, remedy),
    );
    const [lineItem, result] = [
      lensOf(useOf(key, context, 'lineItem')),
      lensOf(useOf(key, context, 'result')),
    ];
    if ('lens' in lineItem && 'lens' in result)
      lenses.set(key, { lineItem: lineItem.lens, result: result.lens });
    for (const loaded of [lineItem, result]) {
      if ('lens' in loaded) {
        if (loaded.source !== 'shipped') own.set(loaded.file, loaded);
        continue;
      }
      findings.push(
        ...loaded.findings.map((found) => ({ ...found, message: `${found.message} (context ${key})` })),
      );
    }
  }
  for (const [key, tool] of Object.entries(config.tools)) {
    checkTool(config, [key, tool], (place, message, remedy) => add(`/tools/${key}${place}`, message, remedy));
  }
  for (const [key, issuer] of Object.entries(config.issuers)) {
    if (issuer.jwks !== undefined || issuer.jwksUrl !== undefined) continue;
    add(`/issuers/${key}`, 'has no keys', 'add "jwksUrl" or "jwks"');
  }
  if (config.admin !== undefined)
    checkAdmin(config.admin, (place, message, remedy) => add(`/admin${place}`, message, remedy));
  return { findings: once(findings), lenses, ownMappings: [...own.values()] };
}

type Add = (place: string, message: string, remedy: string) => void;

function checkContext(config: Config, context: ContextConfig, add: Add): void {
  if (!Object.hasOwn(config.upstreams, context.upstream)) {
    const known = Object.keys(config.upstreams).join(', ');
    add('/upstream', `there is no upstream "${context.upstream}"`, `use one of: ${known}`);
  }
  if (context.family === 'lineItems' && context.category === undefined) {
    const remedy = 'add the sourcedId of a category, or { "lookup": { "title": "…", "create": true } }';
    add('/category', 'is missing: a OneRoster line item has a category', remedy);
  }
}

function checkTool(config: Config, [key, tool]: readonly [string, ToolConfig], add: Add): void {
  for (const [index, context] of tool.contexts.entries()) {
    if (Object.hasOwn(config.contexts, context)) continue;
    const known = Object.keys(config.contexts).join(', ');
    const remedy = known === '' ? 'add the context first' : `use one of: ${known}`;
    add(`/contexts/${index}`, `there is no context "${context}"`, remedy);
  }
  const digests = new Set(digestsOf(tool).map(({ sha256 }) => sha256));
  if (digests.size === 0 && tool.jwks === undefined && tool.jwksUrl === undefined) {
    add('', 'has no means to sign in', 'add "apiKey" for the LTIAAS API, or "jwksUrl" or "jwks" for AGS');
  }
  const others = Object.entries(config.tools).filter(([other]) => other !== key);
  const twins = {
    clientId: others.find(([, { clientId }]) => clientId === tool.clientId),
    [tool.apiKey === undefined ? 'apiKeys' : 'apiKey']: others.find(([, other]) =>
      digestsOf(other).some(({ sha256 }) => digests.has(sha256)),
    ),
  };
  for (const [member, twin] of Object.entries(twins))
    if (twin) add(`/${member}`, `is the same as that of the tool "${twin[0]}"`, 'give each tool its own');
}

function checkAdmin({ tokens, oidc }: AdminConfig, add: Add): void {
  const entries = Object.entries(tokens);
  if (entries.length === 0 && oidc === undefined)
    add('', 'lets nobody in', 'add "tokens" or "oidc", or leave "admin" out');
  for (const [index, [name, { token }]] of entries.entries()) {
    const twin = entries.slice(0, index).find(([, other]) => other.token === token);
    if (twin)
      add(`/tokens/${name}/token`, `is the same as that of "${twin[0]}"`, 'give each person their own');
  }
  if (oidc !== undefined && oidc.operator.length + oidc.viewer.length === 0)
    add('/oidc', 'gives nobody a role', 'add values of the claim to "operator" or "viewer"');
}

function lensFor(
  { name, resource, family }: MappingUse,
  folders: readonly string[],
  active: ActiveMapping,
): ReturnType<typeof loadMapping> {
  const loaded = loadMapping(name, folders, active);
  if (!('lens' in loaded) || loaded.lens.plan.mapping.resource === resource) return loaded;
  const message = `maps ${loaded.lens.plan.mapping.resource}, but the family is ${family}`;
  return {
    findings: [{ file: loaded.file, place: '/resource', message, remedy: `use a mapping of ${resource}` }],
  };
}

/** Several contexts may use one broken mapping. */
function once(findings: readonly Finding[]): readonly Finding[] {
  const keys = new Set<string>();
  return findings.filter(({ file, place, message }) => {
    const key = `${file} ${place} ${message.replace(/ \(context [^)]*\)$/, '')}`;
    return !keys.has(key) && keys.add(key);
  });
}
