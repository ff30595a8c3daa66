import type { Config } from '../config/config.ts';
import { isObject, type Json, type JsonObject, own } from '../core/json.ts';
import { namesIn } from '../core/names.ts';
import { type Known, knownOf } from '../known.ts';

/** A change of names that is not in force yet, and what it would do. */
export interface Move {
  /** Where in the configuration, as a JSON Pointer. */
  readonly place: string;
  readonly message: string;
  readonly remedy: string;
}

const PARTS = ['upstreams', 'contexts', 'tools'] as const;
type Part = (typeof PARTS)[number];

/** An entry whose name is in force, and is not in the configuration that is to come. */
interface Gone {
  readonly part: Part;
  readonly name: string;
  /** An entry that is new and has the same client id, class or address. */
  readonly heir: string | undefined;
}

const KINDS: Readonly<Record<Part, { readonly kind: string; readonly effect: string }>> = {
  upstreams: {
    kind: 'upstream',
    effect: 'what waits for it is not delivered, and metadata that the store keeps for it is not read',
  },
  contexts: {
    kind: 'context',
    effect:
      'keys for it end, ids and URLs with its name are 404, what was promised in it fails, and a URL that a tool gave as an id names another line item: a PUT makes a second column',
  },
  tools: {
    kind: 'tool',
    effect:
      'its keys end, it no longer reaches the line items that it made, and what was promised to it fails; a PUT to a URL that it gave as an id makes a second column',
  },
};

function goneMove({ part, name, heir }: Gone): Move {
  const { kind, effect } = KINDS[part];
  const former = `"formerNames": ["${name}"]`;
  const remedy =
    heir === undefined
      ? `if it was renamed, add ${former} to the entry that it is now`
      : `"${heir}" looks like it under a new name: add ${former} to it`;
  return { place: `/${part}/${name}`, message: `the ${kind} "${name}" is gone: ${effect}`, remedy };
}

function urlMove(before: string, after: string): Move {
  return {
    place: '/publicUrl',
    message: `the public URL changes from ${before} to ${after}: answers give ids, page links and receipts under the new one; those under the old one stay good, and so do tokens and assertions`,
    remedy: `have ${before} lead to this gateway until every tool uses the new addresses, and change what names it elsewhere, such as the redirect URI of sign-in`,
  };
}

function classMove(context: string): Move {
  return {
    place: `/contexts/${context}`,
    message: `the context "${context}" gets another class or upstream: line items of the one before are 404 to tools, and their scores are refused`,
    remedy: 'leave the context as it is, and add another one for the other class',
  };
}

/**
 * Changes of names between what a gateway on the store served last, and a configuration that it has not served yet.
 *
 * @example movesBetween(known, config).map(({ message }) => message)
 */
export function movesBetween(known: Known, config: Config): readonly Move[] {
  const next = knownOf(config);
  const last = known.urls.at(-1);
  const isMoved = last !== undefined && last !== config.publicUrl && next.urls.length > 0;
  return [
    ...(isMoved ? [urlMove(last, config.publicUrl)] : []),
    ...PARTS.flatMap((part) =>
      goneIn(known[part], next[part], namesIn(config[part]).current).map((gone) =>
        goneMove({ part, ...gone }),
      ),
    ),
    ...Object.entries(known.contexts).flatMap(([name, before]) => {
      const after = next.contexts[namesIn(config.contexts).current(name)];
      return after === undefined || isSamePlace(before, after, config) ? [] : [classMove(name)];
    }),
  ];
}

/** True for a context that stays where it was. Where its upstream is gone, that is said of the upstream. */
function isSamePlace(before: string, after: string, { upstreams }: Config): boolean {
  const [[upstream, classId], [upstreamNow, classNow]] = [before, after].map(
    (trait) => JSON.parse(trait) as readonly [string, string],
  ) as [readonly [string, string], readonly [string, string]];
  const current = namesIn(upstreams).current(upstream);
  return classId === classNow && (current === upstreamNow || !Object.hasOwn(upstreams, current));
}

type Traits = Readonly<Record<string, string>>;

function goneIn(
  before: Traits,
  after: Traits,
  current: (name: string) => string,
): readonly Omit<Gone, 'part'>[] {
  return Object.entries(before)
    .filter(([name]) => !Object.hasOwn(after, current(name)))
    .map(([name, trait]) => ({
      name,
      heir: Object.keys(after).find((other) => !Object.hasOwn(before, other) && after[other] === trait),
    }));
}

/**
 * The same between what a gateway runs and its file, from the rows that it answers.
 *
 * @param rows as `GET /configuration/diff` has them
 * @example movesInRows([{ pointer: '/publicUrl', running: 'https://a', file: 'https://b' }]).length // 1
 */
export function movesInRows(rows: readonly JsonObject[]): readonly Move[] {
  const former = new Set(rows.flatMap(formerNamesIn));
  return rows.flatMap((row): readonly Move[] => {
    const pointer = String(row['pointer']);
    const [running, file] = [row['running'], row['file']];
    if (pointer === '/publicUrl') return [urlMove(String(running), String(file))];
    const [, part = '', name = '', member] = PLACE.exec(pointer) ?? [];
    if (part === 'contexts' && (member === 'class' || member === 'upstream')) {
      const isOfUpstream =
        member === 'upstream' && rows.some((row) => row['pointer'] === `/upstreams/${running}`);
      return isOfUpstream ? [] : [classMove(name)];
    }
    if (member !== undefined || file !== undefined || running === undefined) return [];
    if (former.has(`${part}/${name}`)) return [];
    return [goneMove({ part: part as Part, name, heir: heirIn(rows, part as Part, running) })];
  });
}

const PLACE = /^\/(upstreams|contexts|tools)\/([^/]+)(?:\/([^/]+))?/;

function formerNamesIn({ pointer, file }: JsonObject): readonly string[] {
  const [, part, , member] = PLACE.exec(String(pointer)) ?? [];
  const names = member === undefined && isObject(file) ? own(file, 'formerNames') : file;
  if (part === undefined || (member !== undefined && member !== 'formerNames')) return [];
  return Array.isArray(names) ? names.map((name) => `${part}/${String(name)}`) : [];
}

const TRAITS: Readonly<Record<Part, readonly string[]>> = {
  upstreams: ['baseUrl'],
  contexts: ['upstream', 'class'],
  tools: ['clientId'],
};

function heirIn(rows: readonly JsonObject[], part: Part, gone: Json): string | undefined {
  const trait = (entry: Json | undefined): string =>
    JSON.stringify(TRAITS[part].map((member) => (isObject(entry) ? own(entry, member) : undefined)));
  const heir = rows.find(({ pointer, running, file }) => {
    const [, of, , member] = PLACE.exec(String(pointer)) ?? [];
    return of === part && member === undefined && running === undefined && trait(file) === trait(gone);
  });
  return heir && PLACE.exec(String(heir['pointer']))?.[2];
}

/** Moves as lines for people: `moveLines(moves)`. */
export function moveLines(moves: readonly Move[]): readonly string[] {
  return moves.flatMap(({ place, message, remedy }) => [
    `Before it takes effect, ${place}: ${message}.`,
    `  → ${remedy}`,
  ]);
}
