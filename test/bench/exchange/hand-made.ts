import type { AddressInfo } from 'node:net';
import axios from 'axios';
import express from 'express';
import { serveParent, settings, usage } from './child.ts';
import { LINE_ITEMS, RESULTS, TOKEN } from './documents.ts';
import {
  type OneRosterLineItem,
  type OneRosterResult,
  resultIdOf,
  toLti,
  toOneRoster,
  toResult,
} from './naive.ts';

/** The bridge that somebody writes in an afternoon: Express and axios as they come, a naive mapping; no guard, no checks. */
const { upstream } = settings<{ upstream: string }>();

let token: string | undefined;
async function getToken(): Promise<string> {
  if (token === undefined) {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'id',
      client_secret: 'secret',
    });
    const { data } = await axios.post<{ access_token: string }>(upstream + TOKEN, form);
    token = data.access_token;
  }
  return token;
}

interface Wrapped {
  readonly lineItem: OneRosterLineItem;
}

const app = express();
app.use(express.json());
app.put('/api/lineitems/:id', async (request, response) => {
  const url = upstream + LINE_ITEMS + encodeURIComponent(request.params.id);
  const headers = { Authorization: `Bearer ${await getToken()}` };
  const found = await axios.get<Wrapped>(url, { headers });
  const lineItem = toOneRoster(request.body, found.data.lineItem);
  const written = await axios.put<Wrapped>(url, { lineItem }, { headers });
  response.status(201).json(toLti(written.data.lineItem));
});

app.post('/api/lineitems/:id/scores', async (request, response) => {
  const url = upstream + RESULTS + encodeURIComponent(resultIdOf(request.params.id, request.body));
  const headers = { Authorization: `Bearer ${await getToken()}` };
  const found = await axios.get<{ readonly result: OneRosterResult }>(url, { headers });
  await axios.put(url, { result: toResult(request.body, found.data.result) }, { headers });
  response.sendStatus(204);
});

const server = app.listen(0, '127.0.0.1', () => {
  serveParent({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }, usage);
});
