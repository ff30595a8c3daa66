import type { Admin, AdminRequest, AdminRoute } from '../core/admin.ts';
import { GradebridgeError } from '../core/errors.ts';
import { isObject, type Json, own } from '../core/json.ts';
import { type Comparison, type ComparisonParts, compare, walk } from '../reconcile/compare.ts';
import { FINDING_KINDS, type Finding, REPAIRS, type Repair } from '../reconcile/finding.ts';
import { planRepair, type RepairPlan, type RepairRequest } from '../reconcile/plan.ts';
import { type AuditedRepair, mend } from '../reconcile/repair.ts';
import { invalid, json, type Loose, textIn, textMaybeIn } from './answers.ts';
import type { Audited } from './auditor.ts';
import { cursorOf, cut, invalidQuery, partOf } from './lists.ts';

export interface ReconcileParts {
  /** What is needed to compare a context; undefined when there is no such context. */
  readonly comparisonOf: (context: string) => ComparisonParts | undefined;
  readonly audited: Audited;
}

/** What tools were told against what OneRoster holds, some line items at a time, and what mends it. */
export function reconcileRoutes(parts: ReconcileParts): readonly AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/reconcile',
      role: 'viewer',
      answer: ({ query }) => list(query, parts),
    },
    {
      method: 'POST',
      path: '/line-items/:sourcedId/repairs/plan',
      role: 'operator',
      takesBody: true,
      answer: async (request) => {
        const { comparison, asked } = askedIn(request, parts);
        return json(planOf(await planRepair(asked, comparison)));
      },
    },
    {
      method: 'POST',
      path: '/line-items/:sourcedId/repairs',
      role: 'operator',
      takesBody: true,
      answer: async (request, admin) => {
        const { comparison, asked } = askedIn(request, parts);
        const why = textIn(request.body, 'why');
        const audited = auditedBy(admin, parts.audited);
        return json({ ...planOf(await mend(asked, { ...comparison, audited, why })), outcome: 'mended' });
      },
    },
  ];
}

/** Each line item costs a call, and more where it has many results. */
const PARTS = { usual: 25, most: 100, cursor: ['string'] } as const;

async function list(query: URLSearchParams, parts: ReconcileParts) {
  const { limit, after } = partOf(query, PARTS);
  const kind = query.get('kind') || undefined;
  if (kind !== undefined && !FINDING_KINDS.some((known) => known === kind))
    throw invalidQuery('kind', `Must be one of ${FINDING_KINDS.join(', ')}.`);
  const comparison = await compare(comparisonIn(query.get('context') ?? '', parts, invalidQuery));
  const lineItem = query.get('lineItem') || undefined;
  const wanted = lineItem === undefined ? comparison.ids : [lineItem];
  const rest = wanted.filter((id) => after === undefined || id > String(after[0]));
  const { items: ids, ...more } = cut(rest.slice(0, limit + 1), limit, (last) => cursorOf(last));
  const items = await findingsOf(comparison, ids);
  return json({
    items: items.filter((finding) => kind === undefined || finding.kind === kind).map(findingRow),
    ...more,
    looked: { done: wanted.length - rest.length + ids.length, of: wanted.length },
  });
}

async function findingsOf(comparison: Comparison, ids: readonly string[]): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for await (const { findings } of walk(comparison, ids)) found.push(...findings);
  return found;
}

/** A finding as the API tells it: `findingRow(finding)`. */
export function findingRow(finding: Finding): Loose {
  return finding as unknown as Loose;
}

function planOf({ plan, finding, offer, steps }: RepairPlan): Loose {
  return { plan, finding: findingRow(finding), ...offer, steps: steps as unknown as Json };
}

function comparisonIn(
  context: string,
  { comparisonOf }: ReconcileParts,
  refused: (name: string, message: string) => Error,
): ComparisonParts {
  const comparison = comparisonOf(context);
  if (comparison === undefined) throw refused('context', 'Must be a context of the configuration.');
  return comparison;
}

function askedIn(
  { params, body }: AdminRequest,
  parts: ReconcileParts,
): { readonly comparison: ComparisonParts; readonly asked: RepairRequest } {
  const repair = isObject(body) ? own(body, 'repair') : undefined;
  if (!REPAIRS.some((known) => known === repair))
    throw invalid('repair', `Must be one of ${REPAIRS.join(', ')}.`);
  const comparison = comparisonIn(textIn(body, 'context'), parts, invalid);
  const lineItem = params['sourcedId'] ?? '';
  const [finding, plan] = [textIn(body, 'finding'), textMaybeIn(body, 'plan')];
  const isOwnDecision = isObject(body) ? own(body, 'isOwnDecision') : undefined;
  if (isOwnDecision !== undefined && typeof isOwnDecision !== 'boolean')
    throw invalid('isOwnDecision', 'Must be true or false, or be left out.');
  return { comparison, asked: { lineItem, finding, repair: repair as Repair, plan, isOwnDecision } };
}

/**
 * Written down before, and once more when it is done: what has no second entry may have been cut off in between, and the next look
 * tells.
 */
export function auditedBy(admin: Admin, audited: Audited): AuditedRepair {
  return async (change, work) => {
    await audited(admin, change, work);
    const { what, subject, after } = change;
    const done = { what: `${what}.done`, subject, after };
    await audited(admin, done, async () => {}).catch((error: unknown) => {
      if (!(error instanceof GradebridgeError)) throw error;
    });
  };
}
