import { usesOf } from '../config/cross-check.ts';
import { readShipped } from '../config/files.ts';
import type { PlainResponse } from '../core/exchange.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { countIn, nameIn, reasonIn, textIn, tryRequestIn, versionIn } from './asked.ts';
import { type AuditedChange, auditedVersions } from './audited.ts';
import type { Bench, MappingConfig, Recordings } from './ports.ts';
import { invalidMapping, type Settled, type Versions } from './versions.ts';
import type { WhatIf } from './what-if.ts';

/** What a route sees of a request of somebody who may ask it. */
export interface WorkbenchRequest {
  /** Of the path, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body?: Json;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Who asks. */
export interface Person {
  readonly name: string;
  readonly role: 'viewer' | 'operator';
}

/** One row of the table of the admin API, below `/admin/v1`. */
export interface WorkbenchRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly role: Person['role'];
  readonly takesBody?: boolean;
  /** @throws GradebridgeError of the catalogue */
  readonly answer: (request: WorkbenchRequest, person: Person) => Promise<PlainResponse>;
}

/** Writes down who does what, and then has it done. */
export type Audited = <Result>(
  person: Person,
  change: AuditedChange,
  work: () => Promise<Result>,
) => Promise<Result>;

export interface WorkbenchParts {
  readonly versions: Versions;
  readonly bench: Bench;
  readonly recordings: Recordings;
  readonly config: () => MappingConfig;
  readonly audited: Audited;
}

/**
 * The routes of the mapping workbench.
 *
 * @example mappingRoutes({ versions, bench, recordings, config, audited }).map(({ path }) => path)
 */
export function mappingRoutes(parts: WorkbenchParts): readonly WorkbenchRoute[] {
  return [...readingRoutes(parts), ...tryingRoutes(parts), ...changingRoutes(parts)];
}

function readingRoutes({ versions }: WorkbenchParts): readonly WorkbenchRoute[] {
  return [
    {
      method: 'GET',
      path: '/mappings',
      role: 'viewer',
      answer: async () => json({ items: await versions.list() }),
    },
    {
      method: 'GET',
      path: '/mappings/:name',
      role: 'viewer',
      answer: async ({ params }) => {
        const detail = await versions.show(nameIn(params));
        return json({ ...detail, schema: readShipped('mappings/mapping.schema.json') });
      },
    },
    {
      method: 'GET',
      path: '/mappings/:name/diff',
      role: 'viewer',
      answer: async ({ params, query }) => {
        const [before, after] = [versionIn(query.get('before'), 0), versionIn(query.get('after'), 0)];
        return json({ items: await versions.diff(nameIn(params), before, after) });
      },
    },
  ];
}

function tryingRoutes(parts: WorkbenchParts): readonly WorkbenchRoute[] {
  return [
    {
      method: 'POST',
      path: '/mappings/:name/try',
      role: 'viewer',
      takesBody: true,
      answer: async ({ params, body, now }) => {
        const text = textIn(body);
        const asked = { ...tryRequestIn(body, now), name: nameIn(params) };
        const earlier = await parts.versions.earlier();
        return json(await parts.bench.tryMapping(text, { ...asked, earlier }));
      },
    },
    {
      method: 'POST',
      path: '/mappings/:name/what-if',
      role: 'viewer',
      takesBody: true,
      answer: (request, person) => answerWhatIf(request, person, parts),
    },
  ];
}

function changingRoutes({ versions, audited }: WorkbenchParts): readonly WorkbenchRoute[] {
  const versionsOf = (person: Person) =>
    auditedVersions(versions, (change, work) => audited(person, change, work));
  return [
    {
      method: 'POST',
      path: '/mappings/:name/drafts',
      role: 'operator',
      takesBody: true,
      answer: async ({ params, body }, person) => {
        const [name, text, why] = [nameIn(params), textIn(body), reasonIn(body, 'why')];
        return json({ version: await versionsOf(person).draft(name, text, { who: person.name, why }) }, 201);
      },
    },
    {
      method: 'POST',
      path: '/mappings/:name/versions/:version/activate',
      role: 'operator',
      takesBody: true,
      answer: async ({ params, body }, person) => {
        const [name, version] = [nameIn(params), versionIn(params['version'], 1)];
        const author = { who: person.name, why: reasonIn(body, 'why') };
        return settled(await versionsOf(person).activate(name, version, author));
      },
    },
    {
      method: 'POST',
      path: '/mappings/:name/rollback',
      role: 'operator',
      takesBody: true,
      answer: async ({ params, body }, person) => {
        const author = { who: person.name, why: reasonIn(body, 'why') };
        return settled(await versionsOf(person).rollback(nameIn(params), author));
      },
    },
  ];
}

/** What came of a change. */
function settled({ active, revision }: Settled): PlainResponse {
  return json({ active: active === 0 ? null : active, revision });
}

async function answerWhatIf(
  { params, body }: WorkbenchRequest,
  person: Person,
  { versions, bench, recordings, config, audited }: WorkbenchParts,
): Promise<PlainResponse> {
  const [name, draft, last] = [nameIn(params), textIn(body), countIn(body, 'last')];
  const why = reasonIn(body, 'reason', { isNeeded: false });
  // Before anything is written into the audit.
  const faults = await bench.faultsIn(draft, name);
  if (faults.length > 0) throw invalidMapping(faults);
  const [active, earlier] = [await versions.text(name), await versions.earlier()];
  const users = usesOf(config()).filter((use) => use.name === name);
  const contexts = new Set(users.map(({ context }) => context));
  const look = async (isRevealed: boolean): Promise<WhatIf> => {
    const requests = await recordings.last(last, contexts);
    const found = await bench.whatIf({ name, draft, active, earlier, requests, isRevealed });
    if ('faults' in found) throw invalidMapping(found.faults);
    return found;
  };
  if (why === '' || person.role !== 'operator') return json({ ...(await look(false)), redacted: true });
  const change = { what: 'mapping.what-if', subject: name, why };
  const found = await audited(person, change, () => look(true));
  return json({ ...found, redacted: false });
}

const HEADERS = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };

function json(body: object, status = 200): PlainResponse {
  return { status, headers: HEADERS, body: body as JsonObject };
}
