import type { Call } from '../core/call.ts';
import type { Caller, Operation, Outcome } from '../core/operation.ts';
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
      return once(operation, at.caller, () => saveLineItem(operation, { sourcedId: at.ports.newId() }, at));
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
