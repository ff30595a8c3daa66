/** Levels of a JSON text that a person or a program wrote: no document of either standard has a tenth of them. */
export const MOST_LEVELS = 100;

/**
 * Whether a JSON text has more levels than may be walked: what visits a document calls itself once for each level, and a text of
 * brackets alone would take the whole stack. One pass over the text, and nothing is kept.
 *
 * @example isNestedDeeper('[[1]]', 1) // true
 */
export function isNestedDeeper(text: string, most: number = MOST_LEVELS): boolean {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isInText) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) isInText = false;
    } else if (code === QUOTE) isInText = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > most) return true;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
  }
  return false;
}

const [QUOTE, BACKSLASH, OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [34, 92, 91, 93, 123, 125];

/** Whether a document has more levels than that, found without calling itself: `isDeeper([[1]], 1)`. */
export function isDeeper(document: unknown, most: number = MOST_LEVELS): boolean {
  let level: readonly unknown[] = [document];
  for (let depth = 0; level.length > 0; depth++) {
    level = level
      .flatMap((value) => (typeof value === 'object' && value !== null ? [Object.values(value)] : []))
      .flat();
    if (depth >= most && level.length > 0) return true;
  }
  return false;
}
