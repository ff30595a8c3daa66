import { escapeToken } from '../core/json.ts';
import { namesIn, type Renamable } from '../core/names.ts';
import type { Config } from './config.ts';

/** What may have former names. */
const PARTS = ['upstreams', 'contexts', 'tools'] as const;

/**
 * A configuration in which former names stand for what has them now, wherever one part of it names another: a context that is
 * renamed need not be renamed in its tools.
 *
 * @example withPresentNames(config).tools.quizzer.contexts // ['algebra'] where it says "math-101", a former name of it
 */
export function withPresentNames(config: Config): Config {
  const [contexts, upstreams] = [namesIn(config.contexts), namesIn(config.upstreams)];
  const isRenamed = [...Object.values(config.contexts), ...Object.values(config.upstreams)].some(
    ({ formerNames }) => formerNames.length > 0,
  );
  if (!isRenamed) return config;
  return {
    ...config,
    contexts: mapValues(config.contexts, (context) => ({
      ...context,
      upstream: upstreams.current(context.upstream),
    })),
    tools: mapValues(config.tools, (tool) => ({
      ...tool,
      contexts: [...new Set(tool.contexts.map(contexts.current))],
    })),
  };
}

function mapValues<Value>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Value,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

/** Finds former names that would mean two things: what is kept under one must have one owner. */
export function checkFormerNames(
  config: Config,
  add: (place: string, message: string, remedy: string) => void,
): void {
  for (const part of PARTS) {
    const entries: Readonly<Record<string, Renamable>> = config[part];
    const claimed = new Map<string, string>();
    for (const [name, { formerNames = [] }] of Object.entries(entries))
      for (const [index, former] of formerNames.entries()) {
        const place = `/${part}/${escapeToken(name)}/formerNames/${index}`;
        const other = claimed.get(former);
        claimed.set(former, name);
        if (Object.hasOwn(entries, former))
          add(place, `"${former}" is the name of another entry`, 'take it out, or rename the other entry');
        else if (other !== undefined)
          add(place, `"${former}" is a former name of "${other}" as well`, 'leave it with one of them');
      }
  }
}
