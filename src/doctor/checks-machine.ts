import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { openKeyring } from '../auth/keyring.ts';
import type { Config } from '../config/config.ts';
import { peekStore } from '../store/peek.ts';
import { type Check, type Diagnosis, ok, type Patient, warning, wrong } from './checks.ts';
import { plainHttp } from './plain-http.ts';

/** This machine: files, folders and the port. */
export const MACHINE_CHECKS: readonly Check[] = [
  { id: 'file.configuration', of: 'machine', run: async ({ loaded }) => configurationFile(loaded) },
  { id: 'addresses', of: 'machine', run: async ({ loaded }) => plainHttp(loaded.config) },
  { id: 'folder.data', of: 'machine', run: async ({ loaded }) => dataFolder(loaded.config) },
  {
    id: 'file.store',
    of: 'machine',
    after: 'folder.data',
    run: async ({ loaded }) => storeFile(loaded.config),
  },
  { id: 'store', of: 'machine', after: 'folder.data', run: store },
  { id: 'listen', of: 'machine', run: ({ loaded, clock }) => listen(loaded.config, clock) },
];

/** POSIX permissions of group and others; Windows has other ones, which are not looked at. */
function openTo(file: string): { readonly others: boolean; readonly mode: string } {
  const mode = process.platform === 'win32' ? 0o600 : statSync(file).mode & 0o777;
  return { others: (mode & 0o077) !== 0, mode: mode.toString(8).padStart(4, '0') };
}

function configurationFile({ file, inFile: { config } }: Patient['loaded']): Diagnosis {
  const text = readFileSync(file, 'utf8');
  const secrets = [
    ...Object.values(config.upstreams).map(({ auth }) => auth.clientSecret),
    ...Object.values(config.tools).flatMap(({ apiKey }) => apiKey ?? []),
    ...Object.values(config.admin?.tokens ?? {}).map(({ token }) => token),
    ...(config.admin?.oidc === undefined ? [] : [config.admin.oidc.clientSecret]),
    ...(config.metrics?.token === undefined ? [] : [config.metrics.token]),
    ...Object.values(config.traces?.headers ?? {}),
    // A connection URL that has a password.
    ...('postgres' in config.store && /:[^/@]+@/.test(config.store.postgres) ? [config.store.postgres] : []),
  ];
  const { others, mode } = openTo(file);
  // As JSON writes them: a quote in a secret is escaped in the file.
  const isWritten = secrets.some((secret) => text.includes(JSON.stringify(secret)));
  if (!others || !isWritten) return ok(`The configuration is ${file}.`);
  return warning(
    `${file} holds secrets, and others on this machine may read it (${mode}).`,
    `Take the secrets from the environment with \${NAME}, or run: chmod 600 ${file}`,
  );
}

function dataFolder({ store: place }: Config): Diagnosis | undefined {
  if (!('sqlite' in place)) return undefined;
  const folder = dirname(place.sqlite);
  let nearest = folder;
  while (!existsSync(nearest) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  try {
    if (!statSync(nearest).isDirectory()) return wrong(`${nearest} is no folder.`, 'Change "store".');
    accessSync(nearest, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return wrong(
      `${nearest} cannot be written by this user.`,
      `Give the user of the gateway the right to write ${folder}, or change "store".`,
    );
  }
  return ok(nearest === folder ? `${folder} can be written.` : `${folder} will be made at the first start.`);
}

function storeFile({ store: place }: Config): Diagnosis | undefined {
  if (!('sqlite' in place) || !existsSync(place.sqlite)) return undefined;
  const { others, mode } = openTo(place.sqlite);
  if (!others) return ok(`${place.sqlite} can be read by its owner alone.`);
  return wrong(
    `Others on this machine may read ${place.sqlite} (${mode}), which holds the secret keys of the gateway.`,
    `Run: chmod 600 ${place.sqlite}*. If somebody may have read it: gradebridge keys rotate.`,
  );
}

async function store({ loaded, clock }: Patient): Promise<Diagnosis> {
  const place = loaded.config.store;
  const name = 'sqlite' in place ? place.sqlite : 'The PostgreSQL database';
  const peeked = await peekStore(place).catch((error: NodeJS.ErrnoException) => error);
  if (peeked instanceof Error) {
    // Of a database, only the code: its words may hold the address with the password.
    const why = peeked.code ?? peeked.name;
    return wrong(
      `${name} cannot be opened (${why}).`,
      'Check "store", whether it is running, and its rights.',
    );
  }
  if (peeked.state === 'absent') return ok(`${name} will be made at the first start.`);
  if (peeked.state === 'foreign')
    return wrong(`${name} is no SQLite database.`, 'Change "store.sqlite", or move that file away.');
  if (peeked.keys === undefined) return ok(`${name} can be opened; the first start fills it.`);
  try {
    await openKeyring(async () => String(peeked.keys), clock);
    return ok(`${name} can be opened, and holds the keys of the gateway.`);
  } catch {
    return wrong(
      `The keys of the gateway in ${name} cannot be read.`,
      'Put back a copy of the store: without these keys, every service key that was issued is void.',
    );
  }
}

async function listen(config: Config, clock: () => number): Promise<Diagnosis> {
  const { host, port } = config.listen;
  const code = await tryPort(host, port);
  if (code === undefined) return ok(port === 0 ? 'Any free port will be taken.' : `Port ${port} is free.`);
  if (code === 'EADDRINUSE') {
    if (await isOurs(config, clock)) return ok(`This gateway is running on port ${port}.`);
    return wrong(
      `Port ${port} of ${host} is in use by something else.`,
      'Stop that, or change "listen.port".',
    );
  }
  const reasons: Readonly<Record<string, string>> = {
    EACCES: `Port ${port} may not be used by this user.`,
    EADDRNOTAVAIL: `${host} is no address of this machine.`,
    ENOTFOUND: `There is no address for ${host}.`,
  };
  return wrong(reasons[code] ?? `Port ${port} of ${host} cannot be had (${code}).`, 'Change "listen".');
}

/** @returns the code of the error; undefined when the port can be had */
function tryPort(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code ?? 'UNKNOWN'));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

/** Milliseconds. */
const PATIENCE = 2_000;

/** A gateway shows its public keys; those of this configuration's gateway are in its store. */
async function isOurs(config: Config, clock: () => number): Promise<boolean> {
  const { host, port } = config.listen;
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  const authority = reachable.includes(':') ? `[${reachable}]` : reachable;
  try {
    const peeked = await peekStore(config.store);
    const text = peeked.state === 'there' ? (peeked.keys ?? '') : '';
    const keyring = await openKeyring(async () => text, clock);
    const answer = await fetch(`http://${authority}:${port}/.well-known/jwks.json`, {
      signal: AbortSignal.timeout(PATIENCE),
      redirect: 'error',
    });
    const { keys } = (await answer.json()) as { readonly keys: readonly { readonly kid?: unknown }[] };
    const ours = (await keyring.publicKeys()).keys.map(({ kid }) => kid);
    return keys.some(({ kid }) => typeof kid === 'string' && ours.includes(kid));
  } catch {
    return false;
  }
}
