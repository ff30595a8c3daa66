import type { AlignResults } from '../core/alignment.ts';
import type { Call } from '../core/call.ts';
import { formatInstant } from '../core/date-time.ts';
import type { Caller, Operation, Outcome } from '../core/operation.ts';
import { alignResults } from './align-results.ts';
import { type CreateLineItem, createLineItems } from './create.ts';
import { deleteLineItem, getLineItem, listLineItems, saveLineItem } from './line-items.ts';
import { createOnce, type Once } from './once.ts';
import type { At, GatewayPorts, Keeping } from './ports.ts';
import { checkBinding, holdLineItem, isForPerson } from './promise.ts';
import { readReceipt } from './receipts.ts';
import { readResults } from './results.ts';
import { type PostScore, postScore, type ScoreStanding, scoreStanding } from './scores.ts';

export interface Gateway {
  /** @throws GradebridgeError of the catalogue */
  perform(operation: Operation, caller: Caller, call: Call): Promise<Outcome>;
  /**
   * Does what was promised.
   *
   * @returns when to go on, in milliseconds since 1970; undefined when it is done
   * @throws GradebridgeError of the catalogue: what stands in its way is not promised again
   */
  deliver(work: Operation | AlignResults, by: By, how: Keeping): Promise<number | undefined>;
  /** Reads a delivered score back; others need none, because OneRoster has answered with them. */
  standing(
    operation: Operation | AlignResults,
    caller: Caller,
    call: Call,
  ): Promise<ScoreStanding | undefined>;
}

/** For whom something is done, and with how much time. */
export interface By {
  readonly caller: Caller;
  readonly call: Call;
}

/**
 * The main path: each operation from the tool's words to OneRoster's and back.
 *
 * @example const outcome = await createGateway(ports).perform(operation, caller, call)
 */
export function createGateway(ports: GatewayPorts): Gateway {
  const flows = { once: createOnce(ports), create: createLineItems(ports) };
  const atOf = (caller: Caller, call: Call): At => ({
    ports,
    caller,
    call,
    context: ports.contextOf(caller.context),
  });
  return {
    perform: async (operation, caller, call) => run(operation, atOf(caller, call), flows),
    deliver: async (work, { caller, call }, delivery) => {
      const at = { ...atOf(caller, call), delivery };
      if (work.kind === 'alignResults') return alignResults(work, { ...at, clock: ports.clock });
      if (!delivery.isDecided) checkBinding(work, at);
      await run(work, at, flows);
      return undefined;
    },
    standing: async (operation, caller, call) =>
      operation.kind === 'postScore' ? scoreStanding(operation, atOf(caller, call)) : undefined,
  };
}

/** What remembers which requests are under way. */
interface Flows {
  readonly once: Once;
  readonly create: CreateLineItem;
}

function run(operation: Operation, at: At, { once, create }: Flows): Promise<Outcome> {
  switch (operation.kind) {
    case 'listLineItems':
      return listLineItems(operation, at);
    case 'createLineItem':
      return once({ operation, ...at }, () => create(operation, at));
    case 'getLineItem':
      return getLineItem(operation, at);
    case 'replaceLineItem':
      return replaceLineItem(operation, at);
    case 'deleteLineItem':
      return deleteLineItem(operation, at);
    case 'postScore':
      return once({ operation, ...at }, (firstAt) => postScore(stampedAt(operation, firstAt), at));
    case 'readReceipt':
      return readReceipt(operation, at);
    case 'readResults':
      return readResults(operation, at);
  }
}

async function replaceLineItem(
  operation: Extract<Operation, { kind: 'replaceLineItem' }>,
  at: At,
): Promise<Outcome> {
  try {
    return await saveLineItem(operation, operation.line, at);
  } catch (error) {
    if (!isForPerson(error, at)) throw error;
    return holdLineItem(operation, error, at);
  }
}

/** A score under a key that has no timestamp of its own has that of its first arrival, so that it is one score. */
function stampedAt(operation: PostScore, firstAt: number | undefined): PostScore {
  const timestamp = firstAt === undefined ? undefined : formatInstant(firstAt);
  if (!operation.isStamped || timestamp === undefined) return operation;
  return { ...operation, score: { ...operation.score, timestamp } };
}
