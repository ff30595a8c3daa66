/** The gateway's public URL, and those that it had before; none ends in a slash. */
export interface PublicUrls {
  readonly publicUrl: string;
  readonly formerUrls?: readonly string[];
}

/** A URL that may be one of ours. */
export interface OwnUrl {
  /** What follows the public URL, from the slash on. */
  readonly path: string;
  /** True where the gateway's own URL, now or before, comes before the path; else any host may. */
  readonly isKnown: boolean;
}

interface Base {
  readonly host: string;
  readonly path: string;
}

const DEFAULT_PORT: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

/** Split as text: a URL parser would take steps in the path that percent-encoded ids must not take. */
function split(url: string): { readonly host: string; readonly path: string } | undefined {
  const [, scheme = '', authority = '', path = ''] = /^(https?):\/\/([^/?#]+)(.*)$/is.exec(url) ?? [];
  if (authority === '') return undefined;
  const host = authority.toLowerCase();
  const port = DEFAULT_PORT[scheme.toLowerCase()] ?? '';
  return { host: host.endsWith(port) ? host.slice(0, -port.length) : host, path };
}

/**
 * Reads URLs as our own. The scheme does not count: a gateway that goes from http to https keeps its ids.
 *
 * @param root the first part of the paths that are ours: under an unknown host, the path begins there
 * @returns a function that answers undefined for a URL in which there is nothing of ours
 * @example createOwnUrls({ publicUrl: 'https://new.example' }, '/lti/')('https://old.example/x/lti/y') // { path: '/lti/y', isKnown: false }
 */
export function createOwnUrls(
  { publicUrl, formerUrls = [] }: PublicUrls,
  root: string,
): (url: string) => OwnUrl | undefined {
  const bases = [publicUrl, ...formerUrls]
    .flatMap((url): readonly Base[] => [split(url) ?? []].flat())
    // The longest first: one may lie below another.
    .sort((left, right) => right.path.length - left.path.length);
  return (url) => {
    // Nearly every URL is of today, as it was given out.
    if (url.startsWith(publicUrl) && url.startsWith(root, publicUrl.length))
      return { path: url.slice(publicUrl.length), isKnown: true };
    const found = split(url);
    if (found === undefined) return undefined;
    for (const { host, path } of bases)
      if (found.host === host && found.path.startsWith(`${path}/`))
        return { path: found.path.slice(path.length), isKnown: true };
    const at = found.path.lastIndexOf(root);
    return at < 0 ? undefined : { path: found.path.slice(at), isKnown: false };
  };
}
