import { passing, row } from './error-row.ts';

/** Errors that the same request meets until an administrator has mended the gateway's settings: nothing is wrong with the request. */
export const OURS_TO_MEND: ReadonlySet<string> = new Set(['UPSTREAM_REFUSED', 'UPSTREAM_REQUEST_REJECTED']);

/** The part of the catalogue that says how OneRoster fares: 502 to 504, as a tool sees it. */
export const UPSTREAM_ERRORS = {
  UPSTREAM_REFUSED: row(
    502,
    'OneRoster does not accept the credentials of this gateway.',
    'An administrator must check clientId, clientSecret, tokenUrl and the permissions of the upstream.',
  ),
  UPSTREAM_REQUEST_REJECTED: row(
    502,
    "OneRoster did not accept a request of the gateway's own, such as reading a list.",
    'Nothing is wrong with what was sent. An administrator must look for the request id in the log or in Traffic, and check profile, class and "users" of the context.',
  ),
  UPSTREAM_UNREACHABLE: passing(
    502,
    'OneRoster cannot be reached.',
    'Try again shortly; nothing was promised. An administrator can check baseUrl and the network.',
  ),
  UPSTREAM_FAILED: passing(
    502,
    'OneRoster failed to handle the request.',
    'Try again shortly; if it stays so, report the request id to the administrator.',
  ),
  UPSTREAM_BAD_ANSWER: passing(
    502,
    'OneRoster gave an answer that cannot be used.',
    'Try again shortly; if it stays so, an administrator must check that baseUrl is a OneRoster service.',
  ),
  UPSTREAM_DROPS_METADATA: row(
    502,
    'OneRoster did not keep the metadata of the line item, so that it cannot be found again.',
    'An administrator must leave upstreams.*.metadata at "auto", so that the gateway keeps the metadata itself, or use a OneRoster service that keeps it.',
  ),
  UPSTREAM_NOT_CLEARED: row(
    502,
    'OneRoster has kept something that was to be taken away, so nothing was written.',
    'See issues for what stays. An administrator can check the service with `gradebridge probe` (result.clears, put.replaces): its PUT must replace an object, or take null for what is to go.',
  ),
  CONTEXT_UNRESOLVED: row(
    502,
    'The class, school or category of this context cannot be found in OneRoster.',
    'An administrator must correct class, school or category of the context; see issues.',
  ),
  UPSTREAM_BUSY: passing(
    503,
    'OneRoster asks to be called less often.',
    'Wait as Retry-After says, then send the request again.',
  ),
  UPSTREAM_DOWN: passing(
    503,
    'OneRoster has failed several times in a row, and calls to it are held back.',
    'Try again shortly; the next call that succeeds ends this.',
  ),
  UPSTREAM_TIMEOUT: passing(
    504,
    'OneRoster did not answer in time.',
    'Send the request again: writing the same line item twice leaves one.',
  ),
} as const;
