import { type ErrorRow, passing, row } from './error-row.ts';

/** The part of the catalogue that the admin API alone needs. */
export const ADMIN_ERRORS = {
  ADMIN_UNAUTHORISED: row(
    401,
    'Nobody is signed in.',
    'Sign in at the console, or send Authorization: Bearer with a token of "admin.tokens".',
  ),
  SIGN_IN_REFUSED: row(
    401,
    'The sign-in did not come to an end that can be trusted.',
    'Begin it again in the same browser, within ten minutes; an administrator can look into the log and check "admin.oidc".',
  ),
  ADMIN_FORBIDDEN: row(
    403,
    'Whoever is signed in may not do this.',
    'Ask for the role "operator", or for a role at all: "admin" of the configuration gives them out.',
  ),
  CSRF_MISSING: row(
    403,
    'A change from a browser must prove that the console has sent it.',
    'Send the header X-CSRF-Token with the "csrf" that GET /admin/v1/session tells.',
  ),
  NOT_FOUND: row(
    404,
    'There is no such thing here.',
    'List what there is; plans and recorded requests are forgotten after a while.',
  ),
  NOT_CHANGEABLE: row(
    409,
    'It is not in a state in which this can be done.',
    'Read it again: somebody else may have decided, or it has reached OneRoster meanwhile.',
  ),
  NO_LONGER_SO: row(
    409,
    'What was to be mended is no longer so, and nothing was done.',
    'Compare again: somebody may have mended it, or it has changed meanwhile.',
  ),
  NOT_REPAIRABLE: row(
    409,
    'The finding does not offer this repair.',
    'See "repairs" and "advice" of the finding: what is not offered is for a person to do.',
  ),
  REPAIR_NOT_KEPT: row(
    502,
    'OneRoster has taken the repair, and does not show it.',
    'Compare again in a while; if it is found again, ask whoever runs the service why it does not keep what it takes.',
  ),
  CONFIGURATION_INVALID: row(
    422,
    'The configuration file cannot be used; the gateway goes on with the one that it has.',
    'See findings: each names a place in a file and what to do.',
  ),
  SIGN_IN_UNAVAILABLE: passing(
    503,
    'The identity provider cannot be asked.',
    'Try again shortly, or sign in with a token; an administrator must check "admin.oidc", "keySets" and the network.',
  ),
} as const satisfies Readonly<Record<string, ErrorRow>>;
