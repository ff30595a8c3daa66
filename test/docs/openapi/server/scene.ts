import type { TestContext } from 'node:test';
import type { LoadResult } from '../../../../src/config/load.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { ADMIN, browser, TOKENS } from '../../../admin/desk.ts';
import { CLIENT, type IdentityProvider, startIdentityProvider } from '../../../admin/identity-provider.ts';
import {
  assertion,
  formOf,
  inline,
  makeKey,
  requestToken,
  scopes,
  type ToolKey,
} from '../../../auth/assertions.ts';
import { API_KEYS, openWorld, until, type World } from '../../../exchange/world.ts';
import { type Asking, askingOf } from '../asking.ts';

export const METRICS_TOKEN = 'a-token-for-the-scraper';
/** Bytes of a body of a tool; those of the admin API may have a megabyte. */
export const LARGEST = 20_000;

type Headers = Readonly<Record<string, string>>;

/** Whoever may ask something, by the headers that they send. */
export interface People {
  /** A tool on /api, in math-101. */
  readonly key: Headers;
  /** A tool with an access token for everything. */
  readonly token: Headers;
  /** The same, with one scope alone. */
  readonly limitedTo: (scope: string) => Promise<Headers>;
  readonly ada: Headers;
  readonly vic: Headers;
  /** A browser in which the operator is signed in. */
  readonly browser: { readonly cookie: string; readonly 'x-csrf-token': string };
}

export interface Scene extends Asking, People {
  readonly world: World;
  readonly provider: IdentityProvider;
  readonly toolKey: ToolKey;
  /** What the configuration file says from now on. */
  file(says: 'what runs' | 'nonsense'): void;
  /** Whether the gateway finds that it has no memory left. */
  fill(isFull: boolean): Promise<void>;
}

/** One gateway with all that it can serve, before a sandbox. */
export async function openScene(t: TestContext): Promise<Scene> {
  const [provider, toolKey] = await Promise.all([startIdentityProvider(t), makeKey()]);
  let says: 'what runs' | 'nonsense' = 'what runs';
  const heap = { share: 0, looks: 0 };
  const finding = { file: 'gradebridge.config.json', place: '/tools', message: 'is odd', remedy: 'mend it' };
  const world = await openWorld(t, {
    config: {
      tools: {
        ...(inline(toolKey)['tools'] as JsonObject),
        // One that has no API key.
        signer: { clientId: 'signer', contexts: ['math-101'], jwks: { keys: [toolKey.open] } },
      },
      admin: {
        ...ADMIN,
        oidc: { issuer: provider.issuer, ...CLIENT, operator: ['registrar'], viewer: ['teacher'] },
      },
      keySets: { privateAddresses: true },
      metrics: { token: METRICS_TOKEN },
      upstreams: { school: { retry: { attempts: 1 }, timeouts: { call: 400 }, failuresToOpen: 100 } },
      contexts: {
        'math-101': { edits: 'hold', resourceLinks: ['link-1'] },
        'science-7': { users: { by: 'table', users: { ada: 'student-1' } } },
      },
      limits: { body: LARGEST, address: { failuresPerMinute: 60 } },
    },
    heapShare: () => {
      heap.looks++;
      return heap.share;
    },
    load: (loaded): LoadResult => (says === 'nonsense' ? { findings: [finding] } : loaded),
  });
  return {
    ...askingOf(world),
    ...(await peopleIn(world, toolKey)),
    ...{ world, provider, toolKey },
    file: (now) => {
      says = now;
    },
    fill: async (isFull) => {
      heap.share = isFull ? 1 : 0;
      const before = heap.looks;
      await until(() => heap.looks > before + 1);
    },
  };
}

async function peopleIn(world: World, toolKey: ToolKey): Promise<People> {
  const tokenFor = async (scope?: string): Promise<Headers> => {
    const form = formOf(await assertion(world, toolKey), ...(scope === undefined ? [] : [scopes(scope)]));
    const { body } = await requestToken(world, form);
    return { authorization: `Bearer ${body['access_token']}` };
  };
  const { cookie, csrf } = await browser(world);
  return {
    key: { authorization: `SERVICE-AUTH-V1 ${API_KEYS.quizzer}:${await world.key('quizzer', 'math-101')}` },
    token: await tokenFor(),
    limitedTo: tokenFor,
    ada: { authorization: `Bearer ${TOKENS.ada}` },
    vic: { authorization: `Bearer ${TOKENS.vic}` },
    browser: { cookie, 'x-csrf-token': csrf },
  };
}
