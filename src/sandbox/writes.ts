import { type Answer, type Call, found, param, timestamp } from './call.ts';
import { invalid, Problem } from './problem.ts';
import { referredId } from './reference.ts';
import { type Shape, shapes } from './shapes.ts';
import type { Document, ErrorDetail, GradebookCollection } from './types.ts';
import { type Findings, isObject, readMembers } from './validate.ts';

/** A bulk POST below a parent: the records' own references must lead to the parents that the path names. */
export interface Bulk {
  collection: GradebookCollection;
  /** Member of a record → path parameter. */
  parents: Readonly<Record<string, string>>;
}

/** PUT: replaces the whole object or creates it under the id of the path. Throws Problems 404, 422. */
export function putObject(call: Call, collection: GradebookCollection): Answer {
  const { profile, store } = call.context;
  const { single } = shapes[collection];
  const sourcedId = param(call, 'id');
  const details: ErrorDetail[] = [];
  const [given] = readEnvelope(call, { key: single, many: false, details });
  if (given && Object.hasOwn(given, 'sourcedId') && given['sourcedId'] !== sourcedId) {
    details.push({ path: `${single}.sourcedId`, message: 'Must equal the sourcedId of the path' });
  }
  const [document] = readRecords(call, {
    collection,
    records: given ? [given] : [],
    paths: [single],
    details,
  });
  const before = store.get(collection, sourcedId);
  const known = before !== undefined;
  const stored = save(call, collection, { ...written(call, before, document), sourcedId });
  const answer = profile.putAnswer;
  return {
    status: known ? answer.update : answer.create,
    ...(answer.body ? { body: { [single]: stored } } : {}),
  };
}

/** What a PUT leaves of an object: what it says alone, or that over what was there. */
function written({ context }: Call, before: Document | undefined, document: Document | undefined): Document {
  if (before === undefined || context.put === 'replaces') return { ...document };
  return merged(before, document ?? {}, context.put === 'merges');
}

/** A merge of documents (RFC 7396), where null takes a member away, or is as if it were not there. */
function merged(before: Document, changes: Document, clears: boolean): Document {
  const after = { ...before };
  for (const [member, value] of Object.entries(changes)) {
    const stands = after[member];
    if (value === null) {
      if (clears) delete after[member];
    } else after[member] = isObject(value) && isObject(stands) ? merged(stands, value, clears) : value;
  }
  return after;
}

/** POST to a collection, which only Timeback has. Throws Problems 404, 409, 422. */
export function postObject(call: Call, collection: GradebookCollection): Answer {
  const { single } = shapes[collection];
  const details: ErrorDetail[] = [];
  const records = readEnvelope(call, { key: single, many: false, details });
  const documents = readRecords(call, { collection, records, paths: [single], details });
  return created(call, collection, documents);
}

/** The bulk POSTs: all records or none. Throws Problems 404, 409, 422. */
export function postMany(call: Call, { collection, parents }: Bulk): Answer {
  const details: ErrorDetail[] = [];
  const records = readEnvelope(call, { key: collection, many: true, details });
  const paths = records.map((_, index) => `${collection}.${index}`);
  for (const [index, record] of records.entries()) {
    for (const [member, name] of Object.entries(parents)) {
      const id = referredId(record, member);
      if (id === undefined || id === param(call, name)) continue;
      details.push({
        path: `${paths[index]}.${member}.sourcedId`,
        message: `Must be the ${member} of the path`,
      });
    }
  }
  return created(call, collection, readRecords(call, { collection, records, paths, details }));
}

/** PATCH at Timeback: replaces the members that are sent, merges `metadata`, answers `{}`. Throws Problems 404, 422. */
export function patchObject(call: Call, collection: GradebookCollection): Answer {
  const { single, missing } = shapes[collection];
  const before = found(call.context.store.get(collection, param(call, 'id')), missing);
  const details: ErrorDetail[] = [];
  const records = readEnvelope(call, { key: single, many: false, details });
  const [changes = {}] = readRecords(call, { collection, records, paths: [single], details, partial: true });
  const { metadata: given, ...others } = changes;
  const metadata = keptMetadata(call, given);
  const merges = isObject(metadata);
  const merged = merges ? { metadata: { ...(before['metadata'] as Document | null), ...metadata } } : {};
  const document = { ...before, ...others, ...merged, sourcedId: before['sourcedId'] };
  call.context.store.put(collection, { ...document, dateLastModified: timestamp(call.context) });
  return { status: 200, body: {} };
}

/** DELETE is soft: the object stays readable as `tobedeleted`. Throws a 404 Problem. */
export function deleteObject(call: Call, collection: GradebookCollection): Answer {
  const { store } = call.context;
  const before = found(store.get(collection, param(call, 'id')), shapes[collection].missing);
  store.put(collection, { ...before, status: 'tobedeleted', dateLastModified: timestamp(call.context) });
  return { status: 204 };
}

interface Envelope {
  key: string;
  many: boolean;
  details: ErrorDetail[];
}

function readEnvelope(call: Call, { key, many, details }: Envelope): Document[] {
  const { body } = call;
  if (!isObject(body) || !Object.hasOwn(body, key)) {
    details.push({ path: key, message: 'Required' });
    return [];
  }
  if (call.context.profile.strict) {
    const unknown = Object.keys(body).filter((name) => name !== key);
    details.push(...unknown.map((path) => ({ path, message: 'Unrecognized member' })));
  }
  const value = body[key];
  const records: unknown[] = many && Array.isArray(value) ? value : [value];
  if (many && !Array.isArray(value)) details.push({ path: key, message: 'Expected array' });
  else if (!records.every(isObject)) details.push({ path: key, message: 'Expected object' });
  return records.filter(isObject);
}

interface Reading {
  collection: GradebookCollection;
  records: readonly Document[];
  /** Where each record stands in the body. */
  paths: readonly string[];
  details: ErrorDetail[];
  partial?: boolean;
}

/** Reads all records, then reports every problem at once, then the first reference that leads nowhere. */
function readRecords(
  call: Call,
  { collection, records, paths, details, partial = false }: Reading,
): Document[] {
  const { profile, origin } = call.context;
  const shape: Shape = shapes[collection];
  const findings: Findings = { details, references: [] };
  const bare = profile.bareReferences && shape.area === 'gradebook';
  const documents = records.map((record, index) =>
    readMembers(record, shape.members, {
      path: paths[index] ?? '',
      profile,
      origin,
      bare,
      partial,
      findings,
    }),
  );
  if (details.length > 0) throw invalid(details);
  for (const { collection: target, sourcedId, missing } of findings.references) {
    if (!call.context.store.get(target, sourcedId)) throw new Problem(call.context.danglingStatus, missing);
  }
  return documents;
}

function created(call: Call, collection: GradebookCollection, documents: readonly Document[]): Answer {
  const { store, uuid, profile } = call.context;
  const taken = new Set<string>();
  const pairs = documents.map((document) => {
    const supplied = document['sourcedId'] as string | undefined;
    const free = supplied !== undefined && !taken.has(supplied) && !store.get(collection, supplied);
    if (supplied !== undefined && !free && profile.takenId === 'refuse') {
      throw new Problem(409, `An object with the sourcedId ${supplied} already exists.`);
    }
    const allocated = free ? supplied : uuid();
    taken.add(allocated);
    return { suppliedSourcedId: supplied ?? allocated, allocatedSourcedId: allocated };
  });
  for (const [index, document] of documents.entries()) {
    save(call, collection, { ...document, sourcedId: pairs[index]?.allocatedSourcedId });
  }
  const single =
    call.context.bulkPairs === 'object' || (call.context.bulkPairs === 'by-count' && pairs.length === 1);
  return { status: 201, body: { sourcedIdPairs: single ? pairs[0] : pairs } };
}

/** A missing status is active; `dateLastModified` is the server's own, whatever was sent. */
function save(call: Call, collection: GradebookCollection, document: Document): Document {
  const stored: Document = {
    sourcedId: document['sourcedId'],
    status: 'active',
    ...document,
    dateLastModified: timestamp(call.context),
  };
  const metadata = keptMetadata(call, stored['metadata']);
  if (metadata === undefined) delete stored['metadata'];
  else stored['metadata'] = metadata;
  call.context.store.put(collection, stored);
  return stored;
}

/** What the service keeps of the metadata that it was given. */
function keptMetadata({ dropMetadata, context }: Call, metadata: unknown): unknown {
  if (dropMetadata || context.metadata === 'dropped') return undefined;
  if (context.metadata === 'kept' || !isObject(metadata)) return metadata;
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => !(value instanceof Object)));
}
