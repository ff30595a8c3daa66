import { randomUUID } from 'node:crypto';
import { lineItemsUrl } from '../admin/entries.ts';
import { grantedScopes } from '../auth/scopes.ts';
import { signAccessToken } from '../auth/token-endpoint.ts';
import type { Config, ToolConfig } from '../config/config.ts';
import { SCOPES, type Scope } from '../core/operation.ts';
import { openKeys } from '../keep.ts';
import { usable } from './answer.ts';
import {
  type Arguments,
  CONFIG_OPTION,
  type Command,
  JSON_OPTION,
  textOption,
  UsageError,
} from './command.ts';
import { loadWithStore } from './configured.ts';
import { withStore } from './with-store.ts';

/** `gradebridge token`: what /lti/token would give a tool, for somebody who tries things. */
export const tokenCommand: Command = {
  summary: 'Makes a test access token of a tool, as the token endpoint would, as the last line of stdout.',
  usage: '--tool TOOL [--context CONTEXT] [--scope SCOPE …] [--lifetime SECONDS] [--json] [--config FILE]',
  options: {
    tool: { value: 'TOOL', text: 'the name of a tool' },
    context: {
      value: 'CONTEXT',
      text: 'a context of the tool, for the request that is shown; default: its first',
    },
    scope: { value: 'SCOPE', text: `of ${SCOPES.join(', ')}; default: all that the tool may have` },
    lifetime: { value: 'SECONDS', text: 'for how long it is good, 86400 at most; default: tokens.lifetime' },
    json: JSON_OPTION,
    config: CONFIG_OPTION,
  },
  example: 'gradebridge token --tool quizzer --scope lineitem score',
  exits: ['done', 'the configuration is wrong', 'there is no such tool, context or scope'],
  run: async (args, io) => {
    const { config } = usable((await loadWithStore(args, io)).loaded);
    const [tool, settings] = toolIn(args, config);
    const [context, scopes] = [contextIn(args, settings), scopesIn(args, settings)];
    const [issuer, lifetime] = [config.publicUrl, lifetimeIn(args, config)];
    const { token } = await withStore(config, async (store) => {
      const keyring = await openKeys(store, Date.now);
      return signAccessToken(settings.clientId, scopes, { issuer, lifetime, keyring, newId: randomUUID });
    });
    // Before the token, so that the token is the last that stands on a terminal.
    for (const line of [
      `An access token of ${tool} for ${scopes.join(', ')}; it is good for ${lifetime} seconds.`,
      ...refusedFor({ tool, context }, config),
      `Try it: ${requestWith(token, scopes, lineItemsUrl(config.publicUrl, context))}`,
    ])
      io.error(line);
    return { members: { tool, context, scopes, lifetime, token }, lines: [token] };
  },
};

/** Why a token will not do, good as it is. */
function refusedFor(
  { tool, context }: { readonly tool: string; readonly context: string },
  { tools, contexts }: Config,
): readonly string[] {
  return [
    ...(tools[tool]?.disabled ? [`the tool ${tool}`] : []),
    ...(contexts[context]?.disabled ? [`the context ${context}`] : []),
  ].map((what) => `It will be refused: ${what} is disabled.`);
}

function toolIn(args: Arguments, { tools }: Config): readonly [string, ToolConfig] {
  const tool = textOption(args, 'tool');
  if (tool === undefined) throw new UsageError('--tool is needed');
  const settings = Object.hasOwn(tools, tool) ? tools[tool] : undefined;
  if (settings !== undefined) return [tool, settings];
  throw new UsageError(`there is no tool "${tool}"; there are ${Object.keys(tools).join(', ')}`);
}

function contextIn(args: Arguments, { contexts }: ToolConfig): string {
  const context = textOption(args, 'context') ?? contexts[0] ?? '';
  if (contexts.includes(context)) return context;
  throw new UsageError(`the tool has no context "${context}"; it has ${contexts.join(', ')}`);
}

/** What follows `--scope` without an option before it is more of the same. */
function scopesIn(args: Arguments, settings: ToolConfig): readonly Scope[] {
  const named = textOption(args, 'scope');
  if (named === undefined && args.positionals.length > 0)
    throw new UsageError(`there is no use for "${args.positionals[0]}"`);
  const words = named === undefined ? settings.scopes : [...named.split(/[ ,]+/), ...args.positionals];
  for (const word of words) {
    if (grantedScopes(word, settings.scopes).length > 0) continue;
    throw new UsageError(
      `the tool may not have the scope "${word}"; it may have ${settings.scopes.join(', ')}`,
    );
  }
  return grantedScopes(words.join(' '), settings.scopes);
}

const LONGEST_LIFE = 86_400;

function lifetimeIn(args: Arguments, { tokens }: Config): number {
  const text = textOption(args, 'lifetime');
  if (text === undefined) return tokens.lifetime;
  if (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= LONGEST_LIFE) return Number(text);
  throw new UsageError(`--lifetime takes seconds from 1 to ${LONGEST_LIFE}, not "${text}"`);
}

/** A request that one of the scopes allows. */
function requestWith(token: string, scopes: readonly Scope[], lineItems: string): string {
  const bearer = `-H 'Authorization: Bearer ${token}'`;
  if (scopes.some((scope) => scope.startsWith('lineitem'))) return `curl -s '${lineItems}' ${bearer}`;
  const place = `${lineItems}/LINE_ITEM`;
  if (scopes.includes('result.readonly')) return `curl -s '${place}/results' ${bearer}`;
  const type = `-H 'Content-Type: application/vnd.ims.lis.v1.score+json'`;
  return `curl -s -X POST '${place}/scores' ${bearer} ${type} -d @score.json`;
}
