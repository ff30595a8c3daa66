import { ADMIN_ERRORS } from './admin-errors.ts';
import type { ErrorDetails } from './error-details.ts';
import { type ErrorRow, passing, row } from './error-row.ts';
import { MAPPING_ERRORS } from './mapping-errors.ts';
import { REGISTRY_ERRORS } from './registry-errors.ts';
import { UPSTREAM_ERRORS } from './upstream-errors.ts';

export type { ErrorDetails } from './error-details.ts';
export type { ErrorRow } from './error-row.ts';

/** The catalogue: adding an error is adding a row. */
export const ERRORS = {
  INVALID_JSON: row(400, 'The body is not JSON.', 'Send one JSON object in UTF-8.'),
  INVALID_DOCUMENT: row(
    400,
    'The body is JSON that is not accepted.',
    'See issues: each names a place in the body.',
  ),
  INVALID_LINE_ITEM: row(
    400,
    'The line item is not valid.',
    'See issues: each names a member and what it must be.',
  ),
  INVALID_SCORE: row(400, 'The score is not valid.', 'See issues: each names a member and what it must be.'),
  INVALID_IDEMPOTENCY_KEY: row(
    400,
    'The Idempotency-Key cannot be used.',
    'Send 1 to 255 visible characters, a new one for each thing that is to happen.',
  ),
  INVALID_LINE_ITEM_ID: row(
    400,
    'The line item id cannot be used.',
    'Use an id that Gradebridge gave out, a OneRoster sourcedId of letters, digits and . _ : @ -, or an absolute http(s) URL, percent-encoded once as one path segment.',
  ),
  INVALID_PATH: row(
    400,
    'The path has a broken percent-escape.',
    'Percent-encode the line item id once, with encodeURIComponent.',
  ),
  SEVERAL_HOSTS: row(
    400,
    'The request has more than one Host header.',
    'Send one Host header (RFC 9112 §3.2); look at what stands between the tool and the gateway.',
  ),
  INVALID_QUERY: row(
    400,
    'A query parameter is not valid.',
    'See issues: each names a parameter and what it must be.',
  ),
  INVALID_PAGE_URL: row(
    400,
    'The url parameter is no page link of this gateway for this context.',
    'Send next, prev, first or last of an earlier answer, percent-encoded once.',
  ),
  CONTEXT_REQUIRED: row(
    400,
    'The token does not say which context is meant, and the tool has several.',
    'Name one with ?context= or the X-LTI-Context header, or use a service key, which carries its context.',
  ),
  INVALID_LTIK_AUTH_AUTHORIZATION_HEADER: row(
    401,
    'The Authorization header is missing or not valid.',
    'Send SERVICE-AUTH-V1 <apiKey>:<serviceKey>, LTIK-AUTH-V2 <apiKey>:<ltik> or Bearer <token>; `gradebridge keys issue` makes a service key or an ltik.',
  ),
  INVALID_TOKEN: row(
    401,
    'The access token is missing or not valid.',
    'Get a token from /lti/token and send it as Authorization: Bearer <token>.',
  ),
  INSUFFICIENT_SCOPE: row(
    403,
    'The tool may not do this.',
    'Ask the administrator for the scope that is named, or use a token that has it.',
  ),
  CONTEXT_NOT_ALLOWED: row(
    403,
    'The tool may not reach this context.',
    'Use one of the contexts that the tool is configured for, or ask the administrator to add this one.',
  ),
  ROUTE_NOT_FOUND: row(
    404,
    'There is nothing at this path.',
    'Check the path; a line item id must be percent-encoded as one segment.',
  ),
  LINE_ITEM_NOT_FOUND: row(
    404,
    'There is no such line item for this tool in this context.',
    'List the line items of the context to see what is there; it may have been deleted in OneRoster.',
  ),
  RESOURCE_LINK_NOT_FOUND: row(
    404,
    'There is no such resource link in this context.',
    'Use a resourceLinkId that a launch of this context has named, or leave it out.',
  ),
  CONTEXT_NOT_FOUND: row(
    404,
    'There is no such context for this tool.',
    'Use the lineitems URL of a context that the tool is configured for.',
  ),
  USER_UNKNOWN: row(
    404,
    'The user is no user that OneRoster knows.',
    'Check the userId; an administrator can check how users of this context are found ("users").',
  ),
  USER_NOT_ENROLLED: row(
    404,
    'The user is not enrolled in the class of this context.',
    'Enrol the student in OneRoster, or send the score in the context of the right class.',
  ),
  USER_NOT_STUDENT: row(
    404,
    'The user is in the class, but not as a student.',
    'Send scores for students only.',
  ),
  USER_AMBIGUOUS: row(
    404,
    'Several students fit the user.',
    'An administrator must choose a field that tells the students of the class apart ("users").',
  ),
  RECEIPT_NOT_FOUND: row(
    404,
    'There is no such receipt for this tool in this context.',
    'Use the Location of a 202 answer as it is; receipts are forgotten some days after their delivery.',
  ),
  METHOD_NOT_ALLOWED: row(
    405,
    'This path does not take this method.',
    'Use one of the methods in the Allow header.',
  ),
  SCORE_STALE: row(
    409,
    'A later score stands already.',
    'Nothing is to be done when scores crossed on their way; otherwise send a later timestamp.',
  ),
  SCORE_CONFLICT: row(
    409,
    'Another score with the same timestamp stands already.',
    'Send each score with a timestamp of its own, later than the one before.',
  ),
  GRADEBOOK_EDITED: row(
    409,
    'Somebody has changed in OneRoster what this would overwrite.',
    'See issues for what was changed. Read the line item and send its ETag in If-Match, or have the change taken back; an administrator can set "edits".',
  ),
  PRECONDITION_FAILED: row(
    412,
    'The line item is not what the caller last read.',
    'Read it again, apply the change to what stands there now, and send its new ETag in If-Match.',
  ),
  BODY_TOO_LARGE: row(
    413,
    'The body is too large.',
    'Send less, or have the administrator raise limits.body.',
  ),
  UNSUPPORTED_MEDIA_TYPE: row(
    415,
    'The Content-Type is not one that this path takes.',
    'Send application/json or the media type that LTI AGS names for this resource, in UTF-8 and not compressed.',
  ),
  UNMAPPABLE: row(
    422,
    'The document does not fit the mapping.',
    'See issues: each names a place in the document and the row of the mapping that reads it.',
  ),
  SCORE_BELOW_MINIMUM: row(
    422,
    'The score is below the minimum that the line item has in OneRoster.',
    'Send a score that is at least the minimum in issues, on the scale of the line item; or have the minimum (resultValueMin) lowered in OneRoster.',
  ),
  MAXIMUM_UNKNOWN: row(
    422,
    'OneRoster holds no maximum of the line item that can be read, so nothing can be scaled.',
    'Give the line item a maximum, in OneRoster or by a PUT with its scoreMaximum, and send the score again.',
  ),
  IDEMPOTENCY_KEY_REUSED: row(
    422,
    'The Idempotency-Key was used before with another body.',
    'Send a new key with each new request; repeat a key only with the same request.',
  ),
  UPSTREAM_REJECTED: row(
    422,
    'OneRoster did not accept the document.',
    'See issues: they are what OneRoster said, in the names of the request. Correct those members and send it again.',
  ),
  TOO_MANY_REQUESTS: passing(
    429,
    'The tool has more requests under way, or sends them faster, than one tool may.',
    'Wait as Retry-After says, then send the request again, and fewer at a time; an administrator can change limits.tool.',
  ),
  TOO_MANY_FAILURES: passing(
    429,
    'Too many requests from this address had credentials that are not valid.',
    'Wait as Retry-After says, and send valid credentials; those that were good before are still taken.',
  ),
  TOO_MANY_CONNECTIONS: passing(
    429,
    'There are too many connections from this address.',
    'Keep connections open and use them again, close those that are not needed, and wait as Retry-After says.',
  ),
  INTERNAL: row(
    500,
    'Gradebridge failed to handle this request.',
    'Report the request id to the administrator: the log has the cause under it.',
  ),
  ...UPSTREAM_ERRORS,
  OVERLOADED: passing(
    503,
    'Gradebridge has more to do than it can hold.',
    'Wait as Retry-After says, then send the request again.',
  ),
  OBJECT_BUSY: passing(
    503,
    'An earlier write of the same object may still be on its way to OneRoster.',
    'Wait as Retry-After says, then send the request again; writing it now could be undone by the earlier write.',
  ),
  STORE_UNAVAILABLE: passing(
    503,
    'Gradebridge cannot use its own store.',
    'Wait as Retry-After says, then send the request again; nothing was promised. An administrator must check the database, its disk and the log.',
  ),
  STORE_REPLACED: passing(
    503,
    'The file of the store was deleted or replaced while the gateway runs.',
    'Wait as Retry-After says, then send the request again; nothing was promised. An administrator must stop the gateway, put the right file in its place, and start it again.',
  ),
  ...ADMIN_ERRORS,
  ...MAPPING_ERRORS,
  ...REGISTRY_ERRORS,
} as const satisfies Readonly<Record<string, ErrorRow>>;

/** The stable name of an error. */
export type ErrorCode = keyof typeof ERRORS;

/** The one error class: a row of the catalogue, and what is particular about this instance. */
export class GradebridgeError extends Error {
  readonly code: ErrorCode;
  readonly row: ErrorRow;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(details.detail ?? details.description ?? ERRORS[code].title, { cause: details.cause });
    this.name = 'GradebridgeError';
    this.code = code;
    this.row = ERRORS[code];
    this.details = details;
  }
}
