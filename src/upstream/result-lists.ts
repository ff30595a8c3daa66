import type { Call } from '../core/call.ts';
import { GradebridgeError } from '../core/errors.ts';
import { referenceOf } from '../core/identity.ts';
import type { JsonObject } from '../core/json.ts';
import { is, type Listing, listUrl, pagesOf } from './listing.ts';
import { type Dressing, FAMILIES, type Family } from './profile.ts';

/** Whose results are meant: all of a line item, or those of one student in it. */
export interface ResultPlace {
  readonly classId: string;
  readonly lineItemId: string;
  readonly studentId?: string | undefined;
}

/** OneRoster 1.2 allows two clauses in a filter; whether a result is active is looked at by whoever reads it. */
export function resultsUrl(
  family: Family,
  place: ResultPlace,
  { services }: Pick<Dressing, 'services'>,
): URL {
  return urlWith(family, place, { services, clauses: clausesOf(family, place) });
}

function urlWith(
  family: Family,
  { classId, lineItemId }: ResultPlace,
  { services, clauses }: Pick<Dressing, 'services'> & { readonly clauses: readonly string[] },
): URL {
  const root = services.gradebook;
  if (family !== 'lineItems') return listUrl(`${root}/${FAMILIES[family].results}`, clauses);
  const path = `classes/${encodeURIComponent(classId)}/lineItems/${encodeURIComponent(lineItemId)}/results`;
  return listUrl(`${root}/${path}`, clauses);
}

/** The clauses of a filter, those first that can be done without least. */
function clausesOf(family: Family, { lineItemId, studentId }: ResultPlace): readonly string[] {
  const ofLine = family === 'lineItems' ? [] : [is('assessmentLineItem.sourcedId', lineItemId)];
  return studentId === undefined ? ofLine : [...ofLine, is('student.sourcedId', studentId)];
}

type Page = readonly JsonObject[];

/**
 * Lists of results. A service that refuses to filter by a reference is asked with fewer clauses, and what was not wanted is left out
 * here; from then on it is not asked with more.
 *
 * @example const pages = createResultPages('lineItems', parts); for await (const page of pages(place, call)) …
 */
export function createResultPages(
  family: Family,
  parts: Listing['parts'],
): (place: ResultPlace, call: Call) => AsyncGenerator<Page> {
  const key = FAMILIES[family].results;
  let most = Number.POSITIVE_INFINITY;
  return async function* (place, call) {
    const clauses = clausesOf(family, place);
    for (let count = Math.min(clauses.length, most); ; count--) {
      const url = urlWith(family, place, { ...parts.dressing, clauses: clauses.slice(0, count) });
      let isBegun = false;
      try {
        for await (const page of pagesOf(url, { key, parts, call })) {
          isBegun = true;
          yield page.filter((document) => belongs(document, family, place));
        }
        // Only now is it known that the clauses were what was refused.
        most = count < clauses.length ? count : most;
        return;
      } catch (error) {
        const isRefused = error instanceof GradebridgeError && error.code === 'UPSTREAM_REQUEST_REJECTED';
        if (!isRefused || isBegun || count === 0) throw error;
      }
    }
  };
}

/** What does not say where it belongs is taken for what was asked for. */
function belongs(document: JsonObject, family: Family, { lineItemId, studentId }: ResultPlace): boolean {
  const [line, student] = [
    referenceOf(document, FAMILIES[family].lineItem),
    referenceOf(document, 'student'),
  ];
  if (line !== undefined && line !== lineItemId) return false;
  return studentId === undefined || student === undefined || student === studentId;
}
