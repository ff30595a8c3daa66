import { randomUUID } from 'node:crypto';
import type { Recorder } from './admin/recorder.ts';
import type { Config } from './config/config.ts';
import { lineItemTarget } from './core/delivery.ts';
import { nameBasedId } from './core/identity.ts';
import { isObject, type JsonObject } from './core/json.ts';
import type { Operation } from './core/operation.ts';
import type { Receipts } from './core/told.ts';
import type { Roster } from './directory/roster.ts';
import type { ContextPorts } from './gateway/ports.ts';
import { rescale } from './gateway/rescale.ts';
import type { ComparisonParts } from './reconcile/compare.ts';
import { type ComparedContext, type Heard, NOTHING_HEARD } from './reconcile/ports.ts';
import type { Left } from './store/left.ts';

/** What is compared: the contexts of a configuration, with the store that knows what was promised. */
export interface Reconciled {
  readonly config: Config;
  readonly contextOf: (key: string) => ContextPorts | undefined;
  readonly rosterOf: (upstream: string) => Roster | undefined;
  readonly told: Receipts;
  readonly left: Left;
  readonly clock: () => number;
  readonly recorder?: Pick<Recorder, 'newest'> | undefined;
}

/**
 * What the engine needs to compare a context; undefined when there is no such context.
 *
 * @example const parts = comparisonOf(reconciled, 'math-101'); if (parts) await compare(parts)
 */
export function comparisonOf(reconciled: Reconciled, key: string): ComparisonParts | undefined {
  const { config, contextOf, rosterOf, told, left, clock, recorder } = reconciled;
  const ports = contextOf(key);
  const roster = ports && rosterOf(ports.upstream);
  if (ports === undefined || roster === undefined) return undefined;
  return {
    context: comparedContext(ports, { config, roster }),
    receipts: receiptsOf(told, ports.upstream),
    decisions: { read: left.read, write: (id, state) => left.write({ id, state, at: clock() }) },
    heard: recorder === undefined ? NOTHING_HEARD : heardBy(recorder, key),
    callOf: () => ({ requestId: randomUUID(), deadline: clock() + config.limits.request }),
  };
}

function comparedContext(
  ports: ContextPorts,
  { config, roster }: { readonly config: Config; readonly roster: Roster },
): ComparedContext {
  const { key, upstream, classId, ownership, edits, duplicates, lens, resultLens, lineItems, results } =
    ports;
  return {
    ...{ key, upstream, classId, ownership, edits, lens, resultLens, lineItems, results },
    allowsTwins: duplicates === 'allowed',
    isUsing: (tool) => config.tools[tool]?.contexts.includes(key) ?? false,
    userOf: (tool, studentId, call) => ports.peopleOf(tool).userFor(studentId, undefined, call),
    isStudent: async (studentId, call) => (await roster.seatOf(classId, studentId, call)) === 'student',
    rescale: (change, call) => rescale(change, { context: ports, call }),
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
function heardBy(recorder: Pick<Recorder, 'newest'>, context: string): Heard {
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
          lineItemIn(recording?.operation, { tool, context }) === lineItem,
      ).length,
  };
}

/** The line item that an operation is about. */
function lineItemIn(
  operation: Operation | undefined,
  { tool, context }: { readonly tool: string; readonly context: string },
): string | undefined {
  if (operation === undefined || !('line' in operation)) return undefined;
  const { line } = operation;
  return 'url' in line ? nameBasedId(tool, context, line.url) : line.sourcedId;
}

/** An object out of its envelope. */
function documentIn(sent: unknown): readonly JsonObject[] {
  const [document] = isObject(sent) ? Object.values(sent) : [];
  return isObject(document) ? [document] : [];
}
