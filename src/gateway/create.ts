import { setTimeout as sleep } from 'node:timers/promises';
import { GradebridgeError } from '../core/errors.ts';
import { canonical, nameBasedId } from '../core/identity.ts';
import { equal, isEmpty, type Json, type JsonObject, own } from '../core/json.ts';
import { keptNames } from '../core/names.ts';
import type { Operation, Outcome } from '../core/operation.ts';
import { isReachable } from '../core/policy.ts';
import { outcomeOf, saveLineItem } from './line-items.ts';
import type { At, GatewayPorts } from './ports.ts';

type Create = Extract<Operation, { kind: 'createLineItem' }>;

/** Makes new line items; those that are the same by the policy of their context become one. */
export type CreateLineItem = (operation: Create, at: At) => Promise<Outcome>;

/** By these a tool finds its line item again (AGS §3.2.9 to §3.2.11). */
const NAMES = ['resourceLinkId', 'resourceId', 'tag'] as const;

/**
 * AGS makes a line item of every POST (§3.2.5), and a tool that asks twice, because two of its workers find none at the same
 * moment, has two columns for one thing. What counts as asking twice, `contexts.*.duplicates` says.
 *
 * @example const create = createLineItems(ports); await create(operation, at)
 */
export function createLineItems(ports: GatewayPorts): CreateLineItem {
  const underWay = new Map<string, Promise<Outcome>>();
  return (operation, at) => {
    const key = keyOf(operation, at);
    if (key === undefined) return make(operation, at);
    const other = underWay.get(key);
    if (other !== undefined) return other;
    const outcome = together(key, () => findOrMake(operation, at), { at, leases: ports.leases });
    underWay.set(key, outcome);
    return outcome.finally(() => underWay.delete(key));
  };
}

/** What two requests have in common that are to make one line item; undefined when this one always makes its own. */
function keyOf({ lineItem, once }: Create, { caller, context }: At): string | undefined {
  const isNamed = !isEmpty(own(lineItem, 'resourceLinkId')) || !isEmpty(own(lineItem, 'resourceId'));
  if (!isNamed || context.duplicates === 'allowed') return undefined;
  const { tool, context: place } = keptNames(caller);
  const names = NAMES.map((name) => own(lineItem, name) ?? null);
  if (context.duplicates === 'never') return nameBasedId('create', tool, place, canonical(names));
  // Another label is another column, though it may be for the same resource; and a key of its own says so expressly.
  return once === undefined ? nameBasedId('create', tool, place, canonical(lineItem)) : undefined;
}

async function findOrMake(operation: Create, at: At): Promise<Outcome> {
  const standing = at.context.duplicates === 'never' ? await findSame(operation.lineItem, at) : undefined;
  return standing === undefined ? make(operation, at) : outcomeOf(standing, at, 'created');
}

async function findSame(lineItem: JsonObject, at: At): Promise<JsonObject | undefined> {
  const { lens, lineItems, classId } = at.context;
  const isSame = (document: JsonObject, name: string): boolean =>
    same(lens.read(document, `/${name}`), own(lineItem, name));
  for await (const documents of lineItems.listOf(classId, at.call)) {
    const found = documents.find(
      (document) => isReachable(document, at) && NAMES.every((name) => isSame(document, name)),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

function same(left: Json | undefined, right: Json | undefined): boolean {
  return isEmpty(left) || isEmpty(right) ? isEmpty(left) && isEmpty(right) : equal(left, right);
}

/** A line item that is asked for under a key has an id made of it, so that the second try meets what the first has made. */
function make(operation: Create, at: At): Promise<Outcome> {
  const { tool, context } = keptNames(at.caller);
  const { once } = operation;
  const sourcedId = once === undefined ? at.ports.newId() : nameBasedId('once', tool, context, once.key);
  return saveLineItem(operation, { sourcedId }, at);
}

/** Milliseconds between two looks at what another replica does. */
const LOOK_AGAIN = 40;

interface Surroundings {
  readonly at: At;
  readonly leases: GatewayPorts['leases'];
}

/** Does the work, unless another replica is just doing it: then its outcome is this one's too. */
async function together(
  key: string,
  work: () => Promise<Outcome>,
  { at: { ports, call }, leases }: Surroundings,
): Promise<Outcome> {
  if (leases === undefined) return work();
  const holder = ports.newId();
  for (let waitedFor: string | undefined; ; ) {
    const milliseconds = Math.max(1, call.deadline - ports.clock());
    const acquired = await leases.acquire({ key, holder, milliseconds, waitedFor });
    if (acquired.kind === 'said') return JSON.parse(acquired.said) as Outcome;
    if (acquired.kind === 'mine') {
      // A lease that cannot be given back ends by itself, and says nothing of what was done under it.
      const outcome = await work().catch(async (error: unknown) => {
        await leases.release(key, holder, { in: 0 }).catch(() => undefined);
        throw error;
      });
      await leases.release(key, holder, { in: 0, said: JSON.stringify(outcome) }).catch(() => undefined);
      return outcome;
    }
    waitedFor = acquired.holder;
    if (ports.clock() + LOOK_AGAIN >= call.deadline)
      throw new GradebridgeError('OBJECT_BUSY', { retryAfter: 1 });
    await sleep(LOOK_AGAIN);
  }
}
