/** What the admin API answers about what tools were told and OneRoster holds (docs/admin-api.md). */

export type RepairKind = 'revive' | 'remove' | 'restore' | 'leave';

export interface RepairOffer {
  readonly repair: RepairKind;
  readonly does: string;
  readonly isOwnDecision: boolean;
}

export interface ReconcileFinding {
  readonly id: string;
  readonly kind: string;
  readonly weight: 'wrong' | 'note';
  readonly isLeft?: boolean;
  readonly context: string;
  readonly tool?: string;
  readonly lineItem: string;
  readonly result?: string;
  readonly student?: string;
  readonly delivery?: string;
  readonly beside?: string;
  readonly says: string;
  readonly evidence: {
    readonly stands?: string;
    readonly waiting?: number;
    readonly failed?: number;
    readonly acknowledged?: number;
    readonly results?: number;
    readonly missed?: number;
    readonly places?: readonly { readonly oneroster: string; readonly isKnown: boolean }[];
  };
  readonly repairs: readonly RepairOffer[];
  readonly advice?: string;
}

export interface ReconcilePage {
  readonly items: readonly ReconcileFinding[];
  readonly next?: string;
  readonly looked: { readonly done: number; readonly of: number };
}

export interface RepairPlan extends RepairOffer {
  /** To be sent with the repair: when something else would be done by then, nothing is. */
  readonly plan: string;
  readonly finding: ReconcileFinding;
  readonly steps: readonly {
    readonly method: string;
    readonly object: 'lineItem' | 'result';
    readonly sourcedId: string;
    readonly places: readonly string[];
    readonly rescales?: number;
  }[];
}

/** What each kind of finding is called, for people. */
export const KIND_NAMES: Readonly<Record<string, string>> = {
  lineItemGone: 'line item gone',
  lineItemDoubled: 'line item doubled',
  lineItemOrphaned: 'line item without its tool',
  lineItemChanged: 'line item changed',
  resultMissing: 'result missing',
  resultChanged: 'result changed',
  resultDoubled: 'result doubled',
  resultOrphaned: 'student has left',
};

export const REPAIR_NAMES: Readonly<Record<RepairKind, string>> = {
  revive: 'Revive',
  remove: 'Remove',
  restore: 'Restore',
  leave: 'Leave',
};
