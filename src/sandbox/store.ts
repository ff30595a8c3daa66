import { collections, referredId } from './reference.ts';
import type { Collection, Document } from './types.ts';

/** References that are looked up backwards: a class's line items must not cost a walk through all of them. */
const indexedMembers: Readonly<Partial<Record<Collection, readonly string[]>>> = {
  lineItems: ['class', 'school'],
  results: ['lineItem', 'student'],
  scoreScales: ['class'],
  assessmentLineItems: ['class'],
  assessmentResults: ['assessmentLineItem', 'student'],
  classes: ['school', 'course'],
  enrollments: ['class', 'user'],
};

type Rows = Map<string, Document>;

interface Table {
  rows: Rows;
  indexes: Map<string, Map<string, Rows>>;
}

/** Documents by collection and sourcedId. A stored document is never changed, only replaced. */
export interface Store {
  get(collection: Collection, sourcedId: string): Document | undefined;
  /** In the order of their creation. */
  all(collection: Collection): Iterable<Document>;
  /** Rows whose reference `member` leads to `sourcedId`; undefined if that member is not indexed. */
  by(collection: Collection, member: string, sourcedId: string): Iterable<Document> | undefined;
  put(collection: Collection, document: Document): void;
  clear(): void;
}

/**
 * An empty store.
 *
 * @param stored is told of each document that is put into it
 * @example createStore().put('classes', { sourcedId: 'class-1' })
 */
export function createStore(stored: (collection: Collection, document: Document) => void = () => {}): Store {
  let tables = emptyTables();
  return {
    get: (collection, sourcedId) => tables[collection].rows.get(sourcedId),
    all: (collection) => tables[collection].rows.values(),
    by: (collection, member, sourcedId) => {
      const index = tables[collection].indexes.get(member);
      return index && (index.get(sourcedId)?.values() ?? []);
    },
    put: (collection, document) => {
      putRow(tables[collection], document);
      stored(collection, document);
    },
    clear: () => {
      tables = emptyTables();
    },
  };
}

function emptyTables(): Record<Collection, Table> {
  const entries = collections.map((name): [Collection, Table] => {
    const members = indexedMembers[name] ?? [];
    return [name, { rows: new Map(), indexes: new Map(members.map((member) => [member, new Map()])) }];
  });
  return Object.fromEntries(entries) as Record<Collection, Table>;
}

function putRow(table: Table, document: Document): void {
  const sourcedId = document['sourcedId'];
  if (typeof sourcedId !== 'string') throw new TypeError('A document needs a sourcedId.');
  const before = table.rows.get(sourcedId);
  table.rows.set(sourcedId, document);
  for (const [member, index] of table.indexes) {
    const key = referredId(document, member);
    const oldKey = before && referredId(before, member);
    if (oldKey !== undefined && oldKey !== key) index.get(oldKey)?.delete(sourcedId);
    if (key === undefined) continue;
    const rows = index.get(key);
    if (rows) rows.set(sourcedId, document);
    else index.set(key, new Map([[sourcedId, document]]));
  }
}
