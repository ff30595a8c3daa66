import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { exportPKCS8 } from 'jose';
import { inline, makeKey } from '../auth/assertions.ts';
import { type Document, openWorld, type World } from '../exchange/world.ts';
import { containerOf } from './desk.ts';

/** What ltijs knows of a launch, as far as its Grade service reads it. */
export interface IdToken {
  readonly iss: string;
  readonly clientId: string;
  readonly user: string;
  readonly platformContext: {
    readonly endpoint: { readonly lineitems: string };
    readonly resource: { readonly id: string };
  };
}

interface Links {
  readonly next?: string;
  readonly prev?: string;
  readonly first?: string;
  readonly last?: string;
}

/** The Grade service of ltijs 5.9. */
export interface Grade {
  createLineItem(token: IdToken, item: Document, options?: Document): Promise<Document>;
  getLineItems(
    token: IdToken,
    options?: Document,
  ): Promise<Links & { readonly lineItems: readonly Document[] }>;
  getLineItemById(token: IdToken, id: unknown): Promise<Document>;
  updateLineItemById(token: IdToken, id: unknown, item: Document): Promise<Document>;
  deleteLineItemById(token: IdToken, id: unknown): Promise<boolean>;
  submitScore(token: IdToken, id: unknown, score: Document): Promise<Document>;
  getScores(
    token: IdToken,
    id: unknown,
    options?: Document,
  ): Promise<Links & { readonly scores: readonly Document[] }>;
}

type Maker<Made> = new (...parts: readonly unknown[]) => Made;

const load = createRequire(import.meta.url);
const GradeService = load('ltijs/dist/Provider/Services/Grade.js') as Maker<Grade>;
const Platform = load('ltijs/dist/Utils/Platform.js') as Maker<object>;

interface Row {
  readonly collection: string;
  readonly item: Document;
}

/** A database of ltijs that forgets everything when the process ends: what a database plugin of it has to have. */
function createDatabase(): object {
  let rows: readonly Row[] = [];
  const fits = (row: Row, collection: string, query: Document = {}): boolean =>
    row.collection === collection &&
    Object.entries(query).every(([member, value]) => row.item[member] === value);
  const insert = (collection: string, ...items: readonly (Document | undefined)[]): void => {
    rows = [...rows, { collection, item: Object.assign({ createdAt: Date.now() }, ...items) }];
  };
  const remove = (collection: string, query: Document): void => {
    rows = rows.filter((row) => !fits(row, collection, query));
  };
  return {
    Get: async (_key: unknown, collection: string, query?: Document) => {
      const found = rows.filter((row) => fits(row, collection, query)).map(({ item }) => item);
      return found.length > 0 ? found : false;
    },
    Insert: async (_key: unknown, collection: string, item: Document, index?: Document) =>
      insert(collection, item, index),
    Replace: async (_key: unknown, collection: string, query: Document, item: Document, index?: Document) => {
      remove(collection, query);
      insert(collection, item, index);
    },
    Modify: async (_key: unknown, collection: string, query: Document, changes: Document) => {
      for (const row of rows) if (fits(row, collection, query)) Object.assign(row.item, changes);
    },
    Delete: async (collection: string, query: Document) => remove(collection, query),
  };
}

export interface LtijsTool {
  readonly world: World;
  readonly grade: Grade;
  readonly token: IdToken;
}

/** ltijs's own Grade service, registered at a gateway before a sandbox, after a launch of student-1 in math-101. */
export async function openLtijs(t: TestContext): Promise<LtijsTool> {
  const key = await makeKey('RS256', 'ltijs');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const world = await openWorld(t, { config: { ...inline(key), listen: { port }, publicUrl: url } });
  const database = createDatabase() as { Insert(...parts: readonly unknown[]): Promise<void> };
  await database.Insert('', 'privatekey', { kid: key.kid, key: await exportPKCS8(key.pair.privateKey) });
  const platform = new Platform(
    'Gradebridge',
    url,
    'quizzer',
    `${url}/unused`,
    `${url}/lti/token`,
    undefined,
    key.kid,
    'secret',
    {},
    database,
  );
  const grade = new GradeService(async () => platform, 'secret', database);
  const endpoint = { lineitems: url + containerOf() };
  const platformContext = { endpoint, resource: { id: 'link-1' } };
  return { world, grade, token: { iss: url, clientId: 'quizzer', user: 'student-1', platformContext } };
}

/** The ids of ltijs's gateway are addresses that it calls, so that the port must be known before. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}
