import type { Config } from '../config/config.ts';
import type { ReadConfig } from '../config/load.ts';
import type { AdminRole } from '../core/admin.ts';
import { isObject, type Json, type JsonObject, own } from '../core/json.ts';
import { createTransport, type HttpAnswer, TransportError } from '../upstream/transport.ts';
import { Refused, refusedFor } from './answer.ts';
import { type Arguments, CONFIG_OPTION, type Io, JSON_OPTION, textOption, UsageError } from './command.ts';
import { readConfigured } from './configured.ts';
import { servingPid } from './serving-pid.ts';

/** The options of every command that asks a running gateway. */
export const REMOTE_OPTIONS = {
  url: { value: 'URL', text: 'where the gateway is; default: "listen" of the configuration' },
  'token-env': {
    value: 'NAME',
    text: 'the variable that holds a token of "admin.tokens"; default: GRADEBRIDGE_ADMIN_TOKEN, then one of the configuration',
  },
  json: JSON_OPTION,
  config: CONFIG_OPTION,
} as const;

const TOKEN_VARIABLE = 'GRADEBRIDGE_ADMIN_TOKEN';
/** Milliseconds: a reload proves the mappings first, and line items that are compared are several calls each. */
const PATIENCE = 120_000;
/** Bytes of an answer. */
const LARGEST = 16 * 1024 * 1024;

type Method = 'GET' | 'POST';

export interface Asked {
  readonly body?: JsonObject;
  /** Statuses that are an answer; 200 alone when they are not named. */
  readonly expected?: readonly number[];
}

/** A gateway that is running, and has let us in. */
export interface Remote {
  readonly url: string;
  /** Where the token comes from. */
  readonly from: string;
  /** @throws Refused with the code of the gateway, when it has one */
  ask(method: Method, path: string, asked?: Asked): Promise<JsonObject>;
}

/**
 * Asks the admin API of a running gateway. It goes to that address alone: past every proxy of the environment, and no redirect
 * is followed, because it carries a token.
 *
 * @throws UsageError; Refused when there is no gateway, no console, no token, or it refuses
 * @example await withRemote({ args, io, role: 'viewer' }, ({ ask }) => ask('GET', '/configuration/diff'))
 */
export async function withRemote<Result>(
  { args, io, role }: { readonly args: Arguments; readonly io: Io; readonly role: AdminRole },
  work: (remote: Remote) => Promise<Result>,
): Promise<Result> {
  const settings = createSettings(args, io);
  const url = urlOf(args) ?? localUrl(settings());
  const transport = createTransport({ connections: 1, maxBytes: LARGEST });
  const exchange = async (method: Method, path: string, { token, body }: Sent = {}): Promise<HttpAnswer> => {
    const headers = {
      accept: 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    };
    const sent = body && { body: JSON.stringify(body) };
    try {
      return await transport.exchange({
        ...{ method, url: `${url}/admin/v1${path}`, headers, timeout: PATIENCE, ...sent },
      });
    } catch (error) {
      if (error instanceof TransportError) throw notRunning(url, error);
      throw error;
    }
  };
  try {
    // Asked without a token, so that none is told to something that is no gateway.
    const door = await exchange('GET', '/sign-in');
    if (door.status !== 200 || own(bodyOf(door), 'token') === undefined)
      throw noConsole(url, door, urlOf(args) === undefined ? settings() : undefined);
    const token = tokenOf(args, io) ?? configuredToken(settings(), role);
    warnOfPlainHttp(url, io);
    return await work({
      url,
      from: token.from,
      ask: async (method, path, { body, expected = [200] } = {}) => {
        const answer = await exchange(method, path, { token: token.text, body });
        if (expected.includes(answer.status)) return bodyOf(answer);
        throw refusedBy(url, answer, token);
      },
    });
  } finally {
    await transport.close();
  }
}

interface Sent {
  readonly token?: string;
  readonly body?: JsonObject | undefined;
}

const WITHOUT_CONFIGURATION = `→ With --url and a token in ${TOKEN_VARIABLE}, the configuration is not read here.`;

/** The configuration, read when it is needed and not before: with --url and a token from the environment, it is not. */
function createSettings(args: Arguments, io: Io): () => Config {
  let read: ReadConfig | undefined;
  return () => {
    const found = read ?? readConfigured(args, io).read;
    if ('findings' in found) {
      const { members, remarks = [] } = refusedFor(found.findings).answer;
      throw new Refused({ members, remarks: [...remarks, WITHOUT_CONFIGURATION] });
    }
    read = found;
    return read.config;
  };
}

/** @throws UsageError */
function urlOf(args: Arguments): string | undefined {
  const text = textOption(args, 'url');
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url !== undefined && /^https?:$/.test(url.protocol) && `${url.username}${url.search}${url.hash}` === '';
  if (!isPlain)
    throw new UsageError(
      `--url takes the address of a gateway, such as http://127.0.0.1:8080, not "${text}"`,
    );
  return text.replace(/\/+$/, '');
}

/** Where a gateway of this configuration is for those on the same machine; a port that is not known is asked for. */
function localUrl({ listen: { host, port }, publicUrl }: Config): string {
  if (port === 0) return publicUrl;
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

interface Token {
  readonly text: string;
  /** Where it was found, for whoever is refused with it. */
  readonly from: string;
}

/** @throws UsageError */
function tokenOf(args: Arguments, { environment }: Io): Token | undefined {
  const name = textOption(args, 'token-env');
  const text = environment[name ?? TOKEN_VARIABLE];
  if (text !== undefined && text !== '') {
    // What an HTTP header can hold (RFC 9110 §5.5); it is not shown.
    if (/^[!-~]+$/.test(text)) return { text, from: `the variable ${name ?? TOKEN_VARIABLE}` };
    throw new UsageError(`the token in ${name ?? TOKEN_VARIABLE} has characters that no token has`);
  }
  if (name === undefined) return undefined;
  throw new UsageError(`--token-env: the environment variable ${name} is not set`);
}

/** The first token of the configuration that may do it. @throws Refused when there is none */
function configuredToken({ admin }: Config, role: AdminRole): Token {
  const rows = Object.entries(admin?.tokens ?? {});
  const found = rows.find(([, row]) => role === 'viewer' || row.role === role);
  if (found !== undefined) return { text: found[1].token, from: `"admin.tokens.${found[0]}" here` };
  throw new Refused({
    members: { outcome: 'noToken' },
    remarks: [
      `There is no token ${role === 'operator' ? 'of an operator ' : ''}in "admin.tokens" of the configuration.`,
      `→ Set ${TOKEN_VARIABLE}, or name another variable with --token-env.`,
    ],
  });
}

function warnOfPlainHttp(url: string, io: Io): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'http:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname))
    io.error(`The token goes to ${url} unencrypted: use https, or a network that nobody else is on.`);
}

function bodyOf({ text }: HttpAnswer): JsonObject {
  try {
    const body = JSON.parse(text) as Json;
    return isObject(body) ? body : {};
  } catch {
    return {};
  }
}

function notRunning(url: string, { fault, cause }: TransportError): Refused {
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  const isSilent = fault === 'timeout';
  return new Refused({
    members: { url, outcome: isSilent ? 'silent' : 'notRunning' },
    remarks: [
      isSilent
        ? `The gateway at ${url} does not answer.`
        : `No gateway is running at ${url}${code === undefined ? '' : ` (${code})`}.`,
      '→ Start it with gradebridge serve, or say with --url where it is.',
    ],
  });
}

/** @param config of a gateway on this machine, which can be told by a signal as well */
function noConsole(url: string, { status, text }: HttpAnswer, config: Config | undefined): Refused {
  const isGateway = status === 404 && text.includes('ROUTE_NOT_FOUND');
  if (!isGateway)
    return new Refused({
      members: { url, outcome: 'noGateway' },
      remarks: [
        `What answers at ${url} is no gateway (status ${status}), and was told nothing.`,
        '→ Say with --url where it is; a redirect is not followed.',
      ],
    });
  const pid = config && servingPid(config.store);
  return new Refused({
    members: { url, outcome: 'noConsole', ...(pid !== undefined && { pid }) },
    remarks: [
      `The gateway at ${url} has no console: its configuration has no "admin", which lets people in (docs/configuration.md).`,
      `→ A signal has it reload all the same: kill -HUP ${pid ?? 'PID'}. It says on its stderr what came of it.`,
    ],
  });
}

function refusedBy(url: string, answer: HttpAnswer, { from }: Token): Refused {
  const { code, detail, remedy } = bodyOf(answer);
  const isForeign = typeof code !== 'string';
  return new Refused({
    members: { url, outcome: 'refused', status: answer.status, ...(!isForeign && { code }) },
    remarks: isForeign
      ? [`The gateway at ${url} answers with status ${answer.status}.`, '→ Look into its log.']
      : [
          `The gateway at ${url} refuses: ${String(detail)} [${code}]`,
          `  The token was that of ${from}.`,
          `→ ${String(remedy)}`,
        ],
  });
}
