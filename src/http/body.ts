import express, { type Request, type Response } from 'express';
import { GradebridgeError } from '../core/errors.ts';
import type { Json } from '../core/json.ts';

/** Reads the JSON body of a request. @throws the errors of body-parser, or GradebridgeError UNSUPPORTED_MEDIA_TYPE */
export type BodyReader = (
  request: Request,
  response: Response,
  mediaTypes: readonly string[],
) => Promise<Json>;

/**
 * A reader of bodies up to a size. It runs after the guard, so that nobody unknown makes the gateway parse anything.
 *
 * @param limit bytes
 */
export function createBodyReader(limit: number): BodyReader {
  // The media type is checked here, against the route's row; compressed bodies could grow past the limit.
  const parse = express.json({ limit, type: () => true, strict: false, inflate: false });
  return (request, response, mediaTypes) => {
    const type = mediaTypeOf(request);
    if (type !== undefined && !mediaTypes.includes(type)) throw unsupported(mediaTypes);
    return new Promise((resolve, reject) => {
      parse(request, response, (error?: unknown) => {
        if (error !== undefined) return reject(error);
        if (request.body === undefined)
          return reject(new GradebridgeError('INVALID_JSON', { description: 'There is no body.' }));
        if (type === undefined) return reject(unsupported(mediaTypes));
        return resolve(request.body as Json);
      });
    });
  };
}

/** Type and subtype in lower case; parameters such as a charset say nothing about who may send what (RFC 9110 §8.3.1). */
function mediaTypeOf({ headers }: Request): string | undefined {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
}

function unsupported(mediaTypes: readonly string[]): GradebridgeError {
  return new GradebridgeError('UNSUPPORTED_MEDIA_TYPE', { headers: { accept: mediaTypes.join(', ') } });
}
