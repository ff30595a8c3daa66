import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** One file of the console, as it goes out. */
export interface Page {
  readonly status: 200 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/** Nothing but this gateway's own files, no script or style in the page itself, and in nobody's frame. */
const SECURITY: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** A hash in the name: what is in the file never changes. */
const LASTING = 'public, max-age=31536000, immutable';

/**
 * Reads the bundled console into memory. A path with no file is a page of the console, which the index shows: `/console/traffic`.
 * A path that looks like a file of an older bundle is 404, so that no browser takes the index for a script.
 *
 * @param folder where the build has put the bundle
 * @returns what a GET of a path, which begins with `/console`, is answered
 * @throws when the folder is not there: the console was not built
 * @example readConsole(join(PACKAGE_ROOT, 'dist', 'console'))('/console/traffic').status // 200
 */
export function readConsole(folder: string): (path: string) => Page {
  const files = new Map(
    readdirSync(folder).map((name) => [name, pageOf(name, readFileSync(join(folder, name)))]),
  );
  const index = files.get('index.html');
  if (index === undefined) throw new Error(`${folder} has no index.html; npm run build makes it`);
  return (path) => {
    const name = path.replace(/^\/console\/?/, '');
    if (name.includes('/') || extname(name) === '') return index;
    return files.get(name) ?? missing(name);
  };
}

function pageOf(name: string, body: Buffer): Page {
  const isHashed = /-[0-9A-Z]{8}\./.test(name);
  const type = TYPES[extname(name)] ?? 'application/octet-stream';
  const headers = {
    ...SECURITY,
    'content-type': type,
    'content-length': String(body.length),
    'cache-control': isHashed ? LASTING : 'no-cache',
  };
  return { status: 200, headers, body };
}

function missing(name: string): Page {
  const body = Buffer.from(`There is no ${name}. Load the page anew.\n`);
  const page = pageOf('missing.txt', body);
  return { ...page, status: 404, headers: { ...page.headers, 'cache-control': 'no-store' } };
}
