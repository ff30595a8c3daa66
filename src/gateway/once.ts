import { setTimeout as sleep } from 'node:timers/promises';
import type { Call } from '../core/call.ts';
import { GradebridgeError } from '../core/errors.ts';
import { digestOf, nameBasedId } from '../core/identity.ts';
import { keptNames } from '../core/names.ts';
import type { Caller, Outcome, Repeatable } from '../core/operation.ts';
import type { GatewayPorts } from './ports.ts';

/** Runs the work of an operation, once per Idempotency-Key. `firstAt` is when it was asked for first, under that key. */
export type Once = (
  asked: Asked,
  work: (firstAt: number | undefined) => Promise<Outcome>,
) => Promise<Outcome>;

interface Asked {
  readonly operation: { readonly kind: string; readonly once?: Repeatable };
  readonly caller: Caller;
  readonly call: Call;
}

/** A client that repeats a request does so within a day. Milliseconds. */
const REMEMBERED_FOR = 86_400_000;
/** Whoever does the work has until the request's deadline, and a little longer to write down what came of it. */
const WRITING_DOWN = 5_000;
/** Between two looks at what another process does. */
const LOOK_AGAIN = 50;

/**
 * Idempotency keys as clients of web APIs know them: the same key with the same body gets the same answer, however often,
 * however close together and from whichever replica; with another body it is refused. What failed is not kept, so that it
 * can be tried again.
 */
export function createOnce(ports: Pick<GatewayPorts, 'repeatables' | 'clock' | 'newId'>): Once {
  const underWay = new Map<string, { readonly said: string; readonly outcome: Promise<Outcome> }>();
  return async ({ operation: { kind, once }, caller, call }, work) => {
    if (once === undefined) return work(undefined);
    if (!/^[\x21-\x7e]{1,255}$/.test(once.key)) throw new GradebridgeError('INVALID_IDEMPOTENCY_KEY');
    const { tool, context } = keptNames(caller);
    const question = {
      key: nameBasedId('idempotency', tool, context, kind, once.key),
      said: digestOf(once.said),
    };
    const other = underWay.get(question.key);
    if (other !== undefined) return other.said === question.said ? other.outcome : reused();
    const outcome = claimed(ports, { ...question, call, work });
    underWay.set(question.key, { said: question.said, outcome });
    return outcome.finally(() => underWay.delete(question.key));
  };
}

interface Question {
  readonly key: string;
  readonly said: string;
  readonly call: Call;
  readonly work: (firstAt: number) => Promise<Outcome>;
}

async function claimed(
  { repeatables, clock, newId }: Parameters<typeof createOnce>[0],
  { key, said, call, work }: Question,
): Promise<Outcome> {
  const holder = newId();
  for (;;) {
    const now = clock();
    const leaseUntil = call.deadline + WRITING_DOWN;
    const claim = await repeatables.claim({
      key,
      said,
      holder,
      now,
      leaseUntil,
      until: now + REMEMBERED_FOR,
    });
    if (claim.kind === 'reused') return reused();
    if (claim.kind === 'done') return JSON.parse(claim.outcome) as Outcome;
    if (claim.kind === 'mine') {
      const outcome = await work(claim.firstAt).catch(async (error: unknown) => {
        await repeatables.release(key, holder).catch(leftToLease);
        throw error;
      });
      await repeatables.finish(key, holder, JSON.stringify(outcome)).catch(leftToLease);
      return outcome;
    }
    if (clock() + LOOK_AGAIN >= call.deadline) throw new GradebridgeError('OBJECT_BUSY', { retryAfter: 1 });
    await sleep(LOOK_AGAIN);
  }
}

/**
 * A store that fails after the work says nothing of the work: what is told is what came of it. The claim ends with its lease,
 * and the same request then meets what this one has made.
 */
function leftToLease(): void {}

function reused(): never {
  throw new GradebridgeError('IDEMPOTENCY_KEY_REUSED');
}
