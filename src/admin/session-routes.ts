import type { AdminRoute } from '../core/admin.ts';
import { done, isoOf, json, textIn } from './answers.ts';
import type { Audited } from './auditor.ts';
import type { Gate, SignedIn } from './gate.ts';

/** Longer than any token, so that nothing large is hashed. */
const LONGEST_TOKEN = 4_096;

/** Signing in with a token, and out; who one is. */
export function sessionRoutes({
  gate,
  audited,
  ways,
}: {
  readonly gate: Gate;
  readonly audited: Audited;
  /** How one can sign in. */
  readonly ways: { readonly token: boolean; readonly oidc: { readonly issuer: string } | undefined };
}): readonly AdminRoute[] {
  return [
    { method: 'GET', path: '/sign-in', role: 'anyone', answer: async () => json({ ...ways }) },
    {
      method: 'POST',
      path: '/session',
      role: 'anyone',
      takesBody: true,
      answer: async ({ body, address }) => {
        const signedIn = await gate.signIn(textIn(body, 'token', LONGEST_TOKEN), address);
        await audited(signedIn.admin, { what: 'session.open', subject: 'token' }, async () => {});
        const { status, headers, body: said } = json(shown(signedIn));
        return { status, headers: { ...headers, ...signedIn.headers }, ...(said && { body: said }) };
      },
    },
    {
      method: 'GET',
      path: '/session',
      role: 'viewer',
      answer: async (_request, admin) => {
        const { name, role } = admin;
        const session = await gate.sessionOf(admin);
        return json(session === undefined ? { name, role } : shown({ admin, ...session }));
      },
    },
    {
      method: 'DELETE',
      path: '/session',
      role: 'viewer',
      answer: async (_request, admin) =>
        done(await audited(admin, { what: 'session.close', subject: 'session' }, () => gate.signOut(admin))),
    },
  ];
}

function shown({ admin, csrf, expiresAt }: Omit<SignedIn, 'headers'>): {
  readonly [member: string]: string;
} {
  return { name: admin.name, role: admin.role, csrf, expiresAt: isoOf(expiresAt) };
}
