import { row } from './error-row.ts';

/** The part of the catalogue that the mapping workbench and its commands need. */
export const MAPPING_ERRORS = {
  MAPPING_NOT_FOUND: row(
    404,
    'There is no such mapping, or no such version of it.',
    'List the mappings and their versions to see what is there.',
  ),
  MAPPING_CHANGED: row(
    409,
    'Somebody else has just changed which version of the mapping is active.',
    'Look at its versions again, and repeat the request if it is still what you want.',
  ),
  NOTHING_TO_ROLL_BACK: row(
    409,
    'No version of the mapping is active in the store: its file is used.',
    'Activate a version, or change the file.',
  ),
  INVALID_MAPPING: row(
    422,
    'The text is no mapping.',
    'See issues: each names a place in the text and what to do there.',
  ),
  MAPPING_REFUSED: row(
    422,
    'The mapping is not sound, so nothing was changed.',
    'See problems and laws: correct the row that is named, give the mapping a stash, or say what it loses with "lossy".',
  ),
  MAPPING_TOO_HEAVY: row(
    422,
    'The mapping could not be tried in the time that there is for it.',
    'Make the mapping or the document smaller; `gradebridge check` takes the time it needs.',
  ),
} as const;
