import { type ErrorCode, GradebridgeError } from './errors.ts';
import type { Issue } from './json.ts';
import type { Lens } from './lens.ts';

/** Errors whose issues name places of the OneRoster document. */
const ABOUT_DOCUMENT: ReadonlySet<ErrorCode> = new Set(['UPSTREAM_REJECTED', 'UPSTREAM_NOT_CLEARED']);

/**
 * Runs a write, and says what OneRoster did not accept in the names of the tool's document.
 *
 * @throws GradebridgeError what `write` throws, its issues translated by the rows of the mapping
 */
export async function inToolWords<Result>(lens: Lens, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof GradebridgeError) || !ABOUT_DOCUMENT.has(error.code)) throw error;
    const issues = error.details.issues?.map((issue) => translate(lens, issue)) ?? [];
    throw new GradebridgeError(error.code, { ...error.details, issues, cause: error.cause });
  }
}

function translate(lens: Lens, issue: Issue): Issue {
  const isAt = (place: string): boolean => issue.pointer === place || issue.pointer.startsWith(`${place}/`);
  const row = lens.plan.pairs.find((pair) => isAt(pair.oneroster));
  if (row !== undefined) return { ...issue, pointer: row.ags };
  return { ...issue, pointer: '', message: `${issue.pointer || 'The document'}: ${issue.message}` };
}
