import type { Admin, AdminRole } from '../core/admin.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { SessionStore } from './ports.ts';
import { cookie, cookieIn, derived, digestOf, isSame } from './secrets.ts';

/** What the gate looks at. */
export interface AdminCredentials {
  readonly authorization: string | undefined;
  /** The Cookie header. */
  readonly cookies: string | undefined;
  /** The X-CSRF-Token header. */
  readonly csrf: string | undefined;
  readonly address: string;
  /** Whether something is to be changed. */
  readonly isChange: boolean;
  readonly role: AdminRole;
}

/** Somebody who has just signed in. */
export interface SignedIn {
  readonly admin: Admin;
  readonly csrf: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly headers: Readonly<Record<'set-cookie', string>>;
}

export interface Gate {
  /** @throws GradebridgeError ADMIN_UNAUTHORISED, CSRF_MISSING, ADMIN_FORBIDDEN, TOO_MANY_FAILURES */
  admit(credentials: AdminCredentials): Promise<Admin>;
  /** Begins a session for a token. @throws GradebridgeError ADMIN_UNAUTHORISED, TOO_MANY_FAILURES */
  signIn(token: string, address: string): Promise<SignedIn>;
  /** Begins a session for somebody whom the identity provider knows. */
  welcome(person: Pick<Admin, 'name' | 'role'>): Promise<SignedIn>;
  /** When the session of an admin ends, and what proves that a change is theirs; undefined without a session. */
  sessionOf(admin: Admin): Promise<{ readonly csrf: string; readonly expiresAt: number } | undefined>;
  /** Ends a session. @returns the header that has the browser forget it */
  signOut(admin: Admin): Promise<Readonly<Record<'set-cookie', string>>>;
}

export interface GateParts {
  readonly tokens: Readonly<Record<string, { readonly role: AdminRole; readonly token: string }>>;
  /** Whether sessions of an identity provider count. */
  readonly hasOidc: boolean;
  readonly sessions: SessionStore;
  /** How many sign-ins an address may still fail. */
  readonly failures: { wait(address: string): number; charge(address: string): void };
  readonly minutes: number;
  readonly isSecure: boolean;
  readonly clock: () => number;
  /** 256 bits that nobody can guess, as base64url. */
  readonly newSecret: () => string;
}

export const SESSION_COOKIE = 'gradebridge_session';
/** What stands for a token among the credentials of sessions; that of an identity provider is this. */
const BY_OIDC = 'oidc';
const SECRET = /^[A-Za-z0-9_-]{43}$/;

interface Known {
  readonly name: string;
  readonly role: AdminRole;
  readonly digest: string;
}

/**
 * Says who asks. Tokens and cookies are looked for by their digests, so that no comparison tells how near a guess is. A
 * session is as good as the token that began it: when that is taken out of the configuration, its sessions are over.
 *
 * @example const admin = await createGate(parts).admit(credentials)
 */
export function createGate(parts: GateParts): Gate {
  const { sessions, minutes, clock, newSecret, isSecure } = parts;
  const known = new Map(
    Object.entries(parts.tokens).map(([name, { role, token }]) => {
      const digest = digestOf(token);
      return [digest, { name, role, digest }] as const;
    }),
  );
  const open = async (person: Pick<Admin, 'name' | 'role'>, credential: string): Promise<SignedIn> => {
    const value = newSecret();
    const expiresAt = clock() + minutes * 60_000;
    const { name, role } = person;
    await sessions.open({ digest: digestOf(value), name, role, credential, until: expiresAt });
    const options = { value, path: '/', sameSite: 'Strict', maxAge: minutes * 60, isSecure } as const;
    return {
      admin: { name, role, session: value },
      csrf: derived('csrf', value),
      expiresAt,
      headers: cookie(SESSION_COOKIE, options),
    };
  };
  const find = async (value: string | undefined) =>
    value !== undefined && SECRET.test(value) ? sessions.find(digestOf(value), clock()) : undefined;
  const bySession = async (value: string | undefined): Promise<Admin | undefined> => {
    const row = value === undefined ? undefined : await find(value);
    if (row === undefined || value === undefined) return undefined;
    if (row.credential === BY_OIDC)
      return parts.hasOidc ? { name: row.name, role: row.role, session: value } : undefined;
    const token = known.get(row.credential);
    return token && { name: token.name, role: token.role, session: value };
  };
  return {
    admit: async (credentials) => {
      const { authorization, cookies, csrf, isChange, role } = credentials;
      const admin: Admin | undefined =
        authorization === undefined
          ? await bySession(cookieIn(cookies, SESSION_COOKIE))
          : byToken(known, bearerIn(authorization), { ...credentials, ...parts });
      if (admin === undefined) throw unauthorised();
      const { session } = admin;
      if (isChange && session !== undefined && !isSame(csrf ?? '', derived('csrf', session)))
        throw new GradebridgeError('CSRF_MISSING');
      if (role === 'operator' && admin.role !== 'operator') throw new GradebridgeError('ADMIN_FORBIDDEN');
      return admin;
    },
    signIn: async (token, address) => {
      const found = byToken(known, token, { address, ...parts });
      return open(found, found.digest);
    },
    welcome: (person) => open(person, BY_OIDC),
    sessionOf: async ({ session }) => {
      const row = await find(session);
      return session === undefined || row === undefined
        ? undefined
        : { csrf: derived('csrf', session), expiresAt: Number(row.until) };
    },
    signOut: async ({ session }) => {
      if (session !== undefined) await sessions.close(digestOf(session));
      return cookie(SESSION_COOKIE, { value: '', path: '/', sameSite: 'Strict', maxAge: 0, isSecure });
    },
  };
}

/** An address that has failed too often is not even told whether its next guess is right. */
function byToken(
  known: ReadonlyMap<string, Known>,
  token: string | undefined,
  { address, failures }: Pick<GateParts, 'failures'> & { readonly address: string },
): Known {
  const wait = failures.wait(address);
  if (wait > 0) throw new GradebridgeError('TOO_MANY_FAILURES', { retryAfter: wait });
  const found = token === undefined ? undefined : known.get(digestOf(token));
  if (found !== undefined) return found;
  failures.charge(address);
  throw unauthorised();
}

function bearerIn(authorization: string): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization)?.[1];
}

function unauthorised(): GradebridgeError {
  return new GradebridgeError('ADMIN_UNAUTHORISED', { headers: { 'www-authenticate': 'Bearer' } });
}
