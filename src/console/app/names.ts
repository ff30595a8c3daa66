import type { List } from './contract.ts';
import { useLoad } from './load.tsx';
import type { ContextItem, ToolItem } from './registry-contract.ts';

/** What filters offer. While it is not known they offer nothing, and still show what the address says. */
export interface Names {
  readonly tools: readonly string[];
  readonly contexts: readonly string[];
  readonly upstreams: readonly string[];
}

/** The names in the configuration. */
export function useNames(): Names {
  const tools = useLoad<List<ToolItem>>('/tools').value?.items ?? [];
  const contexts = useLoad<List<ContextItem>>('/contexts').value?.items ?? [];
  return {
    tools: tools.map(({ name }) => name),
    contexts: contexts.map(({ name }) => name),
    upstreams: [...new Set(contexts.map(({ upstream }) => upstream))],
  };
}
