import type { Config, Finding } from './config.ts';

/**
 * Warnings of contexts that are one gradebook to a tool: they lie in one class, whose line items do not say in which context they were made
 * (decision 053). One for each tool and class; nothing is wrong with the configuration.
 *
 * @example warningsOf(config, 'gradebridge.config.json') // [{ place: '/tools/quizzer/contexts', message: 'has math-101 and math-102, …', … }]
 */
export function warningsOf(config: Config, file: string): readonly Finding[] {
  return Object.entries(config.tools).flatMap(([tool, { contexts }]) =>
    [...byClass(config, contexts)].flatMap(([, { names, classId }]) =>
      names.length < 2
        ? []
        : [
            {
              file,
              place: `/tools/${tool}/contexts`,
              message: `has ${names.join(' and ')}, which are one gradebook: they lie in the class ${classId}, and with a key for one the tool reads and writes the line items of the others`,
              remedy: 'give each context a class of its own, or take all but one of them away from the tool',
            },
          ],
    ),
  );
}

interface Together {
  readonly classId: string;
  readonly names: string[];
}

/** Line items of the two families lie in different collections; upstreams of one address are one service. */
function byClass(config: Config, contexts: readonly string[]): ReadonlyMap<string, Together> {
  const found = new Map<string, Together>();
  for (const name of new Set(contexts)) {
    const context = Object.hasOwn(config.contexts, name) ? config.contexts[name] : undefined;
    if (context === undefined) continue;
    const { baseUrl } = config.upstreams[context.upstream] ?? {};
    const key = JSON.stringify([baseUrl, context.class, context.family]);
    const together = found.get(key) ?? { classId: context.class, names: [] };
    together.names.push(name);
    found.set(key, together);
  }
  return found;
}
