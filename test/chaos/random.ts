import { createHash } from 'node:crypto';

/** Numbers that are drawn from a seed: the same name gives the same numbers, in the same order. */
export interface Random {
  /** From 0 to 1, without 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** A key of a table of weights. */
  weighted<Key extends string>(weights: Readonly<Record<Key, number>>): Key;
}

/**
 * @param names what the numbers are for: two streams of other names have nothing to do with each other
 * @example createRandom(7, 'pair', 12).between(1, 6)
 */
export function createRandom(...names: readonly (string | number)[]): Random {
  let state = createHash('sha256').update(JSON.stringify(names)).digest().readUInt32LE();
  // Mulberry32: enough for a plan, and short.
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)] as (typeof items)[number],
    weighted: (weights) => {
      const entries = Object.entries(weights) as [keyof typeof weights & string, number][];
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [key, weight] of entries) {
        left -= weight;
        if (left < 0) return key as never;
      }
      return entries.at(-1)?.[0] as never;
    },
  };
}
