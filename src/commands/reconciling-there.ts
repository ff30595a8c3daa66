import type { Config } from '../config/config.ts';
import { ERRORS, type ErrorCode, GradebridgeError } from '../core/errors.ts';
import { isObject, type JsonObject, own } from '../core/json.ts';
import type { Finding } from '../reconcile/finding.ts';
import type { Reconciler } from './reconciling.ts';

/** Where a running gateway is asked, and as whom. */
export interface There {
  readonly url: string;
  /** The name of the token, which stands in the audit. */
  readonly name: string;
  readonly token: string;
}

/** The running gateway of a configuration; undefined when nobody may ask it to change anything. */
export function gatewayOf({ admin, listen }: Pick<Config, 'admin' | 'listen'>): There | undefined {
  const [found] = Object.entries(admin?.tokens ?? {}).filter(([, { role }]) => role === 'operator');
  if (found === undefined || listen.port === 0) return undefined;
  const [name, { token }] = found;
  const isAny = listen.host === '0.0.0.0' || listen.host === '::';
  const host = isAny ? '127.0.0.1' : listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  return { url: `http://${host}:${listen.port}/admin/v1`, name, token };
}

/** Milliseconds for a page of line items, each of which may be several calls. */
const PATIENCE = 120_000;

/** The running gateway cannot be asked. */
export class NoGateway extends Error {}

/** The engine of a running gateway, by its admin API. */
export function reconcilerThere({ url, token }: There): Reconciler {
  const ask = async (path: string, body?: JsonObject): Promise<JsonObject> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(url + path, { ...sent, signal: AbortSignal.timeout(PATIENCE) }).catch(
      (cause: unknown) => {
        throw new NoGateway(`the gateway that runs on this store does not answer at ${url}`, { cause });
      },
    );
    const said: unknown = await answer.json().catch(() => undefined);
    if (answer.ok && isObject(said)) return said;
    throw errorIn(said, answer.status);
  };
  return {
    look: async ({ context, lineItems = [''] }, progress) => {
      const found: Finding[] = [];
      for (const lineItem of lineItems) {
        for (let after = ''; ; ) {
          const query = new URLSearchParams({
            context,
            ...(lineItem && { lineItem }),
            ...(after && { after }),
          });
          const page = await ask(`/reconcile?${query}`);
          found.push(...((page['items'] ?? []) as unknown as Finding[]));
          const looked = page['looked'] as { readonly done: number; readonly of: number };
          progress(looked.done, looked.of);
          after = String(page['next'] ?? '');
          if (after === '') break;
        }
      }
      return found;
    },
    mend: async ({ finding: { id, lineItem, context }, repair, isOwnDecision, why }) => {
      const path = `/line-items/${encodeURIComponent(lineItem)}/repairs`;
      await ask(path, { context, finding: id, repair, isOwnDecision, why });
    },
  };
}

function errorIn(said: unknown, status: number): Error {
  const code = isObject(said) ? own(said, 'code') : undefined;
  if (typeof code === 'string' && Object.hasOwn(ERRORS, code)) return new GradebridgeError(code as ErrorCode);
  return new NoGateway(`the gateway that runs on this store has answered ${status}`);
}
