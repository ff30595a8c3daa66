import { address, count, type Schema, said, text } from './schema.ts';

/** Headers that some requests may have, besides Content-Type and Authorization, which OpenAPI says elsewhere. */
export const REQUEST_HEADERS = {
  'X-Request-ID': {
    type: 'string',
    pattern: '^[A-Za-z0-9._-]{8,64}$',
    description: 'An id of your own for the request; another text is as none.',
  },
  'X-LTI-Context': said(
    text,
    'With a Bearer token of a tool that has several contexts: the one that is meant, where ?context= does not say it.',
  ),
  'If-Match': said(
    text,
    'The ETag of what was read (RFC 9110 §13.1.1): nothing is changed unless that is what stands.',
  ),
  'If-None-Match': said(text, '`*`: the line item is only made, and not replaced (RFC 9110 §13.1.2).'),
  'Idempotency-Key': {
    type: 'string',
    minLength: 1,
    maxLength: 255,
    pattern: '^[!-~]+$',
    description: 'A key of your own: the same key with the same body gets the same answer, and is done once.',
  },
} as const satisfies Readonly<Record<string, Schema>>;

/** Headers of answers. The tests know no others but those of security and of the connection. */
export const RESPONSE_HEADERS = {
  'X-Request-ID': said(text, 'The id of the request, under which the log has it.'),
  ETag: said(text, 'A strong tag of the line item as it stands (RFC 9110 §8.8.3), for If-Match.'),
  Location: said(address, 'The address of the receipt, or the page that comes next.'),
  Link: said(
    text,
    'The pages next, prev, first and last, each where there is such a page (RFC 8288); absent when all is on one page.',
  ),
  'Retry-After': said(count, 'Seconds to wait before the same request is sent again.'),
  'WWW-Authenticate': said(text, 'How to come again (RFC 6750 §3).'),
  'Set-Cookie': said(text, 'The cookie of the session, or of the sign-in that is under way.'),
  'Cache-Control': said(text, '`no-store`'),
  Pragma: said(text, '`no-cache`, which RFC 6749 §5.1 wants.'),
  Accept: said(text, 'The media types that the body may have.'),
} as const satisfies Readonly<Record<string, Schema>>;

export type ResponseHeader = keyof typeof RESPONSE_HEADERS;

/** Those that may be absent. */
export const OPTIONAL_HEADERS: ReadonlySet<ResponseHeader> = new Set([
  'Link',
  'WWW-Authenticate',
  'Retry-After',
  'Set-Cookie',
]);
