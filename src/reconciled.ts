import { randomUUID } from 'node:crypto';
import type { Recorder } from './admin/recorder.ts';
import type { Config } from './config/config.ts';
import { lineItemTarget } from './core/delivery.ts';
import { marked, ownerOf } from './core/identity.ts';
import { isObject, type JsonObject } from './core/json.ts';
import { formerOf, type NamedCaller } from './core/names.ts';
import type { Operation } from './core/operation.ts';
import type { Receipts } from './core/told.ts';
import type { Roster } from './directory/roster.ts';
import { promiseAlignment } from './gateway/alignment.ts';
import { mayMean } from './gateway/locate.ts';
import type { ContextPorts, Promises } from './gateway/ports.ts';
import type { ComparisonParts } from './reconcile/compare.ts';
import { type ComparedContext, type Heard, NOTHING_HEARD } from './reconcile/ports.ts';
import { type ConfigNames, configNames, receiptsByName } from './renamed.ts';
import type { Left } from './store/left.ts';

/** What is compared: the contexts of a configuration, with the store that knows what was promised. */
export interface Reconciled {
  readonly config: Config;
  readonly contextOf: (key: string) => ContextPorts | undefined;
  readonly rosterOf: (upstream: string) => Roster | undefined;
  readonly told: Receipts;
  readonly left: Left;
  readonly promises: Promises;
  readonly clock: () => number;
  readonly recorder?: Pick<Recorder, 'newest'> | undefined;
}

/**
 * What the engine needs to compare a context; undefined when there is no such context.
 *
 * @example const parts = comparisonOf(reconciled, 'math-101'); if (parts) await compare(parts)
 */
export function comparisonOf(reconciled: Reconciled, key: string): ComparisonParts | undefined {
  const { config, contextOf, rosterOf, told, left, promises, clock, recorder } = reconciled;
  const names = configNames(config);
  const ports = contextOf(key);
  const roster = ports && rosterOf(ports.upstream);
  if (ports === undefined || roster === undefined) return undefined;
  return {
    context: comparedContext(ports, { config, roster, promises, clock }),
    receipts: receiptsOf(receiptsByName(told, names.contexts), ports.keptUpstream),
    decisions: { read: left.read, write: (id, state) => left.write({ id, state, at: clock() }) },
    heard: recorder === undefined ? NOTHING_HEARD : heardBy(recorder, key, names),
    callOf: () => ({ requestId: randomUUID(), deadline: clock() + config.limits.request }),
  };
}

function comparedContext(
  ports: ContextPorts,
  {
    config,
    roster,
    promises,
    clock,
  }: Pick<Reconciled, 'config' | 'promises' | 'clock'> & { readonly roster: Roster },
): ComparedContext {
  const { tools, contexts } = configNames(config);
  const { key, upstream, classId, ownership, edits, duplicates, lens, resultLens, lineItems, results } =
    ports;
  return {
    ...{ key, upstream, classId, ownership, edits, lens, resultLens, lineItems, results },
    allowsTwins: duplicates === 'allowed',
    isUsing: (tool) => config.tools[tools.current(tool)]?.contexts.includes(key) ?? false,
    userOf: (tool, studentId, call) =>
      ports.peopleOf(tools.current(tool)).userFor(studentId, undefined, call),
    isStudent: async (studentId, call) => (await roster.seatOf(classId, studentId, call)) === 'student',
    align: async (change, call) => {
      const caller = { tool: ownerOf(change.to) ?? '', context: contexts.kept(key) };
      const world = { promises, clock, newId: randomUUID };
      const mark = await promiseAlignment(change, { context: ports, call, caller, ports: world });
      return mark === undefined ? change.to : marked(change.to, { ltiAligning: mark });
    },
  };
}

/** The receipts of scores: those of line items themselves are about no result. */
function receiptsOf({ lines, newest }: Receipts, upstream: string): Receipts {
  return {
    lines,
    newest: async (context, keys) =>
      (await newest(context, keys)).filter(
        ({ target, lineItem }) => target !== lineItemTarget(upstream, lineItem),
      ),
  };
}

/** What the recorder of the console has kept of what tools did in a context. */
function heardBy(recorder: Pick<Recorder, 'newest'>, context: string, names: ConfigNames): Heard {
  const exchanges = function* () {
    for (const { exchange } of recorder.newest()) if (exchange.context === context) yield exchange;
  };
  return {
    written: (sourcedId) => {
      const path = `/${encodeURIComponent(sourcedId)}`;
      return [...exchanges()].flatMap(({ recording }) =>
        (recording?.calls ?? [])
          .filter(({ method, url }) => method === 'PUT' && url.endsWith(path))
          .flatMap(({ sent }) => documentIn(sent)),
      );
    },
    deleter: (lineItem) => {
      const path = `/${encodeURIComponent(lineItem)}`;
      for (const { recording, operation, status, tool } of exchanges()) {
        const isWrite = (recording?.calls ?? []).some(
          ({ method, url }) => method !== 'GET' && url.endsWith(path),
        );
        // The last one to write it, or to delete it, decides.
        if (isWrite && status < 300) return operation === 'deleteLineItem' ? tool : undefined;
      }
      return undefined;
    },
    missed: (lineItem) =>
      [...exchanges()].filter(
        ({ error, tool = '', recording }) =>
          error?.code === 'LINE_ITEM_NOT_FOUND' &&
          meansLineItem(recording?.operation, lineItem, {
            ...{ tool, context, former: formerOf({ tool, context }, names) },
          }),
      ).length,
  };
}

/** True where an operation is about a line item. */
function meansLineItem(operation: Operation | undefined, lineItem: string, caller: NamedCaller): boolean {
  return operation !== undefined && 'line' in operation && mayMean(operation.line, lineItem, caller);
}

/** An object out of its envelope. */
function documentIn(sent: unknown): readonly JsonObject[] {
  const [document] = isObject(sent) ? Object.values(sent) : [];
  return isObject(document) ? [document] : [];
}
