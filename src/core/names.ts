import { nameBasedId } from './identity.ts';
import type { Caller } from './operation.ts';

/** What may be renamed: a tool, a context or an upstream of the configuration. */
export interface Renamable {
  /** The names that it had before, oldest first. */
  readonly formerNames?: readonly string[];
}

/** The names of all tools, contexts or upstreams, former ones included. */
export interface Names {
  /** The present name of what has, or had, this name; an unknown name is answered as it is. */
  current(name: string): string;
  /** All names of what has this one now, oldest first. */
  all(name: string): readonly string[];
  /** The name under which it is kept in the store and in OneRoster: its first one. */
  kept(name: string): string;
}

/**
 * The names of one part of the configuration.
 *
 * @example namesIn({ quiz: { formerNames: ['quizzer'] } }).current('quizzer') // 'quiz'
 */
export function namesIn(entries: Readonly<Record<string, Renamable>>): Names {
  const current = new Map<string, string>();
  const all = new Map<string, readonly string[]>();
  for (const [name, { formerNames = [] }] of Object.entries(entries)) {
    all.set(name, [...formerNames, name]);
    for (const former of formerNames) current.set(former, name);
  }
  // A name that something has now is never read as the former name of something else.
  for (const name of all.keys()) current.delete(name);
  const allOf = (name: string): readonly string[] => all.get(name) ?? [name];
  return {
    current: (name) => current.get(name) ?? name,
    all: allOf,
    kept: (name) => allOf(name)[0] as string,
  };
}

/** The former names of a caller's tool and context; undefined where neither has one. */
export function formerOf(
  { tool, context }: Pick<Caller, 'tool' | 'context'>,
  { tools, contexts }: { readonly tools: Names; readonly contexts: Names },
): Caller['former'] {
  const former = { tool: tools.all(tool).slice(0, -1), context: contexts.all(context).slice(0, -1) };
  return former.tool.length + former.context.length === 0 ? undefined : former;
}

/** Of a caller, as far as names go. */
export type NamedCaller = Pick<Caller, 'tool' | 'context' | 'former'>;

/**
 * The names of tool and context under which anything of theirs is kept. They stay when either is renamed, so that whatever is
 * made of them stays: ids, marks, targets of deliveries, idempotency keys.
 *
 * @example keptNames({ tool: 'quiz', context: 'math-101', former: { tool: ['quizzer'], context: [] } }).tool // 'quizzer'
 */
export function keptNames({ tool, context, former }: NamedCaller): {
  readonly tool: string;
  readonly context: string;
} {
  return { tool: former?.tool[0] ?? tool, context: former?.context[0] ?? context };
}

/** True for a name that the caller's tool has or had. */
export function isToolOf(name: string, { tool, former }: NamedCaller): boolean {
  return name === tool || former?.tool.includes(name) === true;
}

/** True for a name that the caller's context has or had. */
export function isContextOf(name: string, { context, former }: NamedCaller): boolean {
  return name === context || former?.context.includes(name) === true;
}

/**
 * The sourcedIds that a URL of a tool's own may stand for: one for each pair of names that tool and context have had. New line
 * items take the first.
 *
 * @example urlIds('https://lms.example/1', { tool: 'quizzer', context: 'math-101' }).length // 1
 */
export function urlIds(url: string, { tool, context, former }: NamedCaller): readonly string[] {
  if (former === undefined) return [nameBasedId(tool, context, url)];
  const contexts = [...former.context, context];
  return [...former.tool, tool].flatMap((one) => contexts.map((other) => nameBasedId(one, other, url)));
}
