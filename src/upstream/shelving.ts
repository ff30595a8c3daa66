import type { Call } from '../core/call.ts';
import { type ErrorCode, GradebridgeError } from '../core/errors.ts';
import { isObject, type JsonObject } from '../core/json.ts';
import { keepsAll, keepsMetadata } from '../core/policy.ts';
import { begun, done, metadataOf, type Shelved, withShelved } from '../core/shelved.ts';
import type { Habit, Shelf } from './shelf.ts';

/** Objects of one collection as the upstream itself reads and writes them. */
export interface Bare {
  read(sourcedId: string, call: Call): Promise<JsonObject | undefined>;
  /** @param unsettled is told when the write may have been done, or be done yet, although nobody answered so */
  write(document: JsonObject, call: Call, unsettled?: () => void): Promise<JsonObject | undefined>;
}

/** The same objects with all of their metadata, wherever it is kept. */
export interface Whole {
  read(sourcedId: string, call: Call): Promise<JsonObject | undefined>;
  /**
   * What is written over has been read under the same call before, unless it is new.
   *
   * @returns the document as it stands now, undefined when the upstream does not say
   */
  write(document: JsonObject, call: Call): Promise<JsonObject | undefined>;
  /** A page of a list. */
  complete(documents: readonly JsonObject[]): Promise<readonly JsonObject[]>;
}

/**
 * Objects whose metadata is whole also at an upstream that drops it: there it lies in the store. Once the upstream was seen
 * to keep metadata, nothing is done but to look at what it answers.
 *
 * @example const { read, write, complete } = shelving(bare, shelf)
 */
export function shelving(bare: Bare, shelf: Shelf): Whole {
  const standing = createStanding();
  return {
    read: async (sourcedId, call) => {
      const document = await bare.read(sourcedId, call);
      // What another process has laid down is seen only by who asks after having read.
      if (document === undefined || (await shelf.habit()) === 'keeps') return document;
      const shelved = (await shelf.read([sourcedId])).get(sourcedId);
      standing.note(call, sourcedId, { document, shelved });
      return withShelved(document, shelved);
    },
    write: async (document, call) => {
      const habit = await shelf.habit();
      if (habit === 'keeps') return writeWatched(document, { bare, shelf, call });
      // As long as nobody knows, everybody looks into the store, and what lies there is held by the upstream, too, or nowhere.
      if (habit === 'drops') await shelf.open();
      return writeShelved(document, standing.take(call, idOf(document)), { bare, shelf, call, habit });
    },
    complete: async (documents) => {
      if (documents.length === 0 || (await shelf.habit()) === 'keeps') return documents;
      const shelved = await shelf.read(documents.map(idOf));
      return documents.map((document) => withShelved(document, shelved.get(idOf(document))));
    },
  };
}

interface Shelving {
  readonly bare: Bare;
  readonly shelf: Shelf;
  readonly call: Call;
}

/** Writes where the upstream is taken to keep metadata, and finds out when it does not. */
async function writeWatched(
  document: JsonObject,
  { bare, shelf, call }: Shelving,
): Promise<JsonObject | undefined> {
  const keeps = shelf.isWatched ? keepsAll : keepsMetadata;
  const answered = await bare.write(document, call);
  if (metadataOf(document) === undefined) return answered;
  if (answered !== undefined && keeps(document, answered)) return answered;
  if (shelf.isSilent()) return undefined;
  const kept = await bare.read(idOf(document), call).catch((error: unknown) => {
    // An answer without metadata is reason enough: an upstream that keeps it loses nothing by the store.
    if (answered === undefined) throw error;
    return answered;
  });
  if (kept === undefined) return answered;
  if (keeps(document, kept)) {
    if (isProof(document)) await shelf.seenToKeep('read back');
    return kept;
  }
  if (!shelf.isWatched) return kept;
  await shelf.seenToDrop();
  await shelf.open();
  const shelved = done(document, kept);
  await shelf.lay(idOf(document), shelved, call);
  return withShelved(kept, shelved);
}

/** Text alone proves nothing: some services keep that and drop what is inside of objects. */
function isProof(document: JsonObject): boolean {
  return Object.values(metadataOf(document) ?? {}).some(isObject);
}

/**
 * Writes where the store keeps the metadata. It is durable there, beside that of before, when the upstream hears of the
 * write: whatever becomes of it then, what OneRoster holds tells which of the two is right.
 */
async function writeShelved(
  document: JsonObject,
  before: Standing | undefined,
  { bare, shelf, call, habit }: Shelving & { readonly habit: Habit },
): Promise<JsonObject | undefined> {
  const sourcedId = idOf(document);
  await shelf.lay(sourcedId, begun(document, before), call);
  let isOpen = false;
  let answered: JsonObject | undefined;
  try {
    answered = await bare.write(document, call, () => {
      isOpen = true;
    });
  } catch (error) {
    // Should this fail, the object itself still tells that the write has not arrived.
    if (!isOpen && isRefused(error)) await shelf.lay(sourcedId, before?.shelved, call).catch(() => undefined);
    throw error;
  }
  const isTold = answered !== undefined && (habit === 'drops' || keepsAll(document, answered));
  const kept = isTold ? answered : ((await bare.read(sourcedId, call).catch(() => undefined)) ?? answered);
  // Should this fail, what lies there already says it as well.
  await settle({ document, kept, isTold, call }, shelf).catch(() => undefined);
  return withShelved(kept ?? document, done(document, kept));
}

interface Written {
  readonly document: JsonObject;
  /** What the upstream holds of it, when that is known. */
  readonly kept: JsonObject | undefined;
  /** Whether its answer to the write has said so. */
  readonly isTold: boolean;
  readonly call: Call;
}

/** Lays down what the upstream has made of a write, which may tell what it makes of metadata in general. */
async function settle({ document, kept, isTold, call }: Written, shelf: Shelf): Promise<void> {
  const isKept = kept && keepsAll(document, kept);
  const habit = await shelf.habit();
  if (habit === 'unknown' && isKept && isProof(document))
    return shelf.seenToKeep(isTold ? 'answered' : 'read back');
  // Another write may have seen meanwhile that nothing need lie there.
  const isNeeded = habit !== 'keeps' || isKept === false;
  await shelf.lay(idOf(document), isNeeded ? done(document, kept) : undefined, call);
  if (isKept === false) await shelf.seenToDrop();
}

/** Errors after which a write has not been done, nor will be. */
const REFUSED: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_REJECTED',
  'UPSTREAM_REFUSED',
  'UPSTREAM_REQUEST_REJECTED',
  'UPSTREAM_BUSY',
  'UPSTREAM_DOWN',
  'OVERLOADED',
  'CONTEXT_UNRESOLVED',
]);

function isRefused(error: unknown): boolean {
  return error instanceof GradebridgeError && REFUSED.has(error.code);
}

/** An object as it was read: OneRoster's own document, and what lay in the store. */
interface Standing {
  readonly document: JsonObject;
  readonly shelved: Shelved | undefined;
}

interface StandingOfCalls {
  note(call: Call, sourcedId: string, standing: Standing): void;
  take(call: Call, sourcedId: string): Standing | undefined;
}

/** What each request has read, for as long as it lasts: a write need not read again what it writes over. */
function createStanding(): StandingOfCalls {
  const calls = new WeakMap<Call, Map<string, Standing>>();
  return {
    note: (call, sourcedId, standing) => {
      const known = calls.get(call) ?? new Map<string, Standing>();
      calls.set(call, known.set(sourcedId, standing));
    },
    take: (call, sourcedId) => {
      const standing = calls.get(call)?.get(sourcedId);
      calls.get(call)?.delete(sourcedId);
      return standing;
    },
  };
}

function idOf(document: JsonObject): string {
  return String(document['sourcedId']);
}
