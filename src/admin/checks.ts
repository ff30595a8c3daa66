import type { AdminRoute } from '../core/admin.ts';
import { entryOf, json } from './answers.ts';
import type { CheckResult } from './ports.ts';

/** The checks of `gradebridge doctor` that are about one tool, or one upstream. */
export interface CheckParts {
  readonly tools: Readonly<Record<string, unknown>>;
  readonly upstreams: Readonly<Record<string, unknown>>;
  readonly checkTool: (name: string) => Promise<readonly CheckResult[]>;
  readonly checkUpstream: (name: string) => Promise<readonly CheckResult[]>;
}

export function checkRoutes(parts: CheckParts): readonly AdminRoute[] {
  const { tools, upstreams, checkTool, checkUpstream } = parts;
  const kinds = [
    { path: '/tools/:name/test', entries: tools, check: checkTool },
    { path: '/upstreams/:name/test', entries: upstreams, check: checkUpstream },
  ];
  return kinds.map(({ path, entries, check }) => ({
    method: 'POST',
    path,
    role: 'operator',
    answer: async ({ params }) => {
      const name = params['name'] ?? '';
      entryOf(entries, name);
      return json({ results: (await check(name)).map((row) => ({ ...row })) });
    },
  }));
}
