import { HIDDEN } from '../../../../src/admin/redaction.ts';
import { SCOPES } from '../../../../src/core/operation.ts';
import { contextMembers } from '../carried.ts';
import { address, anything, listOf, object, oneOf, ref, said, text } from '../schema.ts';
import { type AdminPart, ok } from './admin.ts';
import { ORIGIN, TOOL_KEYS } from './registry.ts';

const results = listOf(ref('CheckResult'));
const checked = {
  check: 'tool.keys',
  subject: 'tools.quizzer',
  state: 'ok',
  found: 'It has 1 key.',
} as const;
const url = 'https://grades.example';
const value = object({ label: text, value: text });

export const CONFIGURATION: AdminPart = {
  tag: 'Configuration',
  schemas: {
    CheckResult: object({
      check: text,
      'subject?': text,
      state: oneOf(['wrong', 'warning', 'skipped', 'ok']),
      found: text,
      'remedy?': text,
    }),
    Finding: object({ file: text, place: text, message: text, remedy: text }),
    Difference: object({ pointer: text, 'running?': anything, 'file?': anything }),
    Tool: object({
      ...{ name: text, clientId: text, contexts: listOf(text), scopes: listOf(oneOf(SCOPES)) },
      keys: said(listOf(oneOf(['jwksUrl', 'jwks', 'apiKey'])), 'What it is known by.'),
      'ags?': object({
        ...{ issuer: address, clientId: text, tokenUrl: address, audience: address, jwksUrl: address },
        lineItems: listOf(object({ context: text, url: address })),
      }),
      'ltiaas?': object({ baseUrl: address }),
      values: said(listOf(value), 'The same, with labels for people.'),
      ...{ ...ORIGIN, ...TOOL_KEYS },
    }),
    Context: object({
      ...{ name: text, lineItemsUrl: address, values: listOf(value), tools: listOf(text) },
      ...contextMembers(),
      ...ORIGIN,
    }),
  },
  operations: {
    'GET /configuration': {
      id: 'showConfiguration',
      summary: 'What runs, with `•••` in place of secrets',
      answers: {
        200: ok(
          'The configuration, with every default in its place.',
          object({ configuration: ref('Configuration') }),
          {
            configuration: {
              version: 1,
              upstreams: {
                timeback: {
                  ...{ profile: 'timeback', baseUrl: 'https://api.staging.alpha-1edtech.ai' },
                  auth: { tokenUrl: `${url}/oauth2/token`, clientId: 'c', clientSecret: HIDDEN },
                },
              },
              contexts: { 'math-101': { upstream: 'timeback', class: 'class-1', category: 'category-1' } },
              tools: { drill: { clientId: 'drill', contexts: ['math-101'], apiKey: HIDDEN } },
            },
          },
        ),
      },
    },
    'GET /configuration/diff': {
      id: 'diffConfiguration',
      summary: 'Where the file says something else than what runs',
      answers: {
        200: ok('Differences.', object({ items: listOf(ref('Difference')) }), {
          items: [{ pointer: '/limits/page', running: 10000, file: 500 }],
        }),
      },
      errors: ['CONFIGURATION_INVALID'],
      problems: { CONFIGURATION_INVALID: { findings: listOf(ref('Finding')) } },
    },
    'POST /reload': {
      id: 'reload',
      summary: 'Takes the file up',
      answers: {
        200: ok('It runs.', object({ revision: ref('Revision') }), {
          revision: {
            ...{ id: '5f1c', loadedAt: '2026-03-06T20:05:02.000Z' },
            ...{ file: '/etc/gradebridge.config.json', isCurrent: true },
          },
        }),
      },
      errors: ['CONFIGURATION_INVALID'],
      problems: { CONFIGURATION_INVALID: { findings: listOf(ref('Finding')) } },
    },
    'GET /tools': {
      id: 'listTools',
      summary: 'The tools, with the values to paste into them',
      answers: {
        200: ok('All of them.', object({ items: listOf(ref('Tool')) }), {
          items: [
            {
              ...{ name: 'drill', clientId: 'drill', contexts: ['math-101'], scopes: ['lineitem', 'score'] },
              ...{
                apiKeys: [{}],
                isDisabled: false,
                source: 'file',
                isInFile: true,
                revision: 0,
                history: [],
              },
              ...{ keys: ['apiKey'], ltiaas: { baseUrl: `${url}/api` } },
              values: [{ label: 'LTIAAS API', value: `${url}/api` }],
            },
          ],
        }),
      },
    },
    'GET /contexts': {
      id: 'listContexts',
      summary: 'The contexts, each with its class and its tools',
      answers: {
        200: ok('All of them.', object({ items: listOf(ref('Context')) }), {
          items: [
            {
              ...{ name: 'math-101', upstream: 'timeback', class: 'class-1', school: 'school-1' },
              ...{ category: 'category-1', tools: ['quizzer'], isDisabled: false, source: 'file' },
              ...{ isInFile: true, revision: 0, history: [] },
              lineItemsUrl: `${url}/lti/contexts/math-101/lineitems`,
              values: [{ label: 'Line items', value: `${url}/lti/contexts/math-101/lineitems` }],
            },
          ],
        }),
      },
    },
    'POST /tools/:name/test': {
      id: 'testTool',
      summary: 'Tries a tool, its contexts and their upstreams, as `gradebridge doctor` does',
      answers: { 200: ok('What was found.', object({ results }), { results: [checked] }) },
      errors: ['NOT_FOUND'],
    },
    'POST /upstreams/:name/test': {
      id: 'testUpstream',
      summary: 'Tries an upstream and its contexts, as `gradebridge doctor` does',
      answers: { 200: ok('What was found.', object({ results }), { results: [checked] }) },
      errors: ['NOT_FOUND'],
    },
  },
};
