import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '../../src/commands/running.ts';
import { readShipped } from '../../src/config/files.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type Client, clientOf } from '../exchange/client.ts';
import { eventually } from '../exchange/world.ts';

/** A gateway with a day behind it: what there is to be seen in the console is there, and is the same each time but for times. */
export interface Exhibition {
  readonly url: string;
  /** The mapping with a row more, as somebody has it in the editor. */
  readonly draft: string;
  close(): Promise<void>;
}

export const TOKEN = 'an-operator-token-for-the-pictures';

const API_KEYS = { quizzer: 'quizzer-api-key', 'lab-reports': 'lab-reports-api-key' } as const;
type Tool = keyof typeof API_KEYS;

function configurationOf({ url, tokenUrl, clientId, clientSecret }: Sandbox, store: string): JsonObject {
  const place = { upstream: 'timeback', school: 'school-1', category: 'category-1' };
  return {
    version: 1,
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: 'https://grades.school.example',
    store: { sqlite: store },
    upstreams: {
      timeback: {
        profile: 'timeback',
        baseUrl: url,
        auth: { tokenUrl, clientId, clientSecret },
        retry: { attempts: 2, firstDelay: 5, longestDelay: 10 },
      },
    },
    contexts: {
      'math-101': { ...place, class: 'class-1' },
      'science-7': { ...place, class: 'class-2', edits: 'hold' },
    },
    tools: {
      quizzer: { clientId: 'quizzer', contexts: ['math-101', 'science-7'], apiKey: API_KEYS.quizzer },
      'lab-reports': { clientId: 'lab-reports', contexts: ['science-7'], apiKey: API_KEYS['lab-reports'] },
      reader: {
        clientId: 'reader-lti',
        contexts: ['math-101'],
        jwksUrl: 'https://reader.example/.well-known/jwks.json',
        scopes: ['lineitem.readonly', 'result.readonly'],
      },
    },
    deliveries: { firstDelay: 300, longestDelay: 600_000, lookAgain: 100 },
    admin: { tokens: { ada: { role: 'operator', token: TOKEN } } },
  };
}

/** @example const { url, close } = await openExhibition() */
export async function openExhibition(): Promise<Exhibition> {
  const folder = mkdtempSync(join(tmpdir(), 'gradebridge-pictures-'));
  const sandbox = await startSandbox();
  const document = configurationOf(sandbox, join(folder, 'gradebridge.db'));
  const loaded = loadConfig(document, join(folder, 'gradebridge.config.json'), {});
  if ('findings' in loaded) throw new Error(JSON.stringify(loaded.findings));
  let behind = DAY;
  const clock = (): number => Date.now() - behind;
  const gateway = await startGateway(loaded, { clock, random: () => 0.5, log: () => {} });
  const agent = new Agent({ keepAlive: true });
  const as = async (tool: Tool, context: string): Promise<Client> => {
    const key = await gateway.service.keyring.sign('serviceKey', { tool, context });
    return clientOf(gateway.url, agent, `SERVICE-AUTH-V1 ${API_KEYS[tool]}:${key}`);
  };
  let count = 0;
  const ask: Day['ask'] = (client, method, path, body) => {
    behind = Math.max(0, behind - MINUTE);
    const headers = { 'x-request-id': nameOf(++count) };
    return client.call(method, path, { headers, ...(body && { body }) });
  };
  const draft = withAttempts();
  await spendDay({
    ...{ sandbox, draft, clock, ask, admin: clientOf(gateway.url, agent, `Bearer ${TOKEN}`) },
    quizzer: await as('quizzer', 'math-101'),
    labs: await as('lab-reports', 'science-7'),
  });
  behind = 0;
  return {
    url: gateway.url,
    draft,
    close: async () => {
      agent.destroy();
      await gateway.stop();
      await sandbox.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The shipped mapping with the row of docs/mapping.md. */
function withAttempts(): string {
  const mapping = readShipped('mappings/line-item.json');
  const row = {
    ags: '/https:~1~1quizzer.example~1ags~1attempts',
    oneroster: '/metadata/maxAttempts',
    codec: 'number',
  };
  const fields = [...(mapping['fields'] as readonly JsonObject[]), row];
  return JSON.stringify({ ...mapping, fields }, null, 2);
}

const MINUTE = 60_000;
/** The overview shows an hour. */
const DAY = 57 * MINUTE;

interface Day {
  readonly sandbox: Sandbox;
  readonly quizzer: Client;
  readonly labs: Client;
  readonly admin: Client;
  readonly draft: string;
  /** Sends a request a minute after the one before. */
  readonly ask: (client: Client, method: string, path: string, body?: JsonObject) => Promise<unknown>;
  readonly clock: () => number;
}

const QUIZZES = [
  ['Fractions', 20],
  ['Decimals', 10],
  ['Ratios', 25],
  ['Percentages', 10],
] as const;
const ATTEMPTS = 'https://quizzer.example/ags/attempts';

async function spendDay(day: Day): Promise<void> {
  const { ask, quizzer, labs } = day;
  for (const [index, [label, scoreMaximum]] of QUIZZES.entries()) {
    const body = { label, scoreMaximum, resourceId: `quiz-${index + 1}`, tag: 'grade', [ATTEMPTS]: 3 };
    await ask(quizzer, 'PUT', pathOf(label), body);
  }
  for (let number = 0; number < 30; number++) {
    const [label] = QUIZZES[number % 3 === 2 ? 1 : 0];
    await score(day, label, 1 + (number % 5));
  }
  const lab = { label: 'Lab report 1', scoreMaximum: 50, resourceId: 'lab-1' };
  // Twice the same one, as a tool does that has forgotten what it made.
  for (const name of ['lab-1', 'lab-1-again']) await ask(labs, 'PUT', `${LINE_ITEMS}/${name}`, lab);
  await haveOneHeld(day);
  await ask(quizzer, 'GET', `${LINE_ITEMS}?tag=grade`);
  await haveSomeWait(day);
  await score(day, 'Decimals', 99);
  await ask(quizzer, 'PUT', pathOf('Percentages'), { label: 'Percentages', scoreMaximum: 20, [ATTEMPTS]: 2 });
  for (let number = 0; number < 12; number++) await ask(quizzer, 'GET', `${LINE_ITEMS}?tag=grade`);
  await administer(day);
}

const LINE_ITEMS = '/api/lineitems';

function pathOf(label: string): string {
  return `${LINE_ITEMS}/${encodeURIComponent(`https://quizzer.example/quizzes/${label.toLowerCase()}`)}`;
}

async function score({ ask, quizzer, clock }: Day, label: string, student: number): Promise<void> {
  await ask(quizzer, 'POST', `${pathOf(label)}/scores`, {
    userId: `student-${student}`,
    scoreGiven: 6 + (student % 5),
    scoreMaximum: 20,
    timestamp: new Date(clock()).toISOString(),
    activityProgress: 'Completed',
    gradingProgress: 'FullyGraded',
  });
}

/** A teacher gives the column another title, and the tool writes it again. */
async function haveOneHeld({ ask, sandbox, labs }: Day): Promise<void> {
  const path = `${LINE_ITEMS}/lab-2`;
  await ask(labs, 'PUT', path, { label: 'Lab report 2', scoreMaximum: 50 });
  const there = sandbox.find('lineItems', 'lab-2');
  if (there === undefined) throw new Error('the second report is not there');
  sandbox.put('lineItems', { ...there, title: 'Report on plants' });
  await ask(labs, 'PUT', path, { label: 'Lab report 2, corrected', scoreMaximum: 50 });
}

/** OneRoster fails: of the scores that are promised, one cannot be delivered when it is back, and two wait for it still. */
async function haveSomeWait(day: Day): Promise<void> {
  const { sandbox, admin } = day;
  const down = { kind: 'status', status: 503, times: 0 } as const;
  sandbox.inject(down);
  await score(day, 'Ratios', 98);
  sandbox.clearFaults();
  const states = async (): Promise<string> => (await admin.call('GET', '/admin/v1/deliveries')).text;
  await eventually(async () => (await states()).includes('"state":"failed"'), 20_000);
  // What is read goes on, so that the line items show their results.
  sandbox.inject({ ...down, method: 'PUT', path: '/results/' });
  for (const student of [1, 2]) await score(day, 'Ratios', student);
}

/** What stands in the audit afterwards. */
async function administer({ admin, draft }: Day): Promise<void> {
  const post = async (path: string, body: object): Promise<void> => {
    const { status, text } = await admin.call('POST', `/admin/v1${path}`, { body });
    if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
  };
  await post(`/traffic/${nameOf(5)}/reveal`, { reason: 'A parent asks for the score of Fractions' });
  await post('/mappings/line-item/drafts', { text: draft, why: 'Attempts of a quiz, for the report cards' });
}

/** The id of the nth request. */
function nameOf(number: number): string {
  return `req-2026-${String(number).padStart(4, '0')}`;
}
