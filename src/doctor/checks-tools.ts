import { createGuardedFetch } from '../auth/guarded-fetch.ts';
import type { Jwks } from '../config/config.ts';
import { isObject } from '../core/json.ts';
import { type Check, type Diagnosis, ok, type Patient, wrong } from './checks.ts';

/** The public keys of those who call. */
export const TOOL_CHECKS: readonly Check[] = [
  {
    id: 'tool.keys',
    of: 'tools',
    run: (patient, name) => keysOf(patient, patient.loaded.config.tools[name]),
  },
  {
    id: 'issuer.keys',
    of: 'issuers',
    run: (patient, name) => keysOf(patient, patient.loaded.config.issuers[name]),
  },
];

interface KeyHolder {
  readonly jwks?: Jwks;
  readonly jwksUrl?: string;
}

async function keysOf(patient: Patient, holder: KeyHolder = {}): Promise<Diagnosis | undefined> {
  const { jwks, jwksUrl } = holder;
  const inline = jwks?.keys.length ?? 0;
  if (jwksUrl === undefined) {
    if (jwks === undefined) return undefined;
    return inline > 0
      ? ok(`${inline} keys stand in the configuration.`)
      : wrong('"jwks" holds no key.', 'Add the public keys, or "jwksUrl".');
  }
  const { host } = new URL(jwksUrl);
  let document: unknown;
  try {
    document = await (await createGuardedFetch(patient.loaded.config.keySets)(jwksUrl)).json();
  } catch (error) {
    return wrong(`The key set at ${host} cannot be had: ${reasonOf(error)}.`, remedyFor(error));
  }
  const keys = isObject(document) ? document['keys'] : undefined;
  if (!Array.isArray(keys))
    return wrong(
      `What is at ${host} is no key set (RFC 7517 §5).`,
      'Correct "jwksUrl"; ask the maker of the tool.',
    );
  if (keys.length === 0)
    return wrong(`The key set at ${host} is empty.`, 'Ask the maker of the tool to publish a key.');
  return ok(`The key set at ${host} has ${keys.length} keys.`);
}

function reasonOf(error: unknown): string {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'SyntaxError') return 'it is not JSON';
  if (name === 'TimeoutError' || name === 'AbortError') return 'there was no answer in time';
  return code !== undefined && message === '' ? code : message;
}

function remedyFor(error: unknown): string {
  return /private address/.test((error as Error).message)
    ? 'Allow it with "keySets": { "privateAddresses": true }, if the tool is in your own network.'
    : 'Correct "jwksUrl"; see whether this machine may reach that host; ask the maker of the tool.';
}
