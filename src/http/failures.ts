import { type ErrorCode, GradebridgeError } from '../core/errors.ts';

/** The errors of Express and body-parser, by their `type`, in words of the catalogue. */
const BY_TYPE: Readonly<Record<string, ErrorCode>> = {
  'entity.parse.failed': 'INVALID_JSON',
  'entity.too.large': 'BODY_TOO_LARGE',
  'encoding.unsupported': 'UNSUPPORTED_MEDIA_TYPE',
  'charset.unsupported': 'UNSUPPORTED_MEDIA_TYPE',
  'request.aborted': 'INVALID_JSON',
  'request.size.invalid': 'INVALID_JSON',
};

/** Whatever was thrown, as an error of the catalogue; what nobody foresaw is INTERNAL, and its cause is for the log. */
export function asGradebridgeError(cause: unknown): GradebridgeError {
  if (cause instanceof GradebridgeError) return cause;
  if (cause instanceof URIError) return new GradebridgeError('INVALID_PATH', { cause });
  const type = cause instanceof Error && 'type' in cause ? String(cause.type) : '';
  const code = Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined;
  return new GradebridgeError(code ?? 'INTERNAL', { cause });
}
