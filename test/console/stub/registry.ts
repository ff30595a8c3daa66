import type { Json, JsonObject } from '../../../src/core/json.ts';
import { ago } from './fixtures.ts';
import type { Handler } from './stub.ts';

/** Tools and contexts that can be changed, as the pages see them. */

const HISTORY = [
  { revision: 4, verb: 'disabled', who: 'alice', when: ago(30), why: 'It floods us.' },
  { revision: 3, verb: 'registered', who: 'bob', when: ago(900), why: 'Ordered by the maths department.' },
];

function tools(): JsonObject[] {
  return [
    {
      name: 'quizzer',
      clientId: 'quizzer',
      contexts: ['math-101'],
      scopes: ['lineitem', 'score'],
      keys: ['jwksUrl', 'apiKey'],
      apiKeys: [{}, { until: ago(-600) }],
      values: [
        { label: 'Issuer', value: 'https://grades.example' },
        { label: 'Token URL', value: 'https://grades.example/lti/token' },
        {
          label: 'Line items of math-101',
          value: 'https://grades.example/lti/contexts/math-101/lineitems',
        },
      ],
      ...{ source: 'file', isInFile: true, isDisabled: false, revision: 0, history: [] },
    },
    {
      name: 'abacus',
      clientId: 'abacus',
      contexts: ['math-101'],
      scopes: ['score'],
      keys: ['apiKey'],
      apiKeys: [{}],
      values: [{ label: 'LTIAAS API', value: 'https://grades.example/api' }],
      ...{ source: 'console', isInFile: false, isDisabled: true, revision: 4, history: HISTORY },
    },
  ];
}

const CONTEXTS: readonly JsonObject[] = [
  {
    name: 'math-101',
    upstream: 'district-sis',
    class: 'class-1',
    school: 'school-1',
    category: 'category-1',
    family: 'lineItems',
    ownership: 'tool',
    mappings: { lineItem: 'line-item', result: 'result' },
    values: [{ label: 'Line items', value: 'https://grades.example/lti/contexts/math-101/lineitems' }],
    tools: ['quizzer'],
    ...{ source: 'console', isInFile: true, isDisabled: false, revision: 2, history: HISTORY },
  },
];

const ENTRIES: Readonly<Record<string, JsonObject>> = {
  'tools/quizzer': {
    clientId: 'quizzer',
    contexts: ['math-101'],
    scopes: ['lineitem', 'score'],
    jwksUrl: 'https://quizzer.example/jwks.json',
    users: { by: 'table', users: { 'lti-7': 'student-7' } },
  },
  'tools/abacus': { clientId: 'abacus', contexts: ['math-101'], scopes: ['score'] },
  'contexts/math-101': {
    upstream: 'district-sis',
    class: 'class-1',
    category: { lookup: { title: 'Homework', create: true } },
  },
};

const CLASSES = [
  { sourcedId: 'class-1', title: 'Mathematics 101', school: 'school-1' },
  { sourcedId: 'class-2', title: 'Science 7', school: 'school-1' },
];

/** What the gateway says of a client id that another tool has. */
function refusalOf(name: string | undefined, entry: JsonObject): JsonObject | undefined {
  if (entry['clientId'] !== 'taken' && name !== 'broken') return undefined;
  const file = `tool ${name} in the store`;
  return {
    status: 422,
    code: 'ENTRY_INVALID',
    detail: 'The tool or context cannot be used like that, so nothing was changed.',
    remedy: 'See findings: each names a place and what to do there.',
    findings: [
      {
        file,
        place: '/clientId',
        message: 'is the same as that of the tool "quizzer"',
        remedy: 'give each tool its own',
      },
      { file, place: '/', message: 'has no means to sign in', remedy: 'add "apiKey"' },
    ],
  };
}

/** The routes of one stub, with a state of its own. */
export function registryHandlers(
  list: (items: readonly Json[]) => Json,
): readonly (readonly [RegExp, Handler])[] {
  const items = tools();
  const changed = (name: string | undefined, more: JsonObject = {}): Json => ({
    ...{ name: name ?? '', revision: 5, inForce: true },
    ...more,
  });
  const toggle = (name: string | undefined, isDisabled: boolean): Json => {
    const at = items.findIndex((one) => one['name'] === name);
    items[at] = { ...items[at], isDisabled };
    return changed(name);
  };
  return [
    [/^GET \/tools$/, () => list(items)],
    [/^GET \/contexts$/, () => list(CONTEXTS)],
    [
      /^GET \/tools\/([^/]+)\/key-set$/,
      () => ({
        at: 'address',
        host: 'quizzer.example',
        keys: [{ kid: 'k-1', kty: 'RSA', alg: 'RS256' }],
        lookedAt: ago(0),
      }),
    ],
    [
      /^GET \/(tools|contexts)\/([^/]+)$/,
      ({ parts: [part, name] }) => ({
        name: name ?? '',
        revision: 2,
        entry: ENTRIES[`${part}/${name}`] ?? {},
        apiKeys: [{}],
      }),
    ],
    [
      /^PUT \/(?:tools|contexts)\/([^/]+)$/,
      ({ parts: [name], body }) => {
        const refused = refusalOf(name, body['entry'] as JsonObject);
        if (refused !== undefined) return { status: 422, body: refused };
        return changed(name, body['apiKey'] === 'new' ? { apiKey: 'a-new-api-key' } : {});
      },
    ],
    [/^POST \/tools\/([^/]+)\/api-key$/, ({ parts }) => changed(parts[0], { apiKey: 'a-new-api-key' })],
    [/^POST \/tools\/[^/]+\/service-keys$/, () => ({ status: 201, body: { serviceKey: 'a.service.key' } })],
    [
      /^POST \/tools\/([^/]+)\/(enable|disable)$/,
      ({ parts: [name, verb] }) => toggle(name, verb === 'disable'),
    ],
    [/^POST \/(?:tools|contexts)\/([^/]+)\/[a-z-]+$/, ({ parts }) => changed(parts[0])],
    [/^GET \/upstreams\/[^/]+\/classes$/, () => ({ items: CLASSES, isMore: true })],
  ];
}
