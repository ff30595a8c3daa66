import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from './networks.ts';

/** The other end of a connection. */
export interface Peer {
  readonly address: string;
  /** Whether its address has more connections than it may: then the first request on this one is refused. */
  isOneTooMany: boolean;
}

const PEERS = new WeakMap<Socket, Peer>();

/** Who is at the other end: worked out once for each connection. */
export function peerOf(socket: Socket): Peer {
  const known = PEERS.get(socket);
  if (known !== undefined) return known;
  const peer = { address: networkOf(socket.remoteAddress ?? ''), isOneTooMany: false };
  PEERS.set(socket, peer);
  return peer;
}

/**
 * Counts the connections of each address. The ones beyond the limit are told so when they send a request; those beyond
 * twice the limit are closed at once, because telling takes a connection too.
 */
export function limitPerAddress(server: Server, most: number): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    const { address } = peer;
    const count = (open.get(address) ?? 0) + 1;
    if (count > 2 * most) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    peer.isOneTooMany = count > most;
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}

/** The connections on which nothing has been sent: Node takes them for busy ones, and would wait for them at a stop. */
export function createSilent(server: Server): () => void {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return () => {
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
  };
}
