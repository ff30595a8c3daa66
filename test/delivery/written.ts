import type { Document, World } from '../exchange/world.ts';

/** The objects of a collection that the gateway has written, as OneRoster holds them now, and others by their ids. */
export function writtenIn(
  world: World,
  collection: string,
  ...others: readonly string[]
): readonly Document[] {
  const paths = world.writes().filter(({ path }) => path.split('/').at(-2) === collection);
  const ids = new Set([
    ...paths.map(({ path }) => decodeURIComponent(path.split('/').at(-1) ?? '')),
    ...others,
  ]);
  return [...ids].flatMap((id) => {
    const found = world.sandbox.find(collection, id);
    return found === undefined ? [] : [found as Document];
  });
}
