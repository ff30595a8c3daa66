import { GradebridgeError } from '../core/errors.ts';

/** Whatever was thrown, as an error of the catalogue; what nobody foresaw is INTERNAL, and its cause is for the log. */
export function asGradebridgeError(cause: unknown): GradebridgeError {
  if (cause instanceof GradebridgeError) return cause;
  // Express's router, of a path that is percent-encoded badly.
  return new GradebridgeError(cause instanceof URIError ? 'INVALID_PATH' : 'INTERNAL', { cause });
}
