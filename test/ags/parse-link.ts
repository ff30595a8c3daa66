import { createRequire } from 'node:module';

type Links = Readonly<Record<string, { readonly url: string } | undefined>>;

const here = createRequire(import.meta.url);

/** The parser of Link headers that ltijs uses; it has no types. */
export const parseLinkHeader: (header: string) => Links | null = createRequire(here.resolve('ltijs'))(
  'parse-link-header',
);
