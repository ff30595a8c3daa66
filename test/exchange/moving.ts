import type { TestContext } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { inline, sharedKey } from '../auth/assertions.ts';
import type { Kind } from '../store/databases.ts';
import { openWorld, type World, worldOn } from './world.ts';

/** A gateway that can be stopped and started again on the same store, under another configuration. */
export interface Moving {
  readonly world: World;
  /** Stops it and starts it again. */
  restart(config: JsonObject): Promise<World>;
}

/** What its tool has keys for, beside its API key. */
export async function withKeys(config: JsonObject = {}, tool = 'quizzer'): Promise<JsonObject> {
  const { quizzer } = inline(await sharedKey())['tools'] as { quizzer: JsonObject };
  const tools = (config['tools'] ?? {}) as Record<string, JsonObject>;
  return { ...config, tools: { ...tools, [tool]: { ...quizzer, ...tools[tool] } } };
}

/** Opens a gateway on a new store of a kind. */
export async function openMoving(t: TestContext, kind: Kind, config: JsonObject = {}): Promise<Moving> {
  const store = await kind.newPlace();
  let world = await openWorld(t, { store, config });
  return {
    world,
    restart: async (next) => {
      const { gateway, sandbox } = world;
      await gateway.stop();
      world = await worldOn(t, sandbox, next, store);
      return world;
    },
  };
}

/** The line items that were ever written to OneRoster. */
export function columns({ sandbox }: World): readonly string[] {
  const paths = sandbox.requests().flatMap(({ method, path }) => (method === 'PUT' ? [path] : []));
  const ids = paths.flatMap((path) => /\/lineItems\/([^/?]+)$/.exec(path)?.[1] ?? []);
  return [...new Set(ids)].map(decodeURIComponent);
}
