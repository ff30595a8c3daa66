import { randomUUID } from 'node:crypto';
import { keyIds, newKeySet, retiredKeySet, rotatedKeySet } from '../auth/keyring.ts';
import type { Config } from '../config/config.ts';
import { digestsOf } from '../core/api-key.ts';
import { openKeys } from '../keep.ts';
import { issuing } from '../registering.ts';
import { issuedAt } from '../registry/keys.ts';
import { KEYS } from '../store/store.ts';
import { takes, usable, type Verbs, verbOf } from './answer.ts';
import { personOf, witnessOn } from './author.ts';
import {
  type Answer,
  type Arguments,
  CONFIG_OPTION,
  type Command,
  type Io,
  JSON_OPTION,
  textOption,
  UsageError,
  WHO_OPTION,
} from './command.ts';
import { loadWithStore } from './configured.ts';
import { withStore } from './with-store.ts';

/** `gradebridge keys`: keys for tools, and the gateway's own. */
export const keysCommand: Command = {
  summary:
    'Issues a service key or an ltik for a tool in a context, as the last line of stdout; or rotates our own keys.',
  usage:
    'issue --tool TOOL --context CONTEXT [--ltik] [--resource-link ID]  |  rotate | list | retire --key KID   [--who NAME] [--json] [--config FILE]',
  verbs: ['issue', 'rotate', 'list', 'retire'],
  options: {
    tool: { value: 'TOOL', text: 'the name of a tool in the configuration' },
    context: { value: 'CONTEXT', text: 'the name of a context that the tool may use' },
    ltik: { text: 'an ltik, which ends after 24 hours, in place of a service key, which does not end' },
    'resource-link': { value: 'ID', text: 'the resource link that the key stands for' },
    key: { value: 'KID', text: 'the id of one of our own keys, as "list" shows it' },
    who: WHO_OPTION,
    json: JSON_OPTION,
    config: CONFIG_OPTION,
  },
  example: 'gradebridge keys issue --tool quizzer --context math-101',
  exits: ['done', 'the configuration is wrong', 'there is no such tool, context or key'],
  run: async (args, io) => {
    const { verb, run, rest } = verbOf('keys', VERBS, args);
    takes(rest, 0, `keys ${verb}`);
    const { config } = usable((await loadWithStore(args, io)).loaded);
    return run({ config, args, io });
  },
};

interface Task {
  readonly config: Config;
  readonly args: Arguments;
  readonly io: Io;
}

const VERBS: Verbs<Task> = { issue, rotate, list, retire };

async function issue({ config, args, io }: Task): Promise<Answer> {
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
  // Before the key, so that the key is the last that stands on a terminal.
  io.error(`For ${tool} in ${context}; send it as  Authorization: ${scheme} <apiKey>:<this key>`);
  const key = await withStore(config, async (store) => {
    const issueIt = issuing(await openKeys(store, Date.now));
    const after = { context, ...(resourceLinkId !== undefined && { resourceLinkId }) };
    const change = { what: isLtik ? 'tool.ltik' : 'tool.service-key', subject: tool, after };
    return witnessOn(store)(personOf(args), change, () => issueIt(claims, isLtik));
  });
  return { members: { ...claims, scheme, key }, lines: [key] };
}

async function rotate(task: Task): Promise<Answer> {
  const kid = randomUUID();
  const fresh = await newKeySet(kid);
  await changeKeys(task, { what: 'keys.rotate', subject: kid }, (text) => rotatedKeySet(text, fresh));
  return {
    members: { key: kid },
    remarks: [
      `The new key ${kid} signs from now on; a running gateway takes it up within a minute.`,
      'What the older keys have signed stays good: "keys retire" ends that.',
    ],
  };
}

async function list({ config }: Task): Promise<Answer> {
  const kids = await withStore(config, async (store) => {
    await openKeys(store, Date.now);
    return keyIds((await store.settings.read(KEYS)) ?? '');
  });
  return { members: { keys: kids }, lines: kids, remarks: ['The first key signs; all of them are good.'] };
}

async function retire(task: Task): Promise<Answer> {
  const kid = textOption(task.args, 'key');
  if (kid === undefined) throw new UsageError('--key is needed');
  await changeKeys(task, { what: 'keys.retire', subject: kid }, (text) => retiredKeySet(text, kid));
  const remark = `${kid} is gone: a running gateway refuses what it has signed within two minutes.`;
  return { members: { key: kid }, remarks: [remark] };
}

/** Changes the gateway's own keys, and writes that down. @throws UsageError when the change is refused */
async function changeKeys(
  { config, args }: Task,
  { what, subject }: { readonly what: string; readonly subject: string },
  change: (text: string) => string | { readonly refused: string },
): Promise<void> {
  await withStore(config, async (store) => {
    await openKeys(store, Date.now);
    const standing = (await store.settings.read(KEYS)) ?? '';
    const planned = change(standing);
    if (typeof planned !== 'string') throw new UsageError(planned.refused);
    const sides = { before: [...keyIds(standing)], after: [...keyIds(planned)] };
    await witnessOn(store)(personOf(args), { what, subject, ...sides }, async () => {
      // Somebody else may have changed them since.
      let refused: string | undefined;
      await store.settings.change(KEYS, (text) => {
        const changed = change(text);
        if (typeof changed === 'string') return changed;
        refused = changed.refused;
        return undefined;
      });
      if (refused !== undefined) throw new UsageError(refused);
    });
  });
}
