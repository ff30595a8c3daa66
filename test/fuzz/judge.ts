import { STATUS_CODES } from 'node:http';
import type { Answer } from '../exchange/client.ts';
import type { FuzzRequest } from './requests.ts';

/** Traces of code: a frame of a stack, a source file, a module folder. */
const INSIDES =
  /\n\s+at |node:internal|node_modules|\b[\w-]+\.[cm]?[jt]s:\d+|file:\/\/\/\w+\/(?!passwd)|\/(src|dist|test)\/\w/;

type Envelope = 'problem' | 'ltiaas' | 'oauth' | 'text';

const KEYS: Readonly<Record<Exclude<Envelope, 'text' | 'oauth'>, readonly string[]>> = {
  problem: ['type', 'title', 'status', 'detail', 'code', 'remedy', 'retryable', 'requestId'],
  ltiaas: ['status', 'error', 'details'],
};

/** Whose words an error is in, by the path that was asked for. */
function envelopeOf({ path, method }: FuzzRequest): Envelope {
  const [target = ''] = path.replace(/^http:\/\/[^/?]*/, '').split('?');
  if (/^\/(admin|console)(\/|$)/.test(target)) return 'problem';
  if (target === '/metrics') return 'text';
  const slashed = target.startsWith('/lti/') ? target.replaceAll(/\/+/g, '/').replace(/\/$/, '') : target;
  if (slashed === '/lti/token' && method === 'POST') return 'oauth';
  return target.startsWith('/lti/') ? 'problem' : 'ltiaas';
}

/** @returns why an answer is none that the gateway may give; undefined when it is one */
export function verdictOn(request: FuzzRequest, answer: Answer): string | undefined {
  const { status, headers, text } = answer;
  if (status >= 500) return `${status}: ${text.slice(0, 500)}`;
  if (status >= 400 && INSIDES.test(text.replaceAll('\\n', '\n')))
    return `it tells of code: ${text.slice(0, 500)}`;
  // What shows metrics knows no requests; it is answered when those are refused.
  const isMetrics = envelopeOf(request) === 'text';
  if (headers['x-request-id'] === undefined && !isMetrics) return 'no X-Request-ID';
  return status < 400 || request.method === 'HEAD' ? undefined : wrongEnvelope(envelopeOf(request), answer);
}

function wrongEnvelope(envelope: Envelope, { status, headers, body, text }: Answer): string | undefined {
  const type = String(headers['content-type']).split(';')[0];
  const types = { problem: 'application/problem+json', text: 'text/plain' };
  const wanted = envelope === 'problem' || envelope === 'text' ? types[envelope] : 'application/json';
  // Whatever is refused before the form is looked at is refused as on AGS, whose path it is.
  const isOAuth = envelope === 'oauth' && type === wanted;
  if (type !== wanted && !(envelope === 'oauth' && type === types.problem))
    return `it is ${type}, not ${wanted}`;
  if (isOAuth) return typeof body['error'] === 'string' ? undefined : `no OAuth error: ${text.slice(0, 300)}`;
  if (envelope === 'text') return undefined;
  const keys = KEYS[envelope === 'oauth' ? 'problem' : envelope];
  const missing = keys.filter((key) => !Object.hasOwn(body, key));
  if (missing.length > 0) return `no ${missing.join(', ')} in ${text.slice(0, 300)}`;
  if (body['status'] !== status) return `the body says ${body['status']}, the answer ${status}`;
  const name = body['title'] ?? body['error'];
  return name === STATUS_CODES[status] ? undefined : `it is called ${name}`;
}
