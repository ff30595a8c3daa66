import { compileText, type MappingFault, plansOf } from '../config/mappings.ts';
import { GradebridgeError } from '../core/errors.ts';
import { WROTE_MARK } from '../core/identity.ts';
import { type Issue, isObject, type Json, type JsonObject, own } from '../core/json.ts';
import { type Lens, lensOf } from '../core/lens.ts';
import type { Operation } from '../core/operation.ts';
import { formatPointer, parsePointer, withValue } from '../core/pointer.ts';
import { settleScore } from '../core/result.ts';
import { STANDARD_NAMES } from '../core/standard-names.ts';
import { isActive } from '../core/status.ts';
import { differencesBetween } from './differences.ts';
import type { RecordedRequest } from './recorded-request.ts';
import { REDACTED, standInsFor } from './stand-ins.ts';

export { REDACTED } from './stand-ins.ts';

/** What a draft would have changed of one write. */
export interface WhatIfItem {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly tool: string;
  readonly context: string;
  /** By place in the OneRoster document. Without `before` or `after`, there was or would be none. */
  readonly differences: readonly {
    readonly pointer: string;
    readonly before?: Json;
    readonly after?: Json;
  }[];
  /** Set when the one refuses what the other takes: the issues of the refusal. */
  readonly refused?: { readonly before?: readonly Issue[]; readonly after?: readonly Issue[] };
}

export interface WhatIf {
  /** The writes that were tried. */
  readonly tried: number;
  /** Those of another resource, or recorded without what they need. */
  readonly skipped: number;
  /** Those that would have been otherwise. */
  readonly items: readonly WhatIfItem[];
}

/**
 * What OneRoster would have received with a draft in place of the active mapping, for writes that were recorded. Both lenses map
 * the same words over the same document, as if nobody had edited it; the marks of the gateway are left out.
 *
 * @example whatIf(draft, active, requests).items[0]?.differences // [{ pointer: '/title', before: 'Quiz', after: 'QUIZ' }]
 */
export function whatIf(draft: Lens, active: Lens, requests: readonly RecordedRequest[]): WhatIf {
  const items: WhatIfItem[] = [];
  let tried = 0;
  for (const request of requests) {
    const [before, after] = [received(active, request), received(draft, request)];
    if (before === undefined || after === undefined) continue;
    tried++;
    const item = itemOf(request, before, after);
    if (item !== undefined) items.push(item);
  }
  return { tried, skipped: requests.length - tried, items };
}

/** Texts of two mappings of one name, and the writes that they are tried on. */
export interface WhatIfAsked {
  readonly name: string;
  readonly draft: string;
  readonly active: string;
  /** Texts that were in force, the newest first; what they have written may stand. */
  readonly earlier: readonly string[];
  readonly requests: readonly RecordedRequest[];
  /** Whether values are shown: to an operator, for a reason that stands in the audit. */
  readonly isRevealed: boolean;
}

/**
 * The same for texts. Where nothing is revealed, both mappings are tried on stand-ins for all that tools and students have said:
 * a mapping that its author has sent can tell any two values apart, by a constant, a table or a refusal, so it gets none to see.
 *
 * @returns plain data; the faults of the first text that is no mapping
 * @example answerWhatIf({ name: 'result', draft, active, requests, isRevealed: false })
 */
export function answerWhatIf({ name, requests, isRevealed, ...texts }: WhatIfAsked): WhatIf | NoMapping {
  const [draft, active] = [compileText(texts.draft, name), compileText(texts.active, name)];
  if ('faults' in draft) return draft;
  if ('faults' in active) return active;
  const plans = plansOf(texts.earlier);
  const [young, old] = [draft, active].map(({ lens }) => lensOf(lens.plan, plans)) as [Lens, Lens];
  if (isRevealed) return whatIf(young, old, requests);
  return redacted(whatIf(young, old, standInsFor(requests, old)), [old], [young, old]);
}

type NoMapping = { readonly faults: readonly MappingFault[] };

/** What OneRoster gets for a write: a document, none because it is not recorded, or a refusal. */
type Received = { readonly document: JsonObject | undefined } | { readonly issues: readonly Issue[] };

function received(lens: Lens, request: RecordedRequest): Received | undefined {
  const said = saidBy(lens, request);
  if (said === undefined) return undefined;
  if (isUnrecorded(lens, said)) return { document: undefined };
  const { base, values, now } = request;
  try {
    const { document } = lens.toOneRoster(said, { context: values, now, ...(base && { base }) });
    return { document: withValue(document, WROTE_MARK, undefined) };
  } catch (error) {
    if (!(error instanceof GradebridgeError) || error.code !== 'UNMAPPABLE') throw error;
    return { issues: error.details.issues ?? [] };
  }
}

/** The document that the lens was given, in AGS words; undefined when the request is not one for it. */
function saidBy(lens: Lens, { operation, base, lineItem }: RecordedRequest): JsonObject | undefined {
  const isOfResults = /result$/i.test(lens.plan.mapping.resource);
  if (operation.kind === 'postScore') {
    const scoreMaximum = lineItem && own(lineItem, 'scoreMaximum');
    if (!isOfResults || typeof scoreMaximum !== 'number') return undefined;
    const isStanding = base !== undefined && isActive(base);
    const standing = isStanding ? lens.toAgs(base).document : undefined;
    return settleScore(operation.score, { scoreMaximum, lens, ...(standing && { standing }) });
  }
  if (isOfResults) return undefined;
  if (operation.kind === 'createLineItem') return operation.lineItem;
  return operation.kind === 'replaceLineItem' ? withLink(lens, operation, base) : undefined;
}

/** In AGS the resource link of a line item cannot change; leaving it out leaves it as it is (§3.2.6). */
function withLink(
  lens: Lens,
  { lineItem, keepsLink }: Extract<Operation, { kind: 'replaceLineItem' }>,
  base: JsonObject | undefined,
): JsonObject {
  const link = keepsLink && base !== undefined ? lens.read(base, '/resourceLinkId') : undefined;
  return link === undefined ? lineItem : { ...lineItem, resourceLinkId: link };
}

/** A status table may say of some progress that it is not recorded. */
function isUnrecorded({ plan }: Lens, said: JsonObject): boolean {
  const row = plan.pairs.find(({ ags }) => ags === '/progress');
  return row !== undefined && row.codec.encode(own(said, 'progress') ?? null) === null;
}

function itemOf(
  { id, at, tool, context }: RecordedRequest,
  before: Received,
  after: Received,
): WhatIfItem | undefined {
  const who = { id, at: new Date(at).toISOString(), tool, context };
  if ('issues' in before || 'issues' in after) {
    if ('issues' in before && 'issues' in after) return undefined;
    const side = 'issues' in before ? { before: before.issues } : {};
    const other = 'issues' in after ? { after: after.issues } : {};
    return { ...who, differences: [], refused: { ...side, ...other } };
  }
  const differences = differencesBetween(before.document, after.document).map(
    ({ pointer, expected, actual }) => ({
      pointer,
      ...(expected !== undefined && { before: expected }),
      ...(actual !== undefined && { after: actual }),
    }),
  );
  return differences.length === 0 ? undefined : { ...who, differences };
}

/**
 * The same without what tools and students have said: the structure stays, and so do the words that the active mapping writes,
 * such as a status. Numbers never do: one that stands in a mapping is a score as well.
 *
 * @param lenses those whose words are shown: the active one, never a draft, which holds whatever its author wants to see
 * @param naming those whose names of members are shown
 */
export function redacted(found: WhatIf, lenses: readonly Lens[], naming: readonly Lens[] = lenses): WhatIf {
  const known: Known = { words: wordsIn(lenses), names: namesIn(naming) };
  const mask = (value: Json): Json => masked(value, known);
  return {
    ...found,
    items: found.items.map((item) => ({
      ...item,
      differences: item.differences.map(({ pointer, before, after }) => ({
        pointer: maskedPointer(pointer, known),
        ...(before !== undefined && { before: mask(before) }),
        ...(after !== undefined && { after: mask(after) }),
      })),
    })),
  };
}

interface Known {
  readonly words: ReadonlySet<Json>;
  readonly names: ReadonlySet<string>;
}

/** What the rows of a mapping write themselves. */
function wordsIn(lenses: readonly Lens[]): ReadonlySet<Json> {
  const words = new Set<Json>();
  for (const { plan } of lenses)
    for (const { constant, default: fallback, codec } of plan.mapping.fields) {
      const written = { constant: constant ?? null, fallback: { ...fallback }, codec: codec ?? null };
      collectWords(written as Json, words);
    }
  return words;
}

function collectWords(value: Json, words: Set<Json>): void {
  if (Array.isArray(value)) for (const item of value) collectWords(item, words);
  else if (isObject(value)) for (const member of Object.values(value)) collectWords(member, words);
  else if (typeof value === 'string') words.add(value);
}

function namesIn(lenses: readonly Lens[]): ReadonlySet<string> {
  const pointers = lenses.flatMap(({ plan: { mapping } }) => [
    mapping.stash?.oneroster,
    ...mapping.fields.flatMap(({ ags, oneroster }) => [ags, oneroster]),
  ]);
  const named = pointers.flatMap((pointer) =>
    pointer === undefined ? [] : [pointer, ...(parsePointer(pointer) ?? [])],
  );
  return new Set([...STANDARD_NAMES, ...OF_STASH, ...named]);
}

const OF_STASH = ['members', 'originals', 'was', 'wrote'];

/** A tool may have written anything into the name of a member of its own. */
function maskedPointer(pointer: string, { names }: Known): string {
  return formatPointer((parsePointer(pointer) ?? []).map((name) => (names.has(name) ? name : REDACTED)));
}

function masked(value: Json, known: Known): Json {
  if (Array.isArray(value)) return value.map((item: Json) => masked(item, known));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [
        known.names.has(name) ? name : REDACTED,
        masked(item, known),
      ]),
    );
  return value === null || typeof value === 'boolean' || known.words.has(value) ? value : REDACTED;
}
