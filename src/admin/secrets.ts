import { createHash, timingSafeEqual } from 'node:crypto';

/** Stands for a secret where it is kept or looked for: `digestOf('a-token')`. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** Whether two secrets are the same, in a time that does not tell how much of them is. */
export function isSame(left: string, right: string): boolean {
  const [one, other] = [left, right].map((secret) => createHash('sha256').update(secret).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

/** Another secret that whoever knows the first one can tell, and nobody else: `derived('csrf', cookie)`. */
export function derived(purpose: string, secret: string): string {
  return digestOf(`${purpose}:${secret}`);
}

/**
 * The value of a cookie in a Cookie header (RFC 6265 §4.2.1).
 *
 * @example cookieIn('a=1; gradebridge_session=x', 'gradebridge_session') // 'x'
 */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

export interface CookieOptions {
  readonly value: string;
  readonly path: string;
  readonly sameSite: 'Strict' | 'Lax';
  /** Seconds. */
  readonly maxAge: number;
  readonly isSecure: boolean;
}

/** The value of a Set-Cookie header; no script can read such a cookie. */
export function cookie(
  name: string,
  { value, path, sameSite, maxAge, isSecure }: CookieOptions,
): Readonly<Record<'set-cookie', string>> {
  const text = `${name}=${value}; HttpOnly; SameSite=${sameSite}; Path=${path}; Max-Age=${maxAge}`;
  return { 'set-cookie': isSecure ? `${text}; Secure` : text };
}
