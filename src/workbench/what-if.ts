import { GradebridgeError } from '../core/errors.ts';
import { WROTE_MARK } from '../core/identity.ts';
import { type Issue, isObject, type Json, type JsonObject, own } from '../core/json.ts';
import type { Lens } from '../core/lens.ts';
import type { Operation } from '../core/operation.ts';
import { withValue } from '../core/pointer.ts';
import { settleScore } from '../core/result.ts';
import { isActive } from '../core/status.ts';
import { differencesBetween } from './differences.ts';
import type { RecordedRequest } from './ports.ts';

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

/** What is shown in place of a value that may be a student's. */
export const REDACTED = '•••';

/**
 * The same without what tools and students have said: the structure stays, and so do words that stand in one of the mappings
 * themselves, such as a status.
 */
export function redacted(found: WhatIf, lenses: readonly Lens[]): WhatIf {
  const words = new Set<Json>();
  for (const { plan } of lenses) collectWords(plan.mapping.fields as unknown as Json, words);
  const mask = (value: Json): Json => masked(value, words);
  return {
    ...found,
    items: found.items.map((item) => ({
      ...item,
      differences: item.differences.map(({ pointer, before, after }) => ({
        pointer,
        ...(before !== undefined && { before: mask(before) }),
        ...(after !== undefined && { after: mask(after) }),
      })),
    })),
  };
}

function collectWords(value: Json, words: Set<Json>): void {
  if (Array.isArray(value)) for (const item of value) collectWords(item, words);
  else if (isObject(value)) for (const member of Object.values(value)) collectWords(member, words);
  else words.add(value);
}

function masked(value: Json, words: ReadonlySet<Json>): Json {
  if (Array.isArray(value)) return value.map((item: Json) => masked(item, words));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, masked(item, words)]));
  return value === null || typeof value === 'boolean' || words.has(value) ? value : REDACTED;
}
