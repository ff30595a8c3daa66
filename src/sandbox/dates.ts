const dateForm = /^(\d{4})-(\d{2})-(\d{2})$/;
const dateTimeForm = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Whether the text is a calendar date, `2025-02-30` being none. */
export function isDate(text: string): boolean {
  const parts = dateForm.exec(text);
  if (!parts) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const at = new Date(Date.UTC(year, month - 1, day));
  // Date rolls the 30th of February over into March instead of refusing it.
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
}

/** Whether the text is an ISO 8601 date-time with seconds and a time zone. */
export function isDateTime(text: string): boolean {
  const parts = dateTimeForm.exec(text);
  return parts !== null && isDate(parts[1] ?? '') && !Number.isNaN(Date.parse(text));
}

/** Milliseconds since the epoch; a bare date is midnight UTC. NaN for anything else. */
export function instant(text: string): number {
  return isDate(text) || isDateTime(text) ? Date.parse(text) : Number.NaN;
}
