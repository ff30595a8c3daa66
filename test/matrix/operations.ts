import type { AgsTool } from '../ags/desk.ts';
import { at, containerOf, LINE_ITEM, scoreOf } from '../ags/desk.ts';
import { type Answer, type Client, type Document, lineItemPath } from '../exchange/world.ts';
import type { OperationName } from './table.ts';

/** What one cell of the table is tried on: objects that no other cell touches. */
export interface Cell {
  readonly tool: AgsTool;
  readonly client: Client;
  /** A line item that stands: its id on the AGS face, and at OneRoster. */
  readonly id: string;
  readonly sourcedId: string;
  /** A receipt of something else, delivered long ago. */
  readonly receipt: string;
  /** A text of this cell alone: label and key of what is made. */
  readonly name: string;
}

export interface Operation {
  /** The status when it is done. */
  readonly done: number;
  readonly ask: (cell: Cell) => Promise<Answer>;
  /** Whether a document of OneRoster shows that it was done. */
  readonly shows: (document: Document, cell: Cell) => boolean;
}

const isCalled = ({ title }: Document, { name }: Cell): boolean => title === name;
const isScored = ({ score }: Document): boolean => score === 8;
const never = (): boolean => false;

const create = ({ tool, name }: Cell, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  tool.call('POST', containerOf(), {
    body: { label: name, scoreMaximum: 10 },
    headers: { 'content-type': LINE_ITEM, ...headers },
  });

/** The operations of the table. A request is the same whenever it is asked for in its cell. */
export const ASKED: Readonly<Record<OperationName, Operation>> = {
  list: { done: 200, ask: ({ tool }) => tool.get(containerOf()), shows: never },
  read: { done: 200, ask: ({ tool, id }) => tool.get(id), shows: never },
  results: { done: 200, ask: ({ tool, id }) => tool.get(`${id}/results`), shows: never },
  create: { done: 201, ask: (cell) => create(cell), shows: isCalled },
  'create with a key': {
    done: 201,
    ask: (cell) => create(cell, { 'idempotency-key': cell.name.replaceAll(' ', '-') }),
    shows: isCalled,
  },
  replace: {
    done: 200,
    ask: ({ tool, id, name }) => tool.put(id, { label: name, scoreMaximum: 10 }),
    shows: isCalled,
  },
  delete: {
    done: 204,
    ask: ({ tool, id }) => tool.call('DELETE', id),
    shows: ({ status }) => status === 'tobedeleted',
  },
  score: { done: 200, ask: ({ tool, id }) => tool.score(id, { timestamp: at(0) }), shows: isScored },
  receipt: { done: 200, ask: ({ tool, receipt }) => tool.get(receipt), shows: never },
  'api list': { done: 200, ask: ({ client }) => client.list(), shows: never },
  'api PUT': {
    done: 201,
    ask: ({ client, name }) =>
      client.put(`${name.replaceAll(' ', '-')}-put`, { label: name, scoreMaximum: 10 }),
    shows: isCalled,
  },
  'api score': {
    done: 204,
    ask: ({ client, sourcedId }) =>
      client.call('POST', `${lineItemPath(sourcedId)}/scores`, { body: scoreOf({ timestamp: at(0) }) }),
    shows: isScored,
  },
};
