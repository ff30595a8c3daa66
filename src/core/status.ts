import { type JsonObject, own } from './json.ts';

/** How OneRoster marks what is deleted: softly. `inactive` is the word of OneRoster 1.1 for the same (OneRoster 1.2, Base). */
const DELETED: ReadonlySet<string> = new Set(['tobedeleted', 'inactive']);

/**
 * True for a OneRoster object that is not marked as deleted. The letter case does not count: services are seen to answer
 * `Active` and `ToBeDeleted` where the standard has lower case. An object without a status is active.
 *
 * @example isActive({ status: 'ToBeDeleted' }) // false
 */
export function isActive(document: JsonObject): boolean {
  const status = own(document, 'status');
  return status === 'active' || typeof status !== 'string' || !DELETED.has(status.trim().toLowerCase());
}
