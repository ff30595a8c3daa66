import { useEffect, useState } from 'preact/hooks';

/** Where one is: everything that a page shows follows from it, so that an address can be sent to somebody else. */
export interface Place {
  /** The first segment after /console: '' for the overview, 'traffic' … */
  readonly page: string;
  /** The second segment, decoded: an id or a name. */
  readonly id: string | undefined;
  readonly query: URLSearchParams;
}

const ROOT = '/console';
const listeners = new Set<() => void>();

function here(): Place {
  const [page = '', id] = location.pathname.slice(ROOT.length).split('/').filter(Boolean);
  return {
    page,
    id: id === undefined ? undefined : decoded(id),
    query: new URLSearchParams(location.search),
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** @example href('traffic', 'req-1') // '/console/traffic/req-1' */
export function href(
  page: string,
  id?: string | number,
  query: Readonly<Record<string, string>> = {},
): string {
  const search = new URLSearchParams(query).toString();
  const path = [ROOT, page, ...(id === undefined ? [] : [encodeURIComponent(id)])].join('/');
  return search === '' ? path : `${path}?${search}`;
}

/** Goes to an address of the console without loading the page anew. */
export function go(address: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  for (const listener of listeners) listener();
}

/** Changes parts of the query and leaves the rest; undefined and '' take a part away. */
export function setQuery(
  parts: Readonly<Record<string, string | undefined>>,
  options: { readonly replace?: boolean } = {},
): void {
  go(queryHref(parts), options);
}

/** The address that `setQuery` goes to, for links. */
export function queryHref(parts: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(parts)) {
    if (value === undefined || value === '') query.delete(name);
    else query.set(name, value);
  }
  const search = query.toString();
  return search === '' ? location.pathname : `${location.pathname}?${search}`;
}

/** The place, anew whenever it changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const update = (): void => setPlace(here());
    listeners.add(update);
    addEventListener('popstate', update);
    return () => {
      listeners.delete(update);
      removeEventListener('popstate', update);
    };
  }, []);
  return place;
}

/** Lets ordinary links within the console change the place; those with a modifier key do what the browser does. */
export function followLinks(): void {
  document.addEventListener('click', (event) => {
    const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
    if (link === undefined || event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const { origin, pathname, search, hash } = new URL(link.href, location.href);
    const isOurs = origin === location.origin && (pathname === ROOT || pathname.startsWith(`${ROOT}/`));
    if (!isOurs || hash !== '' || link.target !== '' || link.hasAttribute('download')) return;
    event.preventDefault();
    go(pathname + search);
  });
}
