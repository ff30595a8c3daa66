import { equal, isObject, type Json, type JsonObject, own } from '../core/json.ts';

/** What was sent to the service and what it answered: all that a judgement looks at. */
export interface Exchange {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly url: string;
  /** The object that was sent, without its envelope. */
  readonly sent?: JsonObject;
  /** 0 when there was no answer. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body?: JsonObject;
  /** Why it was refused, in the service's words, or why there was no answer. */
  readonly said?: string;
  /** Milliseconds since 1970 by our clock, halfway between asking and the answer. */
  readonly at: number;
}

/** The exchanges of one row, by names of the row's own. */
export type Seen = Readonly<Record<string, Exchange>>;

/** True for a 2xx: `succeeded(exchange)`. */
export function succeeded(exchange: Exchange | undefined): boolean {
  return exchange !== undefined && exchange.status >= 200 && exchange.status <= 299;
}

/** What became of an exchange, for people: `statusOf({ status: 422, said: 'title: Required' })` is `422 title: Required`. */
export function statusOf({ status, said }: Pick<Exchange, 'status' | 'said'>): string {
  return [status === 0 ? 'no answer' : String(status), said].filter(Boolean).join(' ');
}

/** The status as the detail of a judgement, when there is something to say: `{ word: 'refused', ...detailOf(put) }`. */
export function detailOf(exchange: Exchange | undefined): { readonly detail?: string } {
  return exchange === undefined || succeeded(exchange) ? {} : { detail: statusOf(exchange) };
}

/** The one object in an answer, whatever its envelope is called; undefined when there is none. */
export function objectIn(exchange: Exchange | undefined): JsonObject | undefined {
  if (!succeeded(exchange) || exchange?.body === undefined) return undefined;
  return Object.values(exchange.body).find(isObject);
}

/** The rows in the answer of a list, whatever their envelope is called. */
export function rowsIn(exchange: Exchange | undefined): readonly JsonObject[] | undefined {
  if (!succeeded(exchange) || exchange?.body === undefined) return undefined;
  const list = Object.values(exchange.body).find(Array.isArray) as readonly Json[] | undefined;
  return list?.filter(isObject);
}

/** The row with that sourcedId in a list: `rowWith(list, 'line-item-1')`. */
export function rowWith(exchange: Exchange | undefined, sourcedId: string): JsonObject | undefined {
  return rowsIn(exchange)?.find((row) => own(row, 'sourcedId') === sourcedId);
}

/** True when a read gives a member as it was written: `kept(put, get, 'title')`. */
export function kept(written: Exchange | undefined, read: Exchange | undefined, member: string): boolean {
  const document = objectIn(read);
  if (written?.sent === undefined || document === undefined) return false;
  return equal(own(written.sent, member), own(document, member));
}

/** The members of `metadata` that were written and are not read back as they were: `metadataLost(put, get) // ['lti']`. */
export function metadataLost(written: Exchange | undefined, read: Exchange | undefined): readonly string[] {
  const wanted = written?.sent && own(written.sent, 'metadata');
  const found = objectIn(read)?.['metadata'];
  if (!isObject(wanted)) return [];
  return Object.keys(wanted).filter(
    (member) => !isObject(found) || !equal(own(wanted, member), own(found, member)),
  );
}
