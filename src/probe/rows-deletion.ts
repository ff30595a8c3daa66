import type { JsonObject } from '../core/json.ts';
import { isActive } from '../core/status.ts';
import { is, listUrl } from '../upstream/listing.ts';
import { detailOf, type Exchange, objectIn, rowWith, statusOf, succeeded } from './exchange.ts';
import { type Row, row, shortOf } from './row.ts';
import type { Scene } from './scene.ts';

/** What is left of a line item that was deleted: of the second one, which nothing hangs on. */
export const DELETION: readonly Row[] = [
  row({
    id: 'delete.read',
    question: 'What does reading by id show after DELETE?',
    needed: true,
    after: ['put.answer'],
    outcomes: {
      marked: {
        verdict: 'ok',
        found: 'The line item, marked as tobedeleted',
        means: 'The gateway answers 404 for it.',
      },
      gone: { verdict: 'ok', found: 'Nothing', means: 'The gateway answers 404 for it.' },
      stays: {
        verdict: 'missing',
        found: 'The line item as if nothing had been done',
        means: 'A tool that deletes a line item would still find it.',
      },
      refused: {
        verdict: 'missing',
        found: 'DELETE is refused',
        means: 'Tools cannot delete line items.',
      },
    },
    ask: async (scene) => ({ delete: await scene.remove('second'), read: await scene.read('second') }),
    judge: (seen) => {
      const { read } = seen;
      if (!succeeded(seen['delete'])) return { word: 'refused', ...detailOf(seen['delete']) };
      if (read?.status === 404 || read?.status === 410) return { word: 'gone', detail: statusOf(read) };
      return isDeleted(objectIn(read)) ? 'marked' : 'stays';
    },
  }),
  row({
    id: 'delete.lists',
    question: 'Do lists show it after DELETE?',
    after: ['delete.read'],
    outcomes: {
      never: { verdict: 'ok', found: 'They do not', means: 'Lists hold what is there.' },
      unfiltered: {
        verdict: 'ok',
        found: "They do, but not with the filter status='active', which the gateway sends",
        means: 'Lists hold what is there.',
      },
      marked: {
        verdict: 'note',
        found: "They do, marked as tobedeleted, also with the filter status='active'",
        means: 'The gateway leaves it out by itself; lists are longer to read.',
      },
      stays: {
        verdict: 'missing',
        found: 'They do, as if it were active',
        means: 'A tool that deletes a line item would still find it in its list.',
      },
      refused: { verdict: 'unknown', found: 'The lists are refused', means: 'See list.class.' },
    },
    ask: async (scene) => ({ active: await scene.listed('lineItems'), all: await everything(scene) }),
    judge: ({ active, all }, { run }) => {
      if (!succeeded(active)) return { word: 'refused', ...detailOf(active) };
      const found = rowWith(active, `${run}-second`);
      if (found !== undefined) return isDeleted(found) ? 'marked' : 'stays';
      return rowWith(all, `${run}-second`) === undefined ? 'never' : 'unfiltered';
    },
  }),
  row({
    id: 'delete.again',
    question: 'Does a PUT bring a deleted line item back?',
    after: ['delete.read'],
    outcomes: {
      revives: {
        verdict: 'ok',
        found: 'It does',
        means: 'A tool that writes a line item it has deleted has it again.',
      },
      refused: {
        verdict: 'note',
        found: 'It is refused',
        means: 'An id that was deleted stays spent: a tool that writes it again is refused.',
      },
      stays: {
        verdict: 'note',
        found: 'It is accepted, and the line item stays deleted',
        means: 'A tool that writes a line item it has deleted does not find it afterwards.',
      },
    },
    ask: async (scene) => ({ put: await scene.put('second', {}), read: await scene.read('second') }),
    judge: ({ put, read }) => {
      if (!succeeded(put)) return { word: 'refused', ...detailOf(put) };
      const found = objectIn(read);
      return found !== undefined && !isDeleted(found) ? 'revives' : 'stays';
    },
  }),
  row({
    id: 'permissions',
    question: 'Was any call refused for want of a permission?',
    needed: true,
    after: ['token.configured'],
    aboutRefusals: true,
    outcomes: {
      none: { verdict: 'ok', found: 'None was', means: 'The client may do what the gateway does.' },
      some: {
        verdict: 'missing',
        found: 'Some were',
        means: 'Ask the operator of the service to allow this to the client, or check auth.scope.',
      },
    },
    ask: async ({ log }) => {
      const refused = log.filter(({ status }) => status === 401 || status === 403);
      return Object.fromEntries(refused.map((exchange) => [kindOf(exchange), exchange]));
    },
    judge: (seen) => {
      const kinds = Object.entries(seen).map(([kind, exchange]) => `${kind} → ${statusOf(exchange)}`);
      return kinds.length === 0 ? 'none' : { word: 'some', detail: kinds.join(' | ') };
    },
  }),
];

/** `PUT lineItems`: one object is refused like another. */
function kindOf(exchange: Exchange): string {
  const [method, path = ''] = shortOf(exchange).split(' …/');
  const isList = exchange.method === 'GET' && new URL(exchange.url).search !== '';
  return `${method} ${isList ? path.split('/').at(-1) : path.split('/')[0]}`;
}

function everything({ gradebook, subject, idOf }: Scene): Promise<Exchange> {
  const { search } = listUrl('http://list/', [is('sourcedId', idOf('second'))]);
  return gradebook(`${subject.family}${search}`);
}

/** True for a document that a service has marked: `isDeleted({ status: 'tobedeleted' })`. */
export function isDeleted(document: JsonObject | undefined): boolean {
  return document !== undefined && !isActive(document);
}
