import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { JsonObject } from '../../src/core/json.ts';
import { ADMIN, browser, TOKENS } from '../admin/desk.ts';
import { CLIENT, startIdentityProvider } from '../admin/identity-provider.ts';
import { assertion, formOf, inline, makeKey, requestToken, type ToolKey } from '../auth/assertions.ts';
import { API_KEYS, openWorld, type World } from '../exchange/world.ts';

export type Headers = Readonly<Record<string, string>>;

/** By the beginning of a path: the headers that let a request in. */
export type People = Readonly<Record<'/api' | '/lti' | '/admin' | '/metrics', readonly Headers[]>>;

/** One gateway with all that it can serve, and everybody who may ask it something. */
export interface Place {
  readonly world: World;
  /** The sourcedId of a line item of the tool. */
  readonly lineItem: string;
  people(): People;
  /** Lets time pass, so that budgets of failures are full again, and has credentials renewed before they end. */
  goOn(): Promise<void>;
  /** A form that the token endpoint takes. */
  form(): Promise<string>;
}

const METRICS_TOKEN = 'a-token-for-the-scraper';
/** Failures and requests in a minute that are never reached: what is looked for lies behind these limits. */
const ENDLESS = 1_000_000_000;

/** Milliseconds from one request to the next, by the gateway's clock, and requests for which credentials are used. */
const STEP = 3_000;
const RENEWED = 400;

/** @param t ends what is opened */
export async function openPlace(t: Pick<TestContext, 'after'>): Promise<Place> {
  const context = t as TestContext;
  const [provider, key] = await Promise.all([startIdentityProvider(context), makeKey()]);
  const world = await openWorld(context, {
    takesVersions: true,
    config: {
      ...inline(key),
      admin: {
        ...ADMIN,
        traffic: 100,
        oidc: { issuer: provider.issuer, ...CLIENT, operator: ['registrar'], viewer: ['teacher'] },
      },
      keySets: { privateAddresses: true },
      metrics: { token: METRICS_TOKEN },
      contexts: { 'math-101': { resourceLinks: ['link-1'] } },
      limits: { address: { failuresPerMinute: ENDLESS } },
    } as JsonObject,
  });
  const created = await (await world.as()).post({ label: 'Quiz', scoreMaximum: 10 });
  const lineItem = decodeURIComponent(String(created.body['id']).split('/').at(-1) ?? '');
  let [people, left] = [await peopleIn(world, key), RENEWED];
  return {
    world,
    lineItem,
    people: () => people,
    goOn: async () => {
      world.advance(STEP);
      if (--left > 0) return;
      [people, left] = [await peopleIn(world, key), RENEWED];
    },
    form: async () => new URLSearchParams(formOf(await assertion(world, key))).toString(),
  };
}

async function peopleIn(world: World, key: ToolKey): Promise<People> {
  const { cookie, csrf } = await browser(world);
  return {
    '/api': [
      { authorization: `SERVICE-AUTH-V1 ${API_KEYS.quizzer}:${await world.key('quizzer', 'math-101')}` },
    ],
    '/lti': [{ authorization: `Bearer ${await tokenIn(world, key)}` }],
    '/admin': [
      { authorization: `Bearer ${TOKENS.ada}` },
      { authorization: `Bearer ${TOKENS.vic}` },
      { cookie, 'x-csrf-token': csrf },
    ],
    '/metrics': [{ authorization: `Bearer ${METRICS_TOKEN}` }],
  };
}

async function tokenIn(world: World, key: ToolKey): Promise<string> {
  const { body } = await requestToken(world, formOf(await assertion(world, key)));
  return String(body['access_token']);
}

/**
 * Milliseconds of the processor that the main thread has had, which a machine with other work does not add to; where the system
 * does not say it of a thread, of the whole process.
 */
export function processorTime(): number {
  try {
    return Number(readFileSync('/proc/self/schedstat', 'latin1').split(' ')[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e3;
  }
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes of the heap that are still in use after a collection. */
export function heapInUse(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
