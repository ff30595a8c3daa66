import type { Config } from '../config/config.ts';
import { ENTRY_PARTS, type EntryKind, type EntryName } from '../config/registered.ts';
import type { Admin, AdminRequest, AdminRoute } from '../core/admin.ts';
import { type ApiKeys, digestsOf, isGoodAt } from '../core/api-key.ts';
import { GradebridgeError } from '../core/errors.ts';
import type { PlainResponse } from '../core/exchange.ts';
import { isObject, type Json, type JsonObject, own } from '../core/json.ts';
import {
  type Drafting,
  editable,
  endingKeys,
  type Found,
  forgetting,
  type KeysWanted,
  putting,
  rotating,
  switching,
} from '../registry/drafts.ts';
import { GRACE, issuedAt, newApiKey } from '../registry/keys.ts';
import type { EntryAuthor } from '../registry/ports.ts';
import type { Registry } from '../registry/registry.ts';
import { entryOf, invalid, json, type Loose, textIn, textMaybeIn } from './answers.ts';
import type { Audited } from './auditor.ts';
import type { Finding } from './ports.ts';
import { withoutSecrets } from './without-secrets.ts';

export interface RegistryRouteParts {
  readonly registry: Registry;
  readonly audited: Audited;
  readonly config: Config;
  /** Puts what the store holds in force. @returns what stands in its way */
  readonly settle: () => Promise<readonly Finding[]>;
  /** Signs a service key or an ltik. */
  readonly issue: (claims: JsonObject, isLtik: boolean) => Promise<string>;
}

/** The routes by which tools and contexts are changed at run time. */
export function registryRoutes(parts: RegistryRouteParts): readonly AdminRoute[] {
  const kinds = Object.keys(ENTRY_PARTS) as EntryKind[];
  return [...kinds.flatMap((kind) => entryRoutes(kind, parts)), ...keyRoutes(parts)];
}

const OPERATOR = { role: 'operator', takesBody: true } as const;

function entryRoutes(kind: EntryKind, parts: RegistryRouteParts): readonly AdminRoute[] {
  const path = `/${ENTRY_PARTS[kind]}/:name`;
  const verb = (what: string, drafting: Drafting): AdminRoute => ({
    ...OPERATOR,
    method: 'POST',
    path: `${path}/${what}`,
    answer: (asked, admin) => change(parts, asked, { admin, kind, what, drafting }),
  });
  return [
    {
      method: 'GET',
      path,
      // It names students, where a table of users does.
      role: 'operator',
      answer: ({ params }) => show({ kind, name: params['name'] ?? '' }, parts),
    },
    { ...OPERATOR, method: 'PUT', path, answer: (asked, admin) => put(parts, asked, { admin, kind }) },
    verb('disable', switching(true)),
    verb('enable', switching(false)),
    verb('forget', forgetting()),
  ];
}

function keyRoutes(parts: RegistryRouteParts): readonly AdminRoute[] {
  return [
    {
      ...OPERATOR,
      method: 'POST',
      path: '/tools/:name/api-key',
      answer: (asked, admin) => {
        const apiKey = newApiKey();
        const drafting = rotating(apiKey, graceIn(asked.body));
        return change(parts, asked, { admin, kind: 'tool', what: 'api-key', drafting, told: { apiKey } });
      },
    },
    {
      ...OPERATOR,
      method: 'POST',
      path: '/tools/:name/end-keys',
      answer: (asked, admin) =>
        change(parts, asked, { admin, kind: 'tool', what: 'end-keys', drafting: endingKeys() }),
    },
    {
      ...OPERATOR,
      method: 'POST',
      path: '/tools/:name/service-keys',
      answer: (asked, admin) => issue(parts, asked, admin),
    },
  ];
}

async function show(entry: EntryName, { registry }: RegistryRouteParts): Promise<PlainResponse> {
  const found = await registry.find(entry);
  if (found?.current === undefined) throw new GradebridgeError('NOT_FOUND');
  const { history = [] } = (await registry.standings(entry.kind)).get(entry.name) ?? {};
  return json({
    name: entry.name,
    source: found.stored === undefined ? 'file' : 'console',
    isInFile: found.file !== undefined,
    revision: found.revision,
    entry: editable(found.current),
    ...(entry.kind === 'tool' && { apiKeys: apiKeysOf(found) }),
    history: history.map((line) => ({ ...line })),
  });
}

/** Until when its API keys are good. */
function apiKeysOf({ current, now }: Found): readonly Loose[] {
  const keys = digestsOf((current ?? {}) as ApiKeys).filter((key) => isGoodAt(key, now));
  return keys.map(({ until }) => ({ until }));
}

interface Wanted {
  readonly admin: Admin;
  readonly kind: EntryKind;
  /** What the audit calls it, after the kind. */
  readonly what: string;
  readonly drafting: Drafting;
  /** Told in the answer, and nowhere else. */
  readonly told?: Loose;
}

async function put(
  parts: RegistryRouteParts,
  asked: AdminRequest,
  { admin, kind }: Pick<Wanted, 'admin' | 'kind'>,
): Promise<PlainResponse> {
  const { body } = asked;
  const entry = isObject(body) ? own(body, 'entry') : undefined;
  if (!isObject(entry)) throw invalid('entry', 'Must be the tool or context as a JSON object.');
  const revision = isObject(body) ? own(body, 'revision') : undefined;
  if (revision === undefined)
    throw invalid('revision', 'Must be the revision that was read, or null for a new one.');
  const [keys, apiKey] = keysIn(kind, body);
  const what = revision === null ? 'register' : 'edit';
  const told = apiKey === undefined ? {} : { apiKey };
  return change(parts, asked, { admin, kind, what, drafting: putting(entry, keys), told });
}

/** Plans a change, writes it down, makes it, and puts it in force. */
async function change(
  { registry, audited, settle }: RegistryRouteParts,
  { params, body }: AdminRequest,
  { admin, kind, what, drafting, told = {} }: Wanted,
): Promise<PlainResponse> {
  const entry = { kind, name: params['name'] ?? '' };
  const author = authorIn(body, admin);
  const planned = await registry.plan(entry, drafting, author);
  const [before, after] = [planned.before, planned.after].map((one) => one && withoutSecrets(one));
  const written = { what: `${kind}.${what}`, subject: entry.name, before, after, why: author.why };
  const { revision } = await audited(admin, written, planned.commit);
  const findings = await settle();
  const problems = findings.length > 0 && { findings: findings.map((row) => ({ ...row })) };
  return json({ name: entry.name, revision, inForce: findings.length === 0, ...problems, ...told });
}

/** A service key or an ltik of a tool in a context. It is told in the answer and kept nowhere. */
async function issue(
  { audited, config, issue: sign }: RegistryRouteParts,
  { params, body, now }: AdminRequest,
  admin: Admin,
): Promise<PlainResponse> {
  const tool = params['name'] ?? '';
  const settings = entryOf(config.tools, tool);
  if (digestsOf(settings).length === 0) throw new GradebridgeError('NO_API_KEY');
  const context = textIn(body, 'context');
  if (!settings.contexts.includes(context)) throw invalid('context', 'Must be a context of the tool.');
  const [resourceLinkId, why] = [textMaybeIn(body, 'resourceLinkId'), textIn(body, 'why')];
  const isLtik = isObject(body) && own(body, 'ltik') === true;
  const claims = { tool, context, ...(resourceLinkId !== undefined && { resourceLinkId }) };
  const after = { context, ...(resourceLinkId !== undefined && { resourceLinkId }) };
  const written = { what: isLtik ? 'tool.ltik' : 'tool.service-key', subject: tool, after, why };
  const key = await audited(admin, written, () => sign({ ...claims, iat: issuedAt(settings, now) }, isLtik));
  return json({ [isLtik ? 'ltik' : 'serviceKey']: key }, 201);
}

/** Who changes it and why, against what they have seen: a number, null for nothing, or nothing said. */
function authorIn(body: Json | undefined, { name }: Admin): EntryAuthor {
  const author = { who: name, why: textIn(body, 'why') };
  const revision = isObject(body) ? own(body, 'revision') : undefined;
  if (revision === undefined) return author;
  if (revision === null) return { ...author, isNew: true };
  if (Number.isSafeInteger(revision) && Number(revision) >= 0)
    return { ...author, revision: Number(revision) };
  throw invalid('revision', 'Must be the revision that was read, or null for a new one.');
}

function keysIn(
  kind: EntryKind,
  body: Json | undefined,
): readonly [wanted: KeysWanted, apiKey: string | undefined] {
  const wanted = (isObject(body) ? own(body, 'apiKey') : undefined) ?? 'keep';
  if (wanted === 'keep' || (wanted === 'none' && kind === 'tool')) return [wanted, undefined];
  if (wanted !== 'new' || kind !== 'tool')
    throw invalid('apiKey', 'Must be "keep", or of a tool "new" or "none".');
  const apiKey = newApiKey();
  return [{ apiKey, grace: graceIn(body) }, apiKey];
}

/** Hours for which the older API keys stay good. */
function graceIn(body: Json | undefined): number {
  const grace = (isObject(body) ? own(body, 'grace') : undefined) ?? GRACE.usual;
  if (typeof grace === 'number' && grace >= 0 && grace <= GRACE.most) return grace;
  throw invalid('grace', `Must be a number of hours from 0 to ${GRACE.most}.`);
}
