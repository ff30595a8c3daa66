import { type NewDelivery, type Receipt, receiptOf } from '../core/delivery.ts';
import type { JsonObject } from '../core/json.ts';
import { isContextOf, isToolOf, type NamedCaller } from '../core/names.ts';
import type { DeliveryStore } from './ports.ts';

export interface PromisesParts {
  readonly store: Pick<DeliveryStore, 'accept' | 'find' | 'pending' | 'outdate'>;
  readonly clock: () => number;
  readonly newId: () => string;
  /** Is told that there is something to deliver. */
  readonly accepted: (upstream: string) => void;
}

/** Promises to tools: written down before they are given, and shown on their receipts. */
export interface Promises {
  /** @throws GradebridgeError STORE_UNAVAILABLE, and nothing is promised */
  accept(
    write: Omit<NewDelivery, 'id' | 'due' | 'acceptedAt'> & { readonly wait: number },
  ): Promise<
    | { readonly kind: 'accepted'; readonly receipt: Receipt }
    | { readonly kind: 'stale'; readonly position: string; readonly newer: Receipt | undefined }
    | { readonly kind: 'conflict' }
  >;
  /** The receipt, when the tool has been given it in this context; another tool's is as good as absent. */
  receipt(id: string, caller: NamedCaller): Promise<Receipt | undefined>;
  /** The operation of the newest write of a target that is still to be made, or has failed. */
  pending(target: string): Promise<JsonObject | undefined>;
  /** A line item has another one's id from now on: what was promised for that one is not for it. */
  outdate(lineItemId: string, upstream: string): Promise<void>;
}

/** @example const promises = createPromises({ store: store.deliveries, clock: Date.now, newId: randomUUID, accepted }) */
export function createPromises({ store, clock, newId, accepted }: PromisesParts): Promises {
  return {
    accept: async ({ wait, ...write }) => {
      const now = clock();
      const answer = await store.accept({ ...write, id: newId(), due: now + wait, acceptedAt: now });
      if (answer.kind === 'conflict') return answer;
      if (answer.kind === 'stale')
        return { ...answer, newer: answer.newer === undefined ? undefined : receiptOf(answer.newer) };
      accepted(write.upstream);
      return { kind: 'accepted', receipt: receiptOf(answer.delivery) };
    },
    receipt: async (id, caller) => {
      const delivery = await store.find(id);
      if (delivery === undefined) return undefined;
      const isTheirs = isToolOf(delivery.tool, caller) && isContextOf(delivery.context, caller);
      return isTheirs ? receiptOf(delivery) : undefined;
    },
    pending: async (target) => (await store.pending(target))?.operation,
    outdate: (lineItemId, upstream) => store.outdate(lineItemId, upstream, clock()),
  };
}
