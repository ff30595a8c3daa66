import { isObject, type Json, type JsonObject, own } from './json.ts';

/** Where a row reads and writes: a member of one of the side's holders. */
export interface Place {
  readonly tokens: readonly string[];
  /** Number of the object that holds the member; 0 is the document itself. */
  readonly holder: number;
  readonly name: string;
}

/** An object that holds places: a member of the document, or of a holder with a lower number. */
export interface Holder {
  readonly parent: number;
  readonly name: string;
}

/**
 * The places of one side of a mapping. Rows that share an object share its holder, so that a document's objects are looked
 * up once for all rows, and not once for each.
 *
 * @example places.add(['metadata', 'ltiTag']) // { tokens: ['metadata', 'ltiTag'], holder: 1, name: 'ltiTag' }
 */
export class Places {
  /** Holder number 1 and up, in this order: the document itself, number 0, is nobody's member. */
  readonly holders: Holder[] = [];
  /** By the number of a holder, those of the holders in it. */
  readonly #numbers: Map<string, number>[] = [];

  add(tokens: readonly string[]): Place {
    let holder = 0;
    for (const name of tokens.slice(0, -1)) holder = this.#numberOf(holder, name);
    return { tokens, holder, name: tokens[tokens.length - 1] as string };
  }

  #numberOf(parent: number, name: string): number {
    const inside = this.#numbers[parent] ?? new Map<string, number>();
    this.#numbers[parent] = inside;
    const number = inside.get(name) ?? this.holders.push({ parent, name });
    inside.set(name, number);
    return number;
  }
}

/** The holders of one document by number, undefined where it has no such object. */
export type Opened = readonly (JsonObject | undefined)[];

/** Looks up the holders of a document: `open({ metadata: {} }, places.holders)` is `[{ metadata: {} }, {}]`. */
export function open(document: JsonObject, holders: readonly Holder[]): (JsonObject | undefined)[] {
  const opened: (JsonObject | undefined)[] = [document];
  for (const { parent, name } of holders) {
    const above = opened[parent];
    const inside = above === undefined ? undefined : own(above, name);
    opened.push(isObject(inside) ? inside : undefined);
  }
  return opened;
}

/** The value at a place of an opened document: `at(open({ label: 'Quiz' }, []), labelPlace) === 'Quiz'`. */
export function at(opened: Opened, place: Place): Json | undefined {
  const holder = opened[place.holder];
  return holder === undefined ? undefined : own(holder, place.name);
}
