import type { Finding } from '../config/config.ts';
import { isObject } from '../core/json.ts';
import { refusedFor } from './answer.ts';
import { type Command, noPositionals } from './command.ts';
import { REMOTE_OPTIONS, withRemote } from './remote.ts';

const OK = 200;
/** What the gateway says when it cannot use its file. */
const UNUSABLE = 422;

/** `gradebridge reload`: has a running gateway take up its configuration and mappings. */
export const reloadCommand: Command = {
  summary: 'Has a running gateway take up its configuration and mappings, or says why it does not.',
  usage: '[--url URL] [--token-env NAME] [--json] [--config FILE]',
  options: REMOTE_OPTIONS,
  example: 'gradebridge reload --config gradebridge.config.json',
  exits: ['it is in force', 'it is not, and what ran before runs on; or the gateway cannot be asked'],
  run: async (args, io) => {
    noPositionals(args);
    return withRemote({ args, io, role: 'operator' }, async ({ url, ask }) => {
      const { revision, findings } = await ask('POST', '/reload', { expected: [OK, UNUSABLE] });
      if (Array.isArray(findings)) throw refusedFor(findings as unknown as readonly Finding[]);
      const { id = '', file = '' } = isObject(revision) ? revision : {};
      return {
        members: { url, revision: revision ?? null },
        lines: [String(id)],
        remarks: [`Revision ${String(id)} of ${String(file)} is in force.`],
      };
    });
  },
};
