import type { Config } from './config/config.ts';
import type { Delivery } from './core/delivery.ts';
import { type Names, namesIn } from './core/names.ts';
import type { Receipts } from './core/told.ts';
import type { Deliveries } from './store/deliveries.ts';

/** The names of a whole configuration, former ones included. */
export interface ConfigNames {
  readonly tools: Names;
  readonly contexts: Names;
  readonly upstreams: Names;
}

/** @example configNames(config).tools.kept('quiz') // 'quizzer' */
export function configNames({ tools, contexts, upstreams }: Config): ConfigNames {
  return { tools: namesIn(tools), contexts: namesIn(contexts), upstreams: namesIn(upstreams) };
}

/** A delivery with the present names of what it is kept under. */
export function withPresentNames(delivery: Delivery, { tools, contexts, upstreams }: ConfigNames): Delivery {
  const { tool, context, upstream } = delivery;
  return {
    ...delivery,
    tool: tools.current(tool),
    context: contexts.current(context),
    upstream: upstreams.current(upstream),
  };
}

/** Deliveries as people look at them: shown with present names, and found by them whatever name they are kept under. */
export function deliveriesByName<Some extends Pick<Deliveries, 'list' | 'find' | 'count'>>(
  deliveries: Some,
  names: ConfigNames,
): Some {
  const { tools, contexts, upstreams } = names;
  const list: Deliveries['list'] = async ({ state, tool, context, upstream }, most, after) => {
    const filter = {
      state,
      tool: allOf(tool, tools),
      context: allOf(context, contexts),
      upstream: allOf(upstream, upstreams),
    };
    return (await deliveries.list(filter, most, after)).map((one) => withPresentNames(one, names));
  };
  return {
    ...deliveries,
    list,
    find: async (id) => {
      const found = await deliveries.find(id);
      return found && withPresentNames(found, names);
    },
    count: async (states) =>
      (await deliveries.count(states)).map((row) => ({ ...row, upstream: upstreams.current(row.upstream) })),
  };
}

function allOf(name: string | readonly string[] | undefined, names: Names): readonly string[] | undefined {
  if (name === undefined) return undefined;
  return [name].flat().flatMap((one: string) => names.all(names.current(one)));
}

/** The receipts of a context, those of its former names included. */
export function receiptsByName({ lines, newest }: Receipts, contexts: Names): Receipts {
  const all = (context: string): readonly string[] => contexts.all(contexts.current(context));
  return {
    lines: async (context) => (await Promise.all(all(context).map(lines))).flat(),
    newest: async (context, keys) => (await Promise.all(all(context).map((one) => newest(one, keys)))).flat(),
  };
}
