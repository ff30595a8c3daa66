import type { Config } from '../config/config.ts';
import type { Admin, AdminRequest, AdminRoute } from '../core/admin.ts';
import { GradebridgeError } from '../core/errors.ts';
import { equal, isObject, type Json, type JsonObject, own } from '../core/json.ts';
import { formatPointer } from '../core/pointer.ts';
import type { Registry } from '../registry/registry.ts';
import { isoOf, json, type Loose } from './answers.ts';
import type { Audited } from './auditor.ts';
import { contextRow, type Origins, originOf, toolRow } from './entries.ts';
import type { Finding, Revision, Revisions } from './ports.ts';
import { withoutSecrets } from './without-secrets.ts';

export interface ConfigurationParts {
  readonly config: Config;
  readonly revisions: Revisions;
  readonly audited: Audited;
  readonly origins: Origins;
  readonly registry: Pick<Registry, 'standings'>;
}

/** The configuration that runs, without its secrets, and what is to be pasted into a tool. */
export function configurationRoutes({
  config,
  revisions,
  audited,
  origins,
  registry,
}: ConfigurationParts): readonly AdminRoute[] {
  const viewer = { method: 'GET', role: 'viewer' } as const;
  return [
    {
      ...viewer,
      path: '/configuration',
      answer: async () => json({ configuration: withoutSecrets(config as unknown as Json) as JsonObject }),
    },
    {
      ...viewer,
      path: '/configuration/diff',
      answer: async () => json({ items: (await revisions.diff()).map((row): Loose => ({ ...row })) }),
    },
    {
      method: 'POST',
      path: '/reload',
      role: 'operator',
      answer: (_request, admin) => reload(admin, { revisions, audited }),
    },
    {
      ...viewer,
      path: '/tools',
      answer: async ({ now }: AdminRequest) => {
        const standings = await registry.standings('tool');
        const row = (name: string): Loose =>
          originOf('tool', name, { origins, standing: standings.get(name) });
        return json({
          items: Object.entries(config.tools).map(([name, tool]) => ({
            ...toolRow(name, tool, config, now),
            ...row(name),
          })),
        });
      },
    },
    {
      ...viewer,
      path: '/contexts',
      answer: async () => {
        const standings = await registry.standings('context');
        const row = (name: string): Loose =>
          originOf('context', name, { origins, standing: standings.get(name) });
        return json({
          items: Object.entries(config.contexts).map(([key, one]) => ({
            ...contextRow(key, one, config),
            ...row(key),
          })),
        });
      },
    },
  ];
}

async function reload(
  admin: Admin,
  { revisions, audited }: Pick<ConfigurationParts, 'revisions' | 'audited'>,
) {
  const before = (await revisions.current()).id;
  const change = { what: 'configuration.reload', subject: 'configuration', before };
  return audited(admin, change, async () => {
    const outcome = await revisions.reload();
    if ('findings' in outcome) throw unusable(outcome.findings);
    return json({ revision: revisionRow(outcome.revision) });
  });
}

/** The refusal of a configuration file, with what is wrong in it. */
export function unusable(findings: readonly Finding[]): GradebridgeError {
  const rows = findings.map(({ file, place, message, remedy }) => ({ file, place, message, remedy }));
  return new GradebridgeError('CONFIGURATION_INVALID', { members: { findings: rows } });
}

/** A revision as the API tells it. */
export function revisionRow({ id, loadedAt, file, isCurrent, problem }: Revision): Loose {
  return { id, loadedAt: isoOf(loadedAt), file, isCurrent, problem };
}

/**
 * Where two configurations differ, as deep down as can be told, without secrets: one that was changed is told, and not what it was.
 *
 * @example differencesIn({ a: 1 }, { a: 2 }) // [{ pointer: '/a', running: 1, file: 2 }]
 */
export function differencesIn(running: Json, file: Json): Awaited<ReturnType<Revisions['diff']>> {
  return differ(running, file, []).map(({ path, left, right }) => {
    const name = path.at(-1) ?? '';
    return {
      pointer: formatPointer(path),
      ...(left !== undefined && { running: withoutSecrets(left, name) }),
      ...(right !== undefined && { file: withoutSecrets(right, name) }),
    };
  });
}

interface Difference {
  readonly path: readonly string[];
  readonly left: Json | undefined;
  readonly right: Json | undefined;
}

function differ(
  left: Json | undefined,
  right: Json | undefined,
  path: readonly string[],
): readonly Difference[] {
  if (equal(left, right)) return [];
  // The tables of users are told as a whole: their names are ids of students.
  const isWhole = !isObject(left) || !isObject(right) || left['by'] === 'table' || right['by'] === 'table';
  if (isWhole) return [{ path, left, right }];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].flatMap((name) => differ(own(left, name), own(right, name), [...path, name]));
}
