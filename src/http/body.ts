import type { IncomingMessage } from 'node:http';
import { GradebridgeError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import { numbersAsWritten, type WrittenNumber } from '../core/numbers.ts';

/** Reads the JSON body of a request. @throws GradebridgeError UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE or INVALID_JSON */
export type BodyReader = (request: IncomingMessage, mediaTypes: readonly string[]) => Promise<ReadBody>;

/** A body, and what JSON.parse does not tell of it. */
export interface ReadBody {
  readonly value: Json;
  readonly numbers: readonly WrittenNumber[];
}

/**
 * A reader of bodies up to a size. It runs after the guard, so that nobody unknown makes the gateway read anything; it is
 * not `express.json`, which costs about twice as much for charsets and encodings that are refused here.
 *
 * @param limit bytes
 */
export function createBodyReader(limit: number): BodyReader {
  return async (request, mediaTypes) => {
    const type = request.headers['content-type'];
    if ((type !== undefined && !isOneOf(type, mediaTypes)) || isCompressed(request)) {
      throw unsupported(mediaTypes);
    }
    const bytes = await collect(request, limit);
    if (bytes.length === 0) throw new GradebridgeError('INVALID_JSON', { description: 'There is no body.' });
    if (type === undefined) throw unsupported(mediaTypes);
    return parse(bytes);
  };
}

/** Type and subtype in any case, and no charset but UTF-8, which is JSON's only one (RFC 8259 §8.1). */
function isOneOf(contentType: string, mediaTypes: readonly string[]): boolean {
  if (mediaTypes.includes(contentType)) return true;
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((text) => text.startsWith('charset='));
  return mediaTypes.includes(type.trim()) && (charset === undefined || /^charset="?utf-8"?$/.test(charset));
}

/** A compressed body could grow past the limit. */
function isCompressed({ headers }: IncomingMessage): boolean {
  const encoding = headers['content-encoding'];
  return encoding !== undefined && encoding.toLowerCase() !== 'identity';
}

/** A form (RFC 6749 §4.4.2 has its parameters in one); undefined when the body is of another type. @throws GradebridgeError BODY_TOO_LARGE */
export async function readForm(
  request: IncomingMessage,
  limit: number,
): Promise<URLSearchParams | undefined> {
  const type = request.headers['content-type'];
  const bytes = await collect(request, limit);
  if (type === undefined || !isOneOf(type, ['application/x-www-form-urlencoded'])) return undefined;
  return new URLSearchParams(bytes.toString());
}

function collect(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    if (Number(request.headers['content-length']) > limit) reject(new GradebridgeError('BODY_TOO_LARGE'));
    request.on('data', (part: Buffer) => {
      size += part.length;
      // What is too much is read and forgotten, so that the connection can be used again.
      if (size <= limit) parts.push(part);
      else reject(new GradebridgeError('BODY_TOO_LARGE'));
    });
    request.once('end', () => resolve(Buffer.concat(parts)));
    request.once('error', (cause) => reject(new GradebridgeError('INVALID_JSON', { cause })));
  });
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

function parse(bytes: Buffer): ReadBody {
  try {
    const text = UTF_8.decode(bytes);
    const value = JSON.parse(text) as Json;
    return { value, numbers: numbersAsWritten(text, value) };
  } catch {
    // The reason quotes the body, which is not for the log.
    throw new GradebridgeError('INVALID_JSON');
  }
}

function unsupported(mediaTypes: readonly string[]): GradebridgeError {
  return new GradebridgeError('UNSUPPORTED_MEDIA_TYPE', { headers: { accept: mediaTypes.join(', ') } });
}
