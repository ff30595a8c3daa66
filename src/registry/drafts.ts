import type { Finding } from '../config/config.ts';
import { checkEntry, type EntryName, entryFile } from '../config/registered.ts';
import type { ApiKeyDigest, ApiKeys } from '../core/api-key.ts';
import { digestsOf, isGoodAt, keyDigest } from '../core/api-key.ts';
import { GradebridgeError } from '../core/errors.ts';
import { isObject, type Json, type JsonObject, own } from '../core/json.ts';
import { endOfKeys, rotated } from './keys.ts';
import type { EntryVerb } from './ports.ts';

/** A tool or a context may not become what somebody wants: with all that is wrong. */
export class EntryRefused extends GradebridgeError {
  readonly findings: readonly Finding[];

  constructor(
    findings: readonly Finding[],
    code: 'ENTRY_INVALID' | 'CONFIGURATION_INVALID' = 'ENTRY_INVALID',
  ) {
    super(code, { members: { findings: findings.map((row) => ({ ...row })) } });
    this.findings = findings;
  }
}

/** An entry as it stands: what the file says of it, what the store does, and which of them counts. */
export interface Found extends EntryName {
  readonly file: JsonObject | undefined;
  readonly stored: JsonObject | undefined;
  readonly current: JsonObject | undefined;
  /** Of its last change, 0 when there was none. */
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** What is to be made of an entry; a document of null takes it out of the store. */
export interface Draft {
  readonly verb: EntryVerb;
  readonly document: JsonObject | null;
}

/** What somebody wants of an entry as it stands, undefined when it is like that already. It may be asked several times. */
export type Drafting = (found: Found) => Draft | undefined;

/** What becomes of the API keys of a tool that is registered or edited. */
export type KeysWanted = 'keep' | 'none' | { readonly apiKey: string; readonly grace: number };

/** A tool of the file as the store would hold it: without the key itself. */
export function withDigests(document: JsonObject): JsonObject {
  const { apiKey, ...rest } = document;
  if (typeof apiKey !== 'string') return document;
  return { ...rest, apiKeys: digestsOf(document as ApiKeys) as unknown as Json };
}

/**
 * The whole entry becomes another one. Its keys are not in it: they stay, or become what is said; so do `disabled` and the end
 * of service keys, which have verbs of their own.
 *
 * @throws EntryRefused for members that are not for an author to write
 */
export function putting(document: JsonObject, keys: KeysWanted): Drafting {
  return (found) => {
    const { current = {}, stored, file } = found;
    // As it was written: an API key is not seen any more once there is its digest alone.
    const asWritten = checkEntry({ kind: found.kind, name: found.name, document });
    const unfit = 'findings' in asWritten ? asWritten.findings : [];
    const findings = [...unfit, ...foreignMembers(found, document)];
    if (findings.length > 0) throw new EntryRefused(findings);
    const verb = stored === undefined && file === undefined ? 'registered' : 'edited';
    const kept = {
      ...(current['disabled'] === true && { disabled: true }),
      ...(current['keysSince'] !== undefined && { keysSince: current['keysSince'] }),
      // Whoever does not know of them must not cut line items off.
      ...(current['formerNames'] !== undefined && { formerNames: current['formerNames'] }),
    };
    const { apiKey, ...rest } = document;
    const good = typeof apiKey === 'string' ? [{ sha256: keyDigest(apiKey) }] : keysOf(current, found.now);
    const apiKeys = keysBy(keys, good, found.now);
    const isTool = found.kind === 'tool' && apiKeys.length > 0;
    return { verb, document: { ...kept, ...rest, ...(isTool && { apiKeys: apiKeys as unknown as Json }) } };
  };
}

function keysBy(keys: KeysWanted, before: readonly ApiKeyDigest[], now: number): readonly ApiKeyDigest[] {
  if (keys === 'keep') return before;
  return keys === 'none' ? [] : rotated(before, { ...keys, now });
}

/** Those that are good. */
function keysOf(document: JsonObject, now: number): readonly ApiKeyDigest[] {
  return digestsOf(document as ApiKeys).filter((key) => isGoodAt(key, now));
}

/** @throws GradebridgeError NOT_FOUND */
export function switching(disabled: boolean): Drafting {
  return ({ current }) => {
    if (current === undefined) throw new GradebridgeError('NOT_FOUND');
    if ((current['disabled'] === true) === disabled) return undefined;
    return { verb: disabled ? 'disabled' : 'enabled', document: { ...current, disabled } };
  };
}

/** The tool gets another API key; the older ones end after the grace, in hours. @throws GradebridgeError NOT_FOUND */
export function rotating(apiKey: string, grace: number): Drafting {
  return ({ current, now }) => {
    if (current === undefined) throw new GradebridgeError('NOT_FOUND');
    const apiKeys = rotated(keysOf(current, now), { apiKey, grace, now });
    return { verb: 'keyRotated', document: { ...current, apiKeys: apiKeys as unknown as Json } };
  };
}

/** All service keys and ltiks that were issued until now end. @throws GradebridgeError NOT_FOUND */
export function endingKeys(): Drafting {
  return ({ current, now }) => {
    if (current === undefined) throw new GradebridgeError('NOT_FOUND');
    return { verb: 'keysEnded', document: { ...current, keysSince: endOfKeys(now) } };
  };
}

/** The store has nothing of it any more. @throws GradebridgeError NOT_FOUND, NOTHING_TO_FORGET */
export function forgetting(): Drafting {
  return ({ current, stored }) => {
    if (current === undefined) throw new GradebridgeError('NOT_FOUND');
    if (stored === undefined) throw new GradebridgeError('NOTHING_TO_FORGET');
    return { verb: 'forgotten', document: null };
  };
}

/** RFC 7518 §6: what only the private half of a key has, and the whole of a symmetric one. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

function foreignMembers(entry: EntryName, document: JsonObject): readonly Finding[] {
  const file = entryFile(entry);
  const kept = entry.kind === 'tool' ? ['apiKeys', 'keysSince'] : [];
  const jwks = own(document, 'jwks');
  const keys = isObject(jwks) ? own(jwks, 'keys') : undefined;
  return [
    ...kept
      .filter((member) => Object.hasOwn(document, member))
      .map((member) => ({
        ...{ file, place: `/${member}`, message: 'is kept by the gateway' },
        remedy: 'leave it out; rotate the API key, or end the service keys',
      })),
    ...(Array.isArray(keys) ? keys : []).flatMap((key: Json, index) =>
      PRIVATE_MEMBERS.filter((member) => isObject(key) && Object.hasOwn(key, member)).map((member) => ({
        ...{ file, place: `/jwks/keys/${index}/${member}`, message: 'is the private half of a key' },
        remedy: 'paste the public key set; whoever has seen this key can speak for the tool, so make another',
      })),
    ),
  ];
}

/** An entry as its author may see and edit it: without keys and their digests, and with the public halves of a key set alone. */
export function editable(document: JsonObject): JsonObject {
  const { apiKey: _key, apiKeys: _keys, keysSince: _since, ...rest } = document;
  const jwks = own(rest, 'jwks');
  const keys = isObject(jwks) ? own(jwks, 'keys') : undefined;
  if (!isObject(jwks) || !Array.isArray(keys)) return rest;
  const isOpen = ([member]: readonly [string, Json]): boolean => !PRIVATE_MEMBERS.includes(member);
  const open = keys.map((key: Json) =>
    isObject(key) ? Object.fromEntries(Object.entries(key).filter(isOpen)) : key,
  );
  return { ...rest, jwks: { ...jwks, keys: open } };
}
