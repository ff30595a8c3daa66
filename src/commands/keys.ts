import { randomUUID } from 'node:crypto';
import { keyIds, newKeySet, retiredKeySet, rotatedKeySet } from '../auth/keyring.ts';
import type { Config } from '../config/config.ts';
import { digestsOf } from '../core/api-key.ts';
import { openKeys } from '../keep.ts';
import { issuing } from '../registering.ts';
import { issuedAt } from '../registry/keys.ts';
import { KEYS } from '../store/store.ts';
import {
  type Arguments,
  type Command,
  EXIT,
  type Io,
  printFindings,
  textOption,
  UsageError,
} from './command.ts';
import { loadWithStore } from './configured.ts';
import { withStore } from './with-store.ts';

/** `gradebridge keys`: keys for tools, and the gateway's own. */
export const keysCommand: Command = {
  summary:
    'Issues a service key or an ltik for a tool in a context, as the last line of stdout; or rotates our own keys.',
  usage:
    'issue --tool TOOL --context CONTEXT [--ltik] [--resource-link ID] [--config FILE]  |  rotate | list | retire --key KID [--config FILE]',
  options: {
    tool: { value: 'TOOL', text: 'the name of a tool in the configuration' },
    context: { value: 'CONTEXT', text: 'the name of a context that the tool may use' },
    ltik: { text: 'an ltik, which ends after 24 hours, in place of a service key, which does not end' },
    'resource-link': { value: 'ID', text: 'the resource link that the key stands for' },
    key: { value: 'KID', text: 'the id of one of our own keys, as "list" shows it' },
    config: {
      value: 'FILE',
      text: 'the configuration; default: GRADEBRIDGE_CONFIG, then ./gradebridge.config.json',
    },
  },
  example: 'gradebridge keys issue --tool quizzer --context math-101',
  run: async (args, io) => {
    const [verb = '', ...others] = args.positionals;
    const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
    if (run === undefined || others.length > 0)
      throw new UsageError('keys can "issue", "rotate", "list" and "retire"');
    const { loaded } = await loadWithStore(args, io);
    if ('config' in loaded) return run(loaded.config, args, io);
    printFindings(loaded.findings, io);
    return EXIT.findings;
  },
};

const VERBS: Readonly<Record<string, (config: Config, args: Arguments, io: Io) => Promise<number>>> = {
  issue,
  rotate,
  list,
  retire,
};

async function issue(config: Config, args: Arguments, io: Io): Promise<number> {
  const [tool, context] = [textOption(args, 'tool'), textOption(args, 'context')];
  if (tool === undefined || context === undefined) throw new UsageError('--tool and --context are needed');
  const settings = Object.hasOwn(config.tools, tool) ? config.tools[tool] : undefined;
  if (settings === undefined) {
    throw new UsageError(`there is no tool "${tool}"; there are ${Object.keys(config.tools).join(', ')}`);
  }
  if (!settings.contexts.includes(context)) {
    throw new UsageError(
      `the tool ${tool} has no context "${context}"; it has ${settings.contexts.join(', ')}`,
    );
  }
  if (digestsOf(settings).length === 0)
    throw new UsageError(`the tool ${tool} has no API key, which such a key goes with`);
  const resourceLinkId = textOption(args, 'resource-link');
  const iat = issuedAt(settings, Date.now());
  const claims = { tool, context, iat, ...(resourceLinkId !== undefined && { resourceLinkId }) };
  const isLtik = args.values['ltik'] === true;
  const scheme = isLtik ? 'LTIK-AUTH-V2' : 'SERVICE-AUTH-V1';
  io.error(`For ${tool} in ${context}; send it as  Authorization: ${scheme} <apiKey>:<this key>`);
  io.out(
    await withStore(config, async (store) => {
      return issuing(await openKeys(store, Date.now))(claims, isLtik);
    }),
  );
  return EXIT.done;
}

async function rotate(config: Config, _args: Arguments, io: Io): Promise<number> {
  const kid = randomUUID();
  const fresh = await newKeySet(kid);
  await changeKeys(config, (text) => rotatedKeySet(text, fresh));
  io.error(`The new key ${kid} signs from now on; a running gateway takes it up within a minute.`);
  io.error('What the older keys have signed stays good: "keys retire" ends that.');
  return EXIT.done;
}

async function list(config: Config, _args: Arguments, io: Io): Promise<number> {
  const kids = await withStore(config, async (store) => {
    await openKeys(store, Date.now);
    return keyIds((await store.settings.read(KEYS)) ?? '');
  });
  io.error('The first key signs; all of them are good.');
  for (const kid of kids) io.out(kid);
  return EXIT.done;
}

async function retire(config: Config, args: Arguments, io: Io): Promise<number> {
  const kid = textOption(args, 'key');
  if (kid === undefined) throw new UsageError('--key is needed');
  const why = await changeKeys(config, (text) => retiredKeySet(text, kid));
  if (why !== undefined) throw new UsageError(why);
  io.error(`${kid} is gone: a running gateway refuses what it has signed within two minutes.`);
  return EXIT.done;
}

/** @returns why nothing was changed, when nothing was */
function changeKeys(
  config: Config,
  change: (text: string) => string | { readonly refused: string },
): Promise<string | undefined> {
  return withStore(config, async (store) => {
    await openKeys(store, Date.now);
    let refused: string | undefined;
    await store.settings.change(KEYS, (text) => {
      const changed = change(text);
      if (typeof changed === 'string') return changed;
      refused = changed.refused;
      return undefined;
    });
    return refused;
  });
}
