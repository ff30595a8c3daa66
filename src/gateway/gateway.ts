import type { Call } from '../core/call.ts';
import { nameBasedId } from '../core/identity.ts';
import type { Caller, LineItemReference, Operation, Outcome } from '../core/operation.ts';
import { deleteLineItem, getLineItem, listLineItems, saveLineItem } from './line-items.ts';
import { createOnce, type Once } from './once.ts';
import type { At, GatewayPorts } from './ports.ts';
import { readResults } from './results.ts';
import { postScore } from './scores.ts';

export interface Gateway {
  /** @throws GradebridgeError of the catalogue */
  perform(operation: Operation, caller: Caller, call: Call): Promise<Outcome>;
}

/**
 * The main path: each operation from the tool's words to OneRoster's and back.
 *
 * @example const outcome = await createGateway(ports).perform(operation, caller, call)
 */
export function createGateway(ports: GatewayPorts): Gateway {
  const once = createOnce();
  return {
    perform: async (operation, caller, call) => {
      const at = { ports, caller, call, context: ports.contextOf(caller.context) };
      return run(operation, at, once);
    },
  };
}

function run(operation: Operation, at: At, once: Once): Promise<Outcome> {
  switch (operation.kind) {
    case 'listLineItems':
      return listLineItems(operation, at);
    case 'createLineItem':
      return once(operation, at.caller, () => saveLineItem(operation, newLineItem(operation, at), at));
    case 'getLineItem':
      return getLineItem(operation, at);
    case 'replaceLineItem':
      return saveLineItem(operation, operation.line, at);
    case 'deleteLineItem':
      return deleteLineItem(operation, at);
    case 'postScore':
      return once(operation, at.caller, () => postScore(operation, at));
    case 'readResults':
      return readResults(operation, at);
  }
}

/** A line item that is asked for under a key has an id made of it, so that the second try meets what the first has made. */
function newLineItem({ once }: Extract<Operation, { kind: 'createLineItem' }>, at: At): LineItemReference {
  const { tool, context } = at.caller;
  return { sourcedId: once === undefined ? at.ports.newId() : nameBasedId('once', tool, context, once.key) };
}
