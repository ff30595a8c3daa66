import type { Config } from './config/config.ts';
import type { ContextLenses } from './config/cross-check.ts';
import type { LoadedConfig } from './config/load.ts';
import type { Served } from './connect.ts';
import { canonical, digestOf } from './core/identity.ts';
import type { Json } from './core/json.ts';
import { namesIn } from './core/names.ts';
import type { Binding } from './core/operation.ts';
import { createPeople } from './directory/people.ts';
import type { ContextPorts } from './gateway/ports.ts';
import { createLineItems, createResults, RECENT } from './upstream/gradebook.ts';

type Loaded = Pick<LoadedConfig, 'config' | 'lenses'>;

interface Composition extends Loaded {
  readonly upstreams: ReadonlyMap<string, Served>;
}

/** The contexts of a configuration, by their names, on connections that are there. */
export function contextsOf(
  { config, lenses }: Loaded,
  upstreams: ReadonlyMap<string, Served>,
): ReadonlyMap<string, ContextPorts> {
  return new Map(
    Object.keys(config.contexts).map((key) => [key, contextPorts(key, { config, upstreams, lenses })]),
  );
}

function contextPorts(key: string, { config, upstreams, lenses }: Composition): ContextPorts {
  const settings = config.contexts[key] as Config['contexts'][string];
  const { upstream, dressing, place, turns, shelfOf, roster, register } = upstreams.get(
    settings.upstream,
  ) as Served;
  const { lineItem, result } = lenses.get(key) as ContextLenses;
  const { resourceLinks, family, class: classId } = settings;
  const keptUpstream = namesIn(config.upstreams).kept(settings.upstream);
  const parts = { upstream, dressing, turns, shelfOf, name: keptUpstream };
  const peopleBy = (strategy: typeof settings.users) =>
    createPeople({ classId, strategy, roster, reads: register });
  const people = peopleBy(settings.users);
  const peopleOfTool = new Map(
    Object.entries(config.tools).flatMap(([name, { users }]) =>
      users ? [[name, peopleBy(users)] as const] : [],
    ),
  );
  const usersOf = (tool: string) => config.tools[tool]?.users ?? settings.users;
  return {
    key,
    bindingOf: (tool, userId) => bindingOf({ ...settings, upstream: keptUpstream }, usersOf(tool), userId),
    upstream: settings.upstream,
    keptUpstream,
    classId,
    ownership: settings.ownership,
    duplicates: settings.duplicates,
    edits: settings.edits,
    resourceLinks: resourceLinks === 'any' ? 'any' : new Set(resourceLinks),
    lens: lineItem,
    lineItems: createLineItems(family, parts),
    resultLens: result,
    results: createResults(family, parts),
    days: dressing.profile.dates,
    settling: RECENT + (config.upstreams[settings.upstream]?.timeouts.late ?? 0),
    peopleOf: (tool) => peopleOfTool.get(tool) ?? people,
    placement: (call) => place(key, { settings, call }),
  };
}

/** A table may get entries for others without naming another student for this one. */
function bindingOf(
  { upstream, class: classId, family }: Config['contexts'][string],
  strategy: Config['contexts'][string]['users'],
  userId: string | undefined,
): Binding {
  const table = strategy.by === 'table' ? strategy.users : undefined;
  const way = table === undefined ? strategy : { by: 'table' };
  const place = digestOf(canonical([upstream, classId, family, way as unknown as Json]));
  const student =
    table !== undefined && userId !== undefined && Object.hasOwn(table, userId) ? table[userId] : undefined;
  return { place, ...(student !== undefined && { student }) };
}
