import type { AdminRequest, AdminRoute } from '../core/admin.ts';
import { DELIVERY_STATES, type DeliveryState } from '../core/delivery.ts';
import { GradebridgeError } from '../core/errors.ts';
import { isObject, type Json, type JsonObject, own } from '../core/json.ts';
import { done, invalid, json, textIn, textMaybeIn } from './answers.ts';
import { deliveryError, deliveryRow } from './delivery-view.ts';
import type { Decision, Jobs, Wanted } from './jobs.ts';
import { cursorOf, cut, invalidQuery, partOf } from './lists.ts';
import type { DeliveryDesk, DeliveryFilter, Job } from './ports.ts';

export interface DeliveryParts {
  readonly deliveries: DeliveryDesk;
  readonly jobs: Jobs;
}

/** What was promised, and what a person decides of it: one by one, or by a plan that is looked at before it is run. */
export function deliveryRoutes({ deliveries, jobs }: DeliveryParts): readonly AdminRoute[] {
  const operator = { method: 'POST', role: 'operator' } as const;
  return [
    {
      method: 'GET',
      path: '/deliveries',
      role: 'viewer',
      answer: ({ query }) => list(query, deliveries),
    },
    // Before the ids, which are any word.
    {
      ...operator,
      path: '/deliveries/plans',
      takesBody: true,
      answer: (request: AdminRequest) => plan(request, jobs),
    },
    {
      ...operator,
      path: '/deliveries/plans/:id/run',
      answer: async ({ params }, admin) => {
        const job = params['id'] ?? '';
        await jobs.run(admin, job);
        return json({ job }, 202);
      },
    },
    {
      method: 'GET',
      path: '/deliveries/:id',
      role: 'viewer',
      answer: ({ params }) => show(params['id'] ?? '', deliveries),
    },
    {
      ...operator,
      path: '/deliveries/:id/retry',
      answer: async ({ params }, admin) => {
        await jobs.decide(admin, params['id'] ?? '', { verb: 'retry', reason: undefined });
        return done();
      },
    },
    {
      ...operator,
      path: '/deliveries/:id/discard',
      takesBody: true,
      answer: async ({ params, body }, admin) => {
        const reason = textIn(body, 'reason');
        await jobs.decide(admin, params['id'] ?? '', { verb: 'discard', reason });
        return done();
      },
    },
    {
      method: 'GET',
      path: '/jobs/:id',
      role: 'viewer',
      answer: async ({ params }) => json(progressOf(await jobs.find(params['id'] ?? ''))),
    },
    {
      method: 'DELETE',
      path: '/jobs/:id',
      role: 'operator',
      answer: async ({ params }, admin) => {
        await jobs.cancel(admin, params['id'] ?? '');
        return done();
      },
    },
  ];
}

const PARTS = { usual: 50, most: 200, cursor: ['number', 'string'] } as const;

async function list(query: URLSearchParams, deliveries: DeliveryDesk) {
  const { limit, after } = partOf(query, PARTS);
  const [acceptedAt, id] = (after ?? []) as [number, string];
  const filter = filterOf((name) => query.get(name) || undefined, invalidQuery);
  const found = await deliveries.list(filter, limit + 1, after && { acceptedAt, id });
  const { items, ...rest } = cut(found, limit, (last) => cursorOf(last.acceptedAt, last.id));
  return json({ items: items.map(deliveryRow), ...rest });
}

async function show(id: string, deliveries: DeliveryDesk) {
  const delivery = await deliveries.find(id);
  if (delivery === undefined) throw new GradebridgeError('NOT_FOUND');
  return json({ ...deliveryRow(delivery), error: deliveryError(delivery) });
}

/** A filter of texts; an unknown state would find nothing, which looks like good news. */
function filterOf(
  text: (name: string) => string | undefined,
  refused: (name: string, message: string) => Error,
): DeliveryFilter {
  const state = text('state');
  if (state !== undefined && !DELIVERY_STATES.some((known) => known === state))
    throw refused('state', `Must be one of ${DELIVERY_STATES.join(', ')}.`);
  const [tool, context, upstream] = [text('tool'), text('context'), text('upstream')];
  return { state: state as DeliveryState | undefined, tool, context, upstream };
}

const SHOWN_OF_PLAN = 50;

async function plan({ body }: AdminRequest, jobs: Jobs) {
  const { id, found } = await jobs.plan(wantedIn(body), decisionOf(body));
  const items = found.slice(0, SHOWN_OF_PLAN).map(deliveryRow);
  return json({ plan: id, count: found.length, items }, 201);
}

function decisionOf(body: Json | undefined): Decision {
  const verb = isObject(body) ? own(body, 'verb') : undefined;
  if (verb !== 'retry' && verb !== 'discard') throw invalid('verb', 'Must be "retry" or "discard".');
  // A reason stands on the receipt of whatever is given up.
  return { verb, reason: verb === 'discard' ? textIn(body, 'reason') : textMaybeIn(body, 'reason') };
}

const FILTERS: readonly string[] = ['state', 'tool', 'context', 'upstream'];

/** A filter that says nothing would be all there is: nobody means that by leaving something out. */
function wantedIn(body: Json | undefined): Wanted {
  const given = isObject(body) ? own(body, 'filter') : undefined;
  if (isObject(given) && own(given, 'ids') !== undefined) return { ids: idsIn(given) };
  const entries = isObject(given) ? Object.entries(given) : [];
  if (
    entries.length === 0 ||
    !entries.every(([name, value]) => FILTERS.includes(name) && typeof value === 'string')
  )
    throw invalid('filter', `Must have one or more of ${FILTERS.join(', ')}, each a text.`);
  const texts = new Map(entries as [string, string][]);
  return filterOf(
    (name) => texts.get(name),
    (name, message) => invalid(`filter/${name}`, message),
  );
}

/** More than anybody ticks; a filter finds more. */
const MOST_IDS = 1_000;

function idsIn(filter: JsonObject): readonly string[] {
  const { ids, ...others } = filter;
  const isList = Array.isArray(ids) && ids.length > 0 && ids.length <= MOST_IDS;
  if (
    isList &&
    Object.keys(others).length === 0 &&
    ids.every((id: Json) => typeof id === 'string' && id.length <= 200)
  )
    return ids as string[];
  throw invalid('filter/ids', `Must be a list of 1 to ${MOST_IDS} ids, and all that the filter says.`);
}

function progressOf({ id, verb, state, done: isDone, failed, total }: Job) {
  return { job: id, verb, state, done: isDone, failed, total };
}
