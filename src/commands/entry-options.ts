import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readJsonText } from '../config/files.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import type { KeysWanted } from '../registry/drafts.ts';
import { GRACE, newApiKey } from '../registry/keys.ts';
import { type Arguments, type Io, textOption, UsageError } from './command.ts';

/** The tool or context in the file that `--file` names. @throws UsageError */
export function fileEntry(args: Arguments, io: Io): JsonObject {
  const file = textOption(args, 'file');
  if (file === undefined) throw new UsageError('--file is needed: the entry as JSON');
  let text: string;
  try {
    text = readFileSync(resolve(io.folder, file), 'utf8');
  } catch {
    throw new UsageError(`--file: ${file} cannot be read`);
  }
  const read = readJsonText(text);
  if ('fault' in read) throw new UsageError(`--file: ${file}, ${read.fault.place}: ${read.fault.message}`);
  const { document }: { readonly document: Json } = read;
  if (isObject(document)) return document;
  throw new UsageError(`--file: ${file} must hold one JSON object`);
}

/** What `--api-key` says is to become of the API keys, and the new one when it is to be printed. @throws UsageError */
export function keysOption(args: Arguments): readonly [wanted: KeysWanted, apiKey: string | undefined] {
  const what = textOption(args, 'api-key') ?? 'keep';
  if (what === 'keep' || what === 'none') return [what, undefined];
  if (what !== 'new') throw new UsageError(`--api-key takes new or none, not "${what}"`);
  const apiKey = newApiKey();
  return [{ apiKey, grace: graceOption(args) }, apiKey];
}

/** Hours for which older API keys stay good. @throws UsageError */
export function graceOption(args: Arguments): number {
  const text = textOption(args, 'grace') ?? String(GRACE.usual);
  if (/^\d{1,4}$/.test(text) && Number(text) <= GRACE.most) return Number(text);
  throw new UsageError(`--grace takes hours from 0 to ${GRACE.most}, not "${text}"`);
}
