import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { peerOf } from './connections.ts';
import { networkOf } from './networks.ts';

/** Says where a request comes from: the address of an IPv4 client, the /64 of an IPv6 one. */
export type AddressOf = (request: IncomingMessage) => string;

/**
 * Each proxy appends whom it was called by to X-Forwarded-For, so only the entries from the right, as many as there are
 * trusted proxies, were written by them; whatever is to their left the client may have made up.
 *
 * @param trustedProxies how many proxies every request passes; with 0 the header is not looked at
 * @example createAddressOf(1)(request) // with "X-Forwarded-For: 10.1.1.1, 203.0.113.7": '203.0.113.7'
 */
export function createAddressOf(trustedProxies: number): AddressOf {
  if (trustedProxies === 0) return ({ socket }) => peerOf(socket).address;
  return ({ socket, headers }) => {
    const header = headers['x-forwarded-for'];
    const entry = typeof header === 'string' ? withoutPort(fromTheRight(header, trustedProxies)) : '';
    return isIP(entry) === 0 ? peerOf(socket).address : networkOf(entry);
  };
}

/** The first entry, when there are fewer. */
function fromTheRight(header: string, count: number): string {
  let end = header.length;
  for (let hop = 1; ; hop++) {
    const comma = end > 0 ? header.lastIndexOf(',', end - 1) : -1;
    if (hop === count || comma < 0) return header.slice(comma + 1, end).trim();
    end = comma;
  }
}

/** Some proxies write a port: `203.0.113.7:4711`, `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
  const match = /^\[([^\]]+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(entry);
  return match?.[1] ?? match?.[2] ?? entry;
}
