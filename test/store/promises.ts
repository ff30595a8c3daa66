import { randomUUID } from 'node:crypto';
import { type NewDelivery, positionOf, type Settlement } from '../../src/core/delivery.ts';
import type { OpenedStore } from '../../src/store/store.ts';

export const NOW = Date.UTC(2026, 2, 6);
/** Objects whose metadata is kept here. */
export const SHELF = { upstream: 'sis', collection: 'results' };

/** The promise of a score of a second after NOW, at an upstream and for a target of its own. */
export function promise(second: number, change: Partial<NewDelivery> = {}): NewDelivery {
  const timestamp = new Date(NOW + second * 1000).toISOString();
  const target = change.target ?? randomUUID();
  return {
    id: randomUUID(),
    target,
    position: positionOf(timestamp),
    fingerprint: `print-${second}`,
    upstream: `of-${target}`,
    tool: 'quizzer',
    context: 'math-101',
    line: { sourcedId: 'line-1' },
    timestamp,
    operation: { kind: 'postScore', score: { second, comment: 'for her alone \0 é' } },
    state: 'accepted',
    errorCode: 'UPSTREAM_DOWN',
    due: NOW,
    acceptedAt: NOW,
    ...change,
  };
}

/** A target and an upstream that no other test knows. */
export function place(): { readonly target: string; readonly upstream: string } {
  return { target: randomUUID(), upstream: randomUUID() };
}

export interface TakeChange {
  readonly now?: number;
  readonly leaseUntil?: number;
  readonly most?: number;
}

/** Takes as a lane would, as a holder of its own. */
export function take({ deliveries }: OpenedStore, upstream: string, change: TakeChange = {}) {
  const now = change.now ?? NOW;
  return deliveries.take({
    upstream,
    holder: randomUUID(),
    now,
    leaseUntil: now + 1000,
    most: 10,
    ...change,
  });
}

export const VERIFIED: Settlement = { state: 'verified', errorCode: undefined, due: NOW };
export const FAILED: Settlement = { state: 'failed', errorCode: 'USER_UNKNOWN', due: NOW };
export const PASSING: Settlement = { state: 'accepted', errorCode: 'UPSTREAM_DOWN', due: NOW };
