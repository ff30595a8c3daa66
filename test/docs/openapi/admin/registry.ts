import type { ErrorCode } from '../../../../src/core/errors.ts';
import {
  anyObject,
  count,
  listOf,
  object,
  oneOf,
  ref,
  type Schema,
  said,
  text,
  time,
  truth,
} from '../schema.ts';
import { type AdminPart, because, OF_ADMIN_BODIES, ok, sentence } from './admin.ts';

const CHANGES = [
  'ENTRY_INVALID',
  'CONFIGURATION_INVALID',
  'ENTRY_CHANGED',
] as const satisfies readonly ErrorCode[];
const OF_CHANGES: readonly ErrorCode[] = [...OF_ADMIN_BODIES, 'NOT_FOUND', ...CHANGES];
const OF_PUTS: readonly ErrorCode[] = [...OF_ADMIN_BODIES, ...CHANGES, 'ENTRY_EXISTS'];
const OF_FORGETTING: readonly ErrorCode[] = [...OF_CHANGES, 'NOTHING_TO_FORGET', 'ENTRY_PROMISED'];
const OF_READING: readonly ErrorCode[] = ['NOT_FOUND', 'CONFIGURATION_INVALID'];
const OF_SERVICE_KEYS: readonly ErrorCode[] = [...OF_ADMIN_BODIES, 'NOT_FOUND', 'NO_API_KEY'];

const found = { findings: listOf(ref('Finding')) };
const problems = { ENTRY_INVALID: found, CONFIGURATION_INVALID: found } as const;

const revision = said(count, 'That of its last change; 0 for one of the file that was never changed.');
const seen = {
  type: ['integer', 'null'],
  minimum: 0,
  description: 'The one that was read; null: there is none yet.',
};
const line = object({ revision: count, verb: text, who: text, when: time, why: text });

/** What the lists of tools and contexts say besides, for `Tool` and `Context` of the configuration. */
export const ORIGIN: Readonly<Record<string, Schema>> = {
  isDisabled: truth,
  source: said(oneOf(['file', 'console']), 'Where what counts of it comes from.'),
  isInFile: truth,
  revision,
  history: said(listOf(line), 'What was done to it, the newest first; in a list, the last 20.'),
};

/** And of tools alone. */
export const TOOL_KEYS: Readonly<Record<string, Schema>> = {
  apiKeys: said(listOf(object({ 'until?': time })), 'How many there are, and when one ends.'),
};

const changed = { name: 'quizzer', revision: 3, inForce: true };
const answers = { 200: ok('It is changed.', ref('EntryChanged'), changed) } as const;
const why = { ...because('why'), schema: object({ why: sentence, 'revision?': seen }) };
const grace = { type: 'number', minimum: 0, maximum: 2160, default: 24, description: 'Hours.' } as const;
const entry = { clientId: 'quizzer', contexts: ['math-101'] };

const shown = {
  ...{ name: 'quizzer', source: 'console', isInFile: false, revision: 3, entry },
  history: [
    { revision: 3, verb: 'registered', who: 'ada', when: '2026-03-06T20:05:02.000Z', why: 'Ordered' },
  ],
};

/** What tools and contexts have in common. */
function entryOperations(kind: 'tool' | 'context', path: string, put: AdminPart['operations'][string]) {
  const name = kind === 'tool' ? 'Tool' : 'Context';
  const verb = (id: string, summary: string, errors = OF_CHANGES) => ({
    ...{ id: `${id}${name}`, summary, body: why, answers, errors, problems },
  });
  return {
    [`GET ${path}`]: {
      id: `show${name}`,
      summary: `One ${kind} to be edited`,
      answers: { 200: ok(`The ${kind}.`, ref('Entry'), shown) },
      ...{ errors: OF_READING, problems },
    },
    [`PUT ${path}`]: put,
    [`POST ${path}/disable`]: verb('disable', `Has the ${kind} refused; what was promised is delivered`),
    [`POST ${path}/enable`]: verb('enable', `Has the ${kind} taken again`),
    [`POST ${path}/forget`]: verb(
      'forget',
      'Takes it out of the store: what the file says counts again',
      OF_FORGETTING,
    ),
  };
}

export const REGISTRY: AdminPart = {
  tag: 'Tools and contexts',
  schemas: {
    Entry: object({
      ...{ name: text, source: oneOf(['file', 'console']), isInFile: truth, revision },
      entry: said(anyObject, 'What stands in the configuration under the name, without keys.'),
      ...{ 'apiKeys?': TOOL_KEYS['apiKeys'] as Schema, history: listOf(line) },
    }),
    EntryChanged: object({
      ...{ name: text, revision, inForce: said(truth, 'False where the file stands in its way.') },
      'findings?': listOf(ref('Finding')),
      'apiKey?': said(text, 'A new one, told once.'),
    }),
    KeySetLook: object({
      at: oneOf(['none', 'configuration', 'address']),
      'host?': text,
      'keys?': listOf(object({ 'kid?': text, 'kty?': text, 'alg?': text, 'use?': text, 'crv?': text })),
      ...{ 'problem?': text, 'remedy?': text, lookedAt: time },
    }),
  },
  operations: {
    ...entryOperations('tool', '/tools/:name', {
      id: 'putTool',
      summary: 'Registers a tool, or replaces it',
      body: {
        schema: object({
          ...{ entry: ref('Configuration.tool'), revision: seen, why: sentence },
          ...{ 'apiKey?': oneOf(['keep', 'new', 'none']), 'grace?': grace },
        }),
        example: { entry, revision: null, apiKey: 'new', why: 'Ordered by the maths department' },
      },
      answers: {
        200: ok('It is changed.', ref('EntryChanged'), { ...changed, apiKey: 'gb_7rW2eH8uJ4sD6fG1A' }),
      },
      ...{ errors: OF_PUTS, problems },
    }),
    ...entryOperations('context', '/contexts/:name', {
      id: 'putContext',
      summary: 'Registers a context, or replaces it',
      body: {
        schema: object({
          entry: ref('Configuration.context'),
          revision: seen,
          why: sentence,
          'apiKey?': oneOf(['keep']),
        }),
        example: {
          entry: { upstream: 'school', class: 'class-2', category: 'category-1' },
          ...{ revision: null, why: 'A new course' },
        },
      },
      answers,
      ...{ errors: OF_PUTS, problems },
    }),
    'POST /tools/:name/api-key': {
      id: 'rotateApiKey',
      summary: 'Another API key; the older ones are good for some hours more',
      body: {
        schema: object({ why: sentence, 'grace?': grace, 'revision?': seen }),
        example: { why: 'It was in a mail', grace: 0 },
      },
      answers: {
        200: ok('The key, told once.', ref('EntryChanged'), { ...changed, apiKey: 'gb_7rW2eH8uJ4sD6fG1A' }),
      },
      ...{ errors: OF_CHANGES, problems },
    },
    'POST /tools/:name/end-keys': {
      id: 'endKeys',
      summary: 'Has all service keys and ltiks refused that were issued until now',
      ...{ body: why, answers, errors: OF_CHANGES, problems },
    },
    'POST /tools/:name/service-keys': {
      id: 'issueServiceKey',
      summary: 'A service key or an ltik of the tool in a context',
      body: {
        schema: object({ context: text, why: sentence, 'resourceLinkId?': text, 'ltik?': truth }),
        example: { context: 'math-101', why: 'For the first course' },
      },
      answers: {
        201: ok('The key, told once.', object({ 'serviceKey?': text, 'ltik?': text }), {
          serviceKey: 'eyJhbGciOi',
        }),
      },
      errors: OF_SERVICE_KEYS,
    },
    'GET /tools/:name/key-set': {
      id: 'toolKeySet',
      summary: 'Its public keys as the token endpoint finds them',
      answers: {
        200: ok('The keys, or why there are none.', ref('KeySetLook'), {
          ...{ at: 'configuration', keys: [{ kid: 'k-1', kty: 'EC' }], lookedAt: '2026-03-06T20:05:02.000Z' },
        }),
      },
      errors: ['NOT_FOUND'],
    },
    'GET /upstreams/:name/classes': {
      id: 'findClasses',
      summary: 'Classes of a OneRoster service by a part of their title, or by their id',
      query: { 'search?': { type: 'string', maxLength: 100 } },
      answers: {
        200: ok(
          'Classes, 50 at most.',
          object({
            items: listOf(object({ sourcedId: text, 'title?': text, 'school?': text })),
            isMore: truth,
          }),
          { items: [{ sourcedId: 'class-1', title: 'Math 101', school: 'school-1' }], isMore: false },
        ),
      },
      errors: [
        ...(['NOT_FOUND', 'INVALID_QUERY', 'UPSTREAM_REQUEST_REJECTED', 'UPSTREAM_REFUSED'] as const),
        ...([
          'UPSTREAM_UNREACHABLE',
          'UPSTREAM_FAILED',
          'UPSTREAM_BAD_ANSWER',
          'CONTEXT_UNRESOLVED',
        ] as const),
        ...(['UPSTREAM_BUSY', 'UPSTREAM_DOWN', 'UPSTREAM_TIMEOUT'] as const),
      ],
    },
  },
};
