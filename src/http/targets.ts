import type { IncomingMessage } from 'node:http';

const ABSOLUTE = /^https?:\/\/[^/?#]*/i;

/**
 * A request target as a path and query. Servers take the absolute form too (RFC 9112 §3.2.2), whose host counts instead of the
 * Host header; every host is ours here.
 *
 * @example originForm('http://grades.example/healthz?x=1') // '/healthz?x=1'
 */
export function originForm(target = '/'): string {
  if (target.startsWith('/')) return target;
  const path = target.replace(ABSOLUTE, '');
  return path === target || path.startsWith('/') ? path : `/${path}`;
}

/** Whether a request names several hosts: Node takes the first, a proxy perhaps the last (RFC 9112 §3.2). */
export function hasSeveralHosts({ rawHeaders }: IncomingMessage): boolean {
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
  }
  return hosts > 1;
}

/**
 * Some tools append `/scores` to an address that they have ended with a slash; ids have no slash that is not encoded. Paths
 * outside of the faces are left as they are, so that a proxy's rule for them holds.
 *
 * @param roots the paths of the faces: `['/api', '/lti']`
 * @example singleSlashes('/api/lineitems/x//scores', ['/api']) // '/api/lineitems/x/scores'
 */
export function singleSlashes(url: string, roots: readonly string[]): string {
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  if (!path.includes('//') || !roots.some((root) => path.startsWith(`${root}/`))) return url;
  return path.replaceAll(/\/{2,}/g, '/') + (at < 0 ? '' : url.slice(at));
}

/**
 * Whether a path has no slash behind it that the router would pass over. Tools end addresses with one; what is not theirs is
 * matched exactly.
 *
 * @param lenient paths below which a slash at the end is allowed
 * @example isExact('/admin/v1/overview/', ['/api', '/lti']) // false
 */
export function isExact(url: string, lenient: readonly string[]): boolean {
  const at = url.indexOf('?');
  const end = at < 0 ? url.length : at;
  return end <= 1 || url[end - 1] !== '/' || lenient.some((root) => url.startsWith(`${root}/`));
}
