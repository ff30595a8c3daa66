import type { Document, ErrorDetail } from './types.ts';

/** OneRoster 1.2 Gradebook, `imsx_codeMinorFieldValue` per status; statuses it does not list take the nearest value. */
const minorCodes: Readonly<Record<number, string>> = {
  400: 'invaliddata',
  401: 'unauthorisedrequest',
  403: 'forbidden',
  404: 'unknownobject',
  409: 'invaliddata',
  413: 'invaliddata',
  415: 'invaliddata',
  422: 'invaliddata',
  429: 'server_busy',
  503: 'server_busy',
};

export interface ProblemOptions {
  /** Overrides the minor code that belongs to the status. */
  minor?: string;
  details?: readonly ErrorDetail[];
}

/**
 * The status payload of OneRoster 1.2: the object is the body itself, and the case of `imsx_CodeMinor` and
 * `imsx_codeMinorField` differs on purpose.
 *
 * @example statusInfo(404, 'Class not found.') // { imsx_codeMajor: 'failure', imsx_severity: 'error', … }
 */
export function statusInfo(status: number, description: string, options: ProblemOptions = {}): Document {
  const value = options.minor ?? minorCodes[status] ?? 'internal_server_error';
  return {
    imsx_codeMajor: 'failure',
    imsx_severity: 'error',
    imsx_description: description,
    imsx_CodeMinor: {
      imsx_codeMinorField: [{ imsx_codeMinorFieldName: 'TargetEndSystem', imsx_codeMinorFieldValue: value }],
    },
    ...(options.details?.length ? { imsx_error_details: options.details } : {}),
  };
}

/** A refusal, thrown where it is found and rendered once, at the edge. */
export class Problem extends Error {
  readonly status: number;
  readonly options: ProblemOptions;

  constructor(status: number, description: string, options: ProblemOptions = {}) {
    super(description);
    this.name = 'Problem';
    this.status = status;
    this.options = options;
  }
}

/** The 422 that names every problem of a request at once. */
export function invalid(details: readonly ErrorDetail[]): Problem {
  return new Problem(422, 'Validation error.', { details });
}
