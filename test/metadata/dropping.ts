import type { TestContext } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import type { StorePlace } from '../../src/store/store.ts';
import { type Desk, deskOn, openDesk } from '../ags/desk.ts';
import type { World } from '../exchange/world.ts';

/** What becomes of metadata at an upstream that drops it: nothing is kept, or nothing inside objects. */
export const HABITS = ['dropped', 'flat'] as const;
export type Habit = (typeof HABITS)[number];

/** The services that answer a write with the object, or with nothing. */
export const SERVICES = ['timeback', 'spec'] as const;
export type Service = (typeof SERVICES)[number];

export interface Dropping {
  readonly habit: Habit;
  readonly service?: Service;
  readonly config?: JsonObject;
  readonly attempts?: number;
}

/** A desk before an upstream that drops metadata. */
export function openDropping(t: TestContext, dropping: Dropping): Promise<Desk> {
  return openDesk(t, { config: configOf(dropping), sandbox: sandboxOf(dropping) });
}

/** The same upstream behind a gateway that knows only what its store says. */
export function restarted(
  t: TestContext,
  { world }: Desk,
  dropping: Dropping,
  store: StorePlace,
): Promise<Desk> {
  return deskOn(t, world.sandbox, configOf(dropping), store);
}

function sandboxOf({ habit, service = 'timeback' }: Dropping): SandboxOptions {
  return { metadata: habit, profile: service };
}

/** The configuration that fits the service; one attempt unless told otherwise, so that a fault is seen. */
export function configOf({ service = 'timeback', config = {}, attempts = 1 }: Dropping): JsonObject {
  const profile = service === 'timeback' ? 'timeback' : 'oneroster-1.2';
  const { upstreams, ...rest } = config;
  const given = (upstreams as { school?: JsonObject } | undefined)?.school;
  return { ...rest, upstreams: { school: { profile, retry: { attempts }, ...given } } };
}

/** How often the store was asked for what concerns metadata, by the name of the question. */
export function countStashes({ gateway }: World): Readonly<Record<string, number>> {
  const { stashes } = gateway.service.store;
  const counts: Record<string, number> = {};
  for (const [name, method] of Object.entries(stashes) as [string, (...given: unknown[]) => unknown][]) {
    counts[name] = 0;
    Object.assign(stashes, {
      [name]: (...given: unknown[]) => {
        counts[name] = (counts[name] ?? 0) + 1;
        return method(...given);
      },
    });
  }
  return counts;
}

/** Lets one question to the store fail from now on. */
export function breakStashes({ gateway }: World, name: string, error: Error): void {
  Object.assign(gateway.service.store.stashes, { [name]: () => Promise.reject(error) });
}
