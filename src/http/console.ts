import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import type { Router } from 'express';
import { GradebridgeError } from '../core/errors.ts';
import { securityWith } from './answer.ts';
import {
  expressly,
  type Handler,
  headerOf,
  type Incoming,
  leave,
  type Outgoing,
  type RoutePlace,
} from './under-way.ts';

/** A file of the console, ready to be sent. */
interface Page {
  readonly bytes: Buffer;
  readonly headers: readonly string[];
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
};

/** Scripts and styles of our own, data from our own API, and nobody may put it into a frame. */
const POLICY = securityWith({
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  connectSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
});

const PLACE: RoutePlace = { face: 'console', operation: 'file', route: '/console' };

/** `app-5XKQ2TZA.js`, `app.0f3a9c1b.css`: another content has another name. */
const HASHED = /(-[A-Z0-9]{8}|[.-][0-9a-f]{8,})\.[a-z0-9]+$/;

/**
 * Serves the files of a folder at `/console`. They are read once, so that a path finds one of them or none: there is no way out
 * of the folder. Every other path below is the page itself, which knows its own places.
 *
 * @param folder need not be there; then there is no console
 */
export function addConsole(router: Router, folder: string): void {
  const pages = readPages(folder);
  const index = pages.get('index.html');
  const handler: Handler = (request, response) => {
    response.locals.place = PLACE;
    const path = pathOf(request);
    if (path === undefined) return goInside(response);
    const page = pages.get(path) ?? index;
    if (page === undefined)
      throw new GradebridgeError('ROUTE_NOT_FOUND', { description: 'The console has not been built.' });
    send(page, request, response);
  };
  for (const path of ['/console', '/console/*path']) router.get(path, expressly(handler));
}

/** The path below the folder, undefined for the folder without its slash, from which no link would lead into it. */
function pathOf({ url = '' }: Incoming): string | undefined {
  const path = url.split('?')[0] as string;
  return path === '/console' ? undefined : path.slice('/console/'.length);
}

function goInside(response: Outgoing): void {
  const { locals } = response;
  leave(locals);
  // Relative, so that whatever a proxy has put before it stays.
  const headers = [
    ...POLICY,
    'x-request-id',
    locals.requestId,
    'location',
    'console/',
    'content-length',
    '0',
  ];
  response.writeHead(308, headers).end();
}

function send({ bytes, headers, etag }: Page, request: Incoming, response: Outgoing): void {
  leave(response.locals);
  const all = [...POLICY, 'x-request-id', response.locals.requestId, ...headers];
  if (headerOf(request, 'if-none-match') === etag) response.writeHead(304, all).end();
  else response.writeHead(200, [...all, 'content-length', String(bytes.length)]).end(bytes);
}

function readPages(folder: string): ReadonlyMap<string, Page> {
  const pages = new Map<string, Page>();
  if (!existsSync(folder)) return pages;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = readFileSync(file);
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    const cache = HASHED.test(entry.name) ? 'public, max-age=31536000, immutable' : 'no-cache';
    const headers = ['content-type', type, 'cache-control', cache, 'etag', etag];
    pages.set(
      file
        .slice(folder.length + 1)
        .split(sep)
        .join('/'),
      { bytes, headers, etag },
    );
  }
  return pages;
}
