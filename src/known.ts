import type { Config } from './config/config.ts';
import { isObject, type Json, type JsonObject, own } from './core/json.ts';
import type { Settings } from './store/settings.ts';

/** The name of what is known among the settings of the store. */
const KNOWN = 'known';
/** The public URLs that are kept; nobody moves that often. */
const MOST_URLS = 50;

/** What a gateway that served from a store was called, and what its tools, contexts and upstreams were. */
export interface Known {
  /** The public URLs of all that ever served, the latest last. */
  readonly urls: readonly string[];
  /** Of the latest configuration: the clientId of each tool. */
  readonly tools: Readonly<Record<string, string>>;
  /** The upstream and the class of each context. */
  readonly contexts: Readonly<Record<string, string>>;
  /** The base URL of each upstream. */
  readonly upstreams: Readonly<Record<string, string>>;
}

/** A name and what tells that a thing under another name is the same. */
type Traits = Readonly<Record<string, string>>;

function traitsOf<Entry>(entries: Readonly<Record<string, Entry>>, trait: (entry: Entry) => string): Traits {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, trait(entry)]));
}

/** What there is to know of a configuration. */
export function knownOf({ publicUrl, tools, contexts, upstreams }: Config): Known {
  return {
    urls: isLasting(publicUrl) ? [publicUrl] : [],
    tools: traitsOf(tools, ({ clientId }) => clientId),
    contexts: traitsOf(contexts, (context) => JSON.stringify([context.upstream, context.class])),
    upstreams: traitsOf(upstreams, ({ baseUrl }) => baseUrl),
  };
}

/** A port of 0 is another one at each start. */
function isLasting(publicUrl: string): boolean {
  return !publicUrl.endsWith(':0');
}

/** What a store knows; undefined where no gateway has written it yet. */
export async function readKnown({ read }: Pick<Settings, 'read'>): Promise<Known | undefined> {
  const text = await read(KNOWN);
  return text === undefined ? undefined : knownIn(text);
}

function knownIn(text: string): Known {
  const document: Json = JSON.parse(text);
  const of = (part: string): Json | undefined => (isObject(document) ? own(document, part) : undefined);
  const urls = of('urls');
  return {
    urls: Array.isArray(urls) ? urls.filter((url): url is string => typeof url === 'string') : [],
    tools: textsIn(of('tools')),
    contexts: textsIn(of('contexts')),
    upstreams: textsIn(of('upstreams')),
  };
}

function textsIn(value: Json | undefined): Traits {
  const entries: readonly [string, Json][] = isObject(value) ? Object.entries(value as JsonObject) : [];
  return Object.fromEntries(entries.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

/**
 * Writes down what a configuration is called before it is in force, so that no id is given out under a URL that a later gateway
 * would not know.
 *
 * @returns the public URLs that were in force before, without that of the configuration
 * @throws GradebridgeError STORE_UNAVAILABLE
 */
export async function keepKnown(settings: Settings, config: Config): Promise<readonly string[]> {
  const now = knownOf(config);
  const text = JSON.stringify(now);
  const first = await settings.settle(KNOWN, text);
  const urlsOf = (before: string): readonly string[] => [
    ...knownIn(before).urls.filter((url) => url !== config.publicUrl),
    ...now.urls,
  ];
  const next = (before: string): string | undefined => {
    const after = JSON.stringify({ ...now, urls: urlsOf(before).slice(-MOST_URLS) });
    return after === before ? undefined : after;
  };
  if (next(first) !== undefined) await settings.change(KNOWN, next);
  return urlsOf(first).filter((url) => url !== config.publicUrl);
}

/** The former URLs of a configuration: those that it names, and those that a store has seen. */
export function formerUrlsOf(
  { publicUrl, formerUrls }: Pick<Config, 'publicUrl' | 'formerUrls'>,
  seen: readonly string[],
): readonly string[] {
  return [...new Set([...formerUrls, ...seen])].filter((url) => url !== publicUrl);
}
