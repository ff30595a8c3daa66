/**
 * The words of the main path, in the vocabulary of LTI AGS 2.0, which both faces share.
 *
 * - tool: a registered LTI client
 * - context: an LTI course, bound to one OneRoster class at one upstream
 * - line item: a column of the gradebook (AGS §3.2); in OneRoster a lineItem or an assessmentLineItem
 * - operation: what a tool asks for; outcome: what came of it
 */
import type { Receipt } from './delivery.ts';
import type { LineItemReference } from './identity.ts';
import type { JsonObject } from './json.ts';

/** What a token may be used for: the last part of the four AGS scopes (AGS §3.1). */
export const SCOPES = ['lineitem', 'lineitem.readonly', 'score', 'result.readonly'] as const;
export type Scope = (typeof SCOPES)[number];

/** The URL of a scope (AGS §3.1): `scopeUrl('score')`. */
export function scopeUrl(scope: Scope): string {
  return `https://purl.imsglobal.org/spec/lti-ags/scope/${scope}`;
}

declare const authenticated: unique symbol;

/** Who is calling, as a guard has established it: the main path cannot be entered without one. */
export interface Caller {
  readonly [authenticated]: true;
  readonly tool: string;
  readonly context: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly resourceLinkId?: string;
  /** The names that tool and context had before, oldest first; absent where neither was ever renamed. */
  readonly former?: { readonly tool: readonly string[]; readonly context: readonly string[] } | undefined;
}

/** The filters of AGS §3.2.4, which are joined with AND. */
export interface LineItemFilter {
  readonly resourceLinkId?: string;
  readonly resourceId?: string;
  readonly tag?: string;
}

/** Which part of a list is wanted. */
export interface PageRequest {
  readonly limit?: number;
  /** The sourcedId that the page follows; absent for the first page. */
  readonly after?: string;
}

/** Conditions of RFC 9110 §13.1 on the line item as it stands. */
export interface Conditions {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
}

/** A request that a client may repeat: its key, and what it said, in one text. */
export interface Repeatable {
  readonly key: string;
  readonly said: string;
}

/**
 * What an id of a column and of a user stood for when a write was promised: another class, service or way to find students makes
 * another column or student of the same ids.
 */
export interface Binding {
  /** Digest of the service, class, family and way to find students. */
  readonly place: string;
  /** The student, where a table of the configuration names it. */
  readonly student?: string;
}

export type Operation =
  | { readonly kind: 'listLineItems'; readonly filter: LineItemFilter; readonly page: PageRequest }
  | { readonly kind: 'createLineItem'; readonly lineItem: JsonObject; readonly once?: Repeatable }
  | { readonly kind: 'getLineItem'; readonly line: LineItemReference }
  | {
      readonly kind: 'replaceLineItem';
      readonly line: LineItemReference;
      readonly lineItem: JsonObject;
      readonly conditions: Conditions;
      /** The line item that the body itself names, when it does. */
      readonly named?: LineItemReference;
      /** Whether an unknown id makes a new line item: yes on /api, no in AGS (§3.2.6). */
      readonly orCreate: boolean;
      /** Whether the resource link cannot change: no on /api, yes in AGS (§3.2.6). */
      readonly keepsLink: boolean;
      /** Of one that waits: where it was to go. */
      readonly binding?: Binding;
    }
  | { readonly kind: 'deleteLineItem'; readonly line: LineItemReference; readonly conditions: Conditions }
  | {
      readonly kind: 'postScore';
      readonly line: LineItemReference;
      readonly score: JsonObject;
      /** Whether the timestamp is that of the arrival, because the tool gave none (LTIAAS has none). */
      readonly isStamped: boolean;
      readonly once?: Repeatable;
      /** Of one that waits: where it was to go, and to whom. */
      readonly binding?: Binding;
    }
  | { readonly kind: 'readReceipt'; readonly id: string }
  | {
      readonly kind: 'readResults';
      readonly line: LineItemReference;
      readonly userId?: string;
      readonly page: PageRequest;
    };

/** A line item as a face shows it; each face makes its own id of the sourcedId and the url. */
export interface LineItemView {
  readonly sourcedId: string;
  /** The URL under which the tool knows it, when that is not one of ours. */
  readonly url?: string;
  /** AGS members without `id`. */
  readonly lineItem: JsonObject;
}

/** A result as a face shows it (AGS §3.3): its ids are made by the face. */
export interface ResultView {
  readonly userId: string;
  /** AGS members without `id`, `userId` and `scoreOf`. */
  readonly result: JsonObject;
}

/** A page of a list, and the `after` of its neighbours; an absent one has no such page. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: PageRequest;
  readonly prev?: PageRequest;
  readonly first?: PageRequest;
  readonly last?: PageRequest;
}

export type Outcome =
  | {
      readonly kind: 'lineItem';
      readonly how: 'read' | 'created' | 'replaced';
      readonly view: LineItemView;
      readonly etag: string;
    }
  | { readonly kind: 'lineItems'; readonly filter: LineItemFilter; readonly page: Page<LineItemView> }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'scoreTaken'; readonly line: LineItemView; readonly userId: string }
  /** A person must decide whether the line item is replaced; it is shown as it stands. */
  | {
      readonly kind: 'lineItemHeld';
      readonly view: LineItemView;
      readonly etag: string;
      readonly receipt: Receipt;
    }
  /** The score is written down, and will reach the gradebook when OneRoster can take it. */
  | { readonly kind: 'scorePromised'; readonly receipt: Receipt }
  | { readonly kind: 'receipt'; readonly receipt: Receipt }
  | {
      readonly kind: 'results';
      readonly line: LineItemView;
      readonly userId?: string;
      readonly page: Page<ResultView>;
    };
