import { type LookupAddress, type LookupAllOptions, lookup as resolveName } from 'node:dns';
import { type IncomingMessage, request as overHttp, type RequestOptions } from 'node:http';
import { request as overHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** How far a fetch of a key set may go. */
export interface FetchLimits {
  /** Whether addresses of this machine and of private networks may be reached. */
  readonly privateAddresses: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly bytes: number;
}

/** Networks that no public key set lives in (RFC 6890, RFC 4193, RFC 4291); IPv4 in IPv6 is looked at as IPv4. */
const PRIVATE: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

const blocked = new BlockList();
for (const [network, prefix, family] of PRIVATE) blocked.addSubnet(network, prefix, family);

/** True for an address of this machine or of a private network: `isPrivate('127.0.0.1')`. */
export function isPrivate(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address;
  // An IPv4 address in the hexadecimal form of IPv6 has no honest use in a URL.
  if (/^::ffff:/i.test(plain)) return true;
  const family = isIP(plain);
  return family === 0 || blocked.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

/** An address, or a name that means this machine without anybody being asked (RFC 6761 §6.3). */
function isPrivateHost(host: string): boolean {
  return isIP(host) === 0 ? /(^|\.)localhost\.?$/i.test(host) : isPrivate(host);
}

/** Finds the addresses of a name, as `lookup` of node:dns does. */
export type Resolve = (
  host: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Resolves names as usual, and refuses at the moment of connecting: a name cannot change its mind in between. */
const publicOnly =
  (resolve: Resolve): LookupFunction =>
  (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      const inside = error === null && addresses.find(({ address }) => isPrivate(address));
      const refused = inside ? new Error(`${host} is at a private address`) : error;
      if (refused) done(refused, '', 0);
      else if (options.all) (done as (error: null, addresses: unknown) => void)(null, addresses);
      else done(null, addresses[0]?.address ?? '', addresses[0]?.family);
    });
  };

/** A form that is posted in place of a GET. */
export interface PostedForm {
  readonly form: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @throws Error for any status but 200, a private address, a body that is too large, or no answer in time */
export type GuardedFetch = (url: string, posted?: PostedForm) => Promise<Response>;

/**
 * Fetches a small JSON document from an address that an administrator or a tool has named. Redirects are not followed: they
 * would lead to where nobody has looked.
 *
 * @param resolve stands in for DNS in tests, which so need no name that exists
 * @returns the body as a Response of status 200
 * @throws Error for any other status, a private address, a body that is too large, or no answer in time
 * @example const fetchKeys = createGuardedFetch({ privateAddresses: false, timeout: 5000, bytes: 262144 })
 */
export function createGuardedFetch(limits: FetchLimits, resolve: Resolve = resolveName): GuardedFetch {
  return async (text, posted) => {
    const url = new URL(text);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!limits.privateAddresses && isPrivateHost(host)) throw new Error(`${host} is a private address`);
    const options: RequestOptions = {
      method: posted === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json, application/jwk-set+json',
        ...(posted && { 'content-type': 'application/x-www-form-urlencoded', ...posted.headers }),
      },
      // A connection that is kept was checked for another request, perhaps by other limits.
      agent: false,
      ...(!limits.privateAddresses && { lookup: publicOnly(resolve) }),
    };
    return new Response(await exchange(url, options, { sent: posted?.form.toString(), limits }));
  };
}

/** Interim answers (RFC 9110 §15.2) that may come before the real one; servers send one or two. */
const MOST_INTERIM = 8;

interface Exchange {
  readonly sent: string | undefined;
  readonly limits: FetchLimits;
}

/** One exchange, which ends in time whatever the other side does: a body of status 200, or an error. */
function exchange(url: URL, options: RequestOptions, { sent, limits }: Exchange): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? overHttps : overHttp)(url, options);
    const fail = (cause: Error): void => {
      clearTimeout(timer);
      reject(cause);
      request.destroy();
    };
    const timer = setTimeout(
      () => fail(new DOMException('there was no answer in time', 'TimeoutError')),
      limits.timeout,
    );
    let [interim, isAnswered] = [0, false];
    request.on('information', () => {
      interim++;
      if (interim > MOST_INTERIM) fail(new Error(`${url.host} sends interim answers without end`));
    });
    // Node drops the connection of a 101 that nobody listens for, and says nothing of it.
    request.once('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      fail(new Error(`${url.host} answered ${statusCode}`));
    });
    request.on('error', fail);
    request.once('response', (answer) => {
      isAnswered = true;
      const { statusCode } = answer;
      if (statusCode !== 200) return fail(new Error(`${url.host} answered ${statusCode}`));
      readUpTo(answer, limits.bytes).then((text) => {
        clearTimeout(timer);
        resolve(text);
      }, fail);
    });
    request.once('close', () => {
      if (!isAnswered) fail(new Error(`${url.host} closed the connection without an answer`));
    });
    request.end(sent);
  });
}

async function readUpTo(answer: IncomingMessage, bytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bytes) throw new Error(`the answer is larger than ${bytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
