import { ERRORS, type ErrorCode, GradebridgeError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Finding } from '../reconcile/finding.ts';
import { Refused } from './answer.ts';
import type { Reconciler } from './reconciling.ts';
import type { Remote } from './remote.ts';

/** The engine of a running gateway, by its admin API. */
export function reconcilerThere({ ask }: Pick<Remote, 'ask'>): Reconciler {
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
          const page = await known(ask('GET', `/reconcile?${query}`));
          found.push(...((page['items'] ?? []) as unknown as Finding[]));
          const looked = page['looked'] as { readonly done: number; readonly of: number };
          progress(looked.done, looked.of);
          after = String(page['next'] ?? '');
          if (after === '') break;
        }
      }
      return found;
    },
    mend: async ({ finding, repair, isOwnDecision, why }) => {
      const { id, lineItem, context } = finding;
      const path = `/line-items/${encodeURIComponent(lineItem)}/repairs`;
      await known(ask('POST', path, { body: { context, finding: id, repair, isOwnDecision, why } }));
    },
  };
}

/** What stands in the way of one line item is an error of the catalogue; what stands in the way of asking at all is passed on. */
async function known(answer: Promise<JsonObject>): Promise<JsonObject> {
  try {
    return await answer;
  } catch (error) {
    const { code } = error instanceof Refused ? (error.answer.members as { readonly code?: string }) : {};
    if (code === undefined || !Object.hasOwn(ERRORS, code) || OF_ASKING.has(code)) throw error;
    throw new GradebridgeError(code as ErrorCode);
  }
}

const OF_ASKING: ReadonlySet<string> = new Set([
  'ADMIN_UNAUTHORISED',
  'ADMIN_FORBIDDEN',
  'TOO_MANY_FAILURES',
] satisfies readonly ErrorCode[]);
