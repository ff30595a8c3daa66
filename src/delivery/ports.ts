import type { Delivery, NewDelivery, Settlement } from '../core/delivery.ts';

/** What the keeping of promises needs of the store. */
export interface DeliveryStore {
  accept(
    delivery: NewDelivery,
  ): Promise<
    | { readonly kind: 'accepted'; readonly delivery: Delivery }
    | { readonly kind: 'stale'; readonly position: string; readonly newer: Delivery | undefined }
    | { readonly kind: 'conflict' }
  >;
  find(id: string): Promise<Delivery | undefined>;
  pending(target: string): Promise<Delivery | undefined>;
  outdate(lineItemId: string, upstream: string, now: number): Promise<void>;
  take(question: {
    readonly upstream: string;
    readonly holder: string;
    readonly now: number;
    readonly leaseUntil: number;
    readonly most: number;
  }): Promise<readonly Delivery[]>;
  nextDue(upstream: string): Promise<number | undefined>;
  settle(taken: Delivery, settlement: Settlement, now: number): Promise<boolean>;
}
