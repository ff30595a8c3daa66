import { json } from '../operation.ts';
import { anyObject, count, listOf, object, oneOf, ref, said } from '../schema.ts';
import { type AdminPart, because, NOT_KEPT, OF_ADMIN_BODIES, ok, sentence } from './admin.ts';
import { judged, MAPPING_PARTS, mappingText } from './mappings.ts';

const TEXT = JSON.stringify({
  name: 'line-item',
  version: 1,
  resource: 'lineItem',
  stash: { oneroster: '/metadata/lti' },
  fields: [
    { ags: '/label', oneroster: '/title', codec: 'text' },
    { ags: '/scoreMaximum', oneroster: '/resultValueMax', codec: 'positive' },
  ],
});

const summary = {
  name: 'line-item',
  resource: 'lineItem',
  source: 'shipped',
  active: null,
  usedBy: ['math-101'],
};
const version = { version: 1, who: 'ada', when: '2026-03-06T20:05:02.000Z', why: 'A new field' } as const;
const settled = ok('What is active now.', ref('Settled'), { active: 1, revision: 3 });
const refused = {
  'law?': ref('TriedLaw'),
  ...judged,
};

/** What the workbench of the console uses. */
export const WORKBENCH: AdminPart = {
  tag: 'Mappings',
  schemas: MAPPING_PARTS,
  operations: {
    'GET /mappings': {
      id: 'listMappings',
      summary: 'Every mapping, and who uses it',
      answers: {
        200: ok('All of them.', object({ items: listOf(ref('MappingSummary')) }), {
          items: [{ ...summary, versions: 1 }],
        }),
      },
    },
    'GET /mappings/:name': {
      id: 'showMapping',
      summary: 'The text in use, its versions and changes',
      answers: {
        200: ok('The mapping.', ref('MappingDetail'), {
          ...{ ...summary, text: TEXT, versions: [{ ...version, state: 'draft', text: TEXT }] },
          ...{ changes: [], schema: { title: 'Gradebridge mapping' } },
        }),
      },
      errors: ['MAPPING_NOT_FOUND'],
    },
    'GET /mappings/:name/diff': {
      id: 'diffMapping',
      summary: 'What two versions have otherwise, by row',
      query: { before: said(count, '0 is the file.'), after: said(count, '0 is the file.') },
      answers: {
        200: ok('Changes.', object({ items: listOf(ref('RowChange')) }), {
          items: [{ change: 'removed', what: '/title', rowBefore: 0, before: { oneroster: '/title' } }],
        }),
      },
      errors: ['MAPPING_NOT_FOUND'],
    },
    'POST /mappings/:name/try': {
      id: 'tryMapping',
      summary: 'Tries a text on a document, and the laws on the text; nothing is kept',
      body: {
        schema: object({
          text: mappingText,
          direction: said(oneOf(['oneroster', 'ags']), 'The side to which the document is mapped.'),
          document: anyObject,
          ...{ 'base?': anyObject, 'context?': anyObject },
          'now?': { type: ['string', 'number'], description: 'ISO 8601, or milliseconds since 1970.' },
        }),
        example: { text: TEXT, direction: 'oneroster', document: { label: 'Quiz 1', scoreMaximum: 10 } },
      },
      answers: {
        200: ok('What came of it.', ref('Trial'), {
          ...{ problems: [], laws: [], examples: [], documentProblems: [], notes: [], differences: [] },
          document: { title: 'Quiz 1', resultValueMax: 10 },
          back: { label: 'Quiz 1', scoreMaximum: 10 },
          rows: [
            {
              ...{ row: 0, ags: '/label', oneroster: '/title', read: 'Quiz 1', wrote: 'Quiz 1' },
              ...{ deed: 'copied', why: 'the value as it is' },
            },
          ],
        }),
      },
      errors: [...OF_ADMIN_BODIES, 'MAPPING_NOT_FOUND', 'MAPPING_TOO_HEAVY'],
    },
    'POST /mappings/:name/what-if': {
      id: 'whatIf',
      summary: 'What OneRoster would have received otherwise of the last recorded writes',
      description: 'Values are hidden unless an operator gives a reason, which stands in the audit.',
      body: {
        schema: object({
          text: mappingText,
          'last?': { type: 'integer', minimum: 1, maximum: 500, default: 50 },
          'reason?': { type: 'string', maxLength: 500 },
        }),
        example: { text: TEXT, last: 50 },
      },
      answers: {
        200: ok('The writes that would have been otherwise.', ref('WhatIf'), {
          ...{ tried: 3, skipped: 0, redacted: true, items: [] },
        }),
      },
      errors: [...OF_ADMIN_BODIES, 'MAPPING_NOT_FOUND', 'INVALID_MAPPING'],
    },
    'POST /mappings/:name/drafts': {
      id: 'draftMapping',
      summary: 'Keeps a text; nothing uses it yet',
      body: {
        schema: object({ text: mappingText, why: sentence }),
        example: { text: TEXT, why: 'A new field' },
      },
      answers: {
        201: {
          ...json('The number of the version.', object({ version: count }), { version: 1 }),
          headers: NOT_KEPT,
        },
      },
      errors: [...OF_ADMIN_BODIES, 'MAPPING_NOT_FOUND', 'INVALID_MAPPING'],
    },
    'POST /mappings/:name/versions/:version/activate': {
      id: 'activateMapping',
      summary: 'Proves the laws, then puts a version in force',
      body: because('why'),
      answers: { 200: settled },
      errors: [
        ...OF_ADMIN_BODIES,
        'MAPPING_NOT_FOUND',
        'MAPPING_CHANGED',
        'MAPPING_REFUSED',
        'MAPPING_TOO_HEAVY',
      ],
      problems: { MAPPING_REFUSED: refused },
    },
    'POST /mappings/:name/rollback': {
      id: 'rollBackMapping',
      summary: 'Puts in force again what was active before, or the file',
      body: because('why'),
      answers: { 200: settled },
      errors: [
        ...OF_ADMIN_BODIES,
        ...(['MAPPING_NOT_FOUND', 'NOTHING_TO_ROLL_BACK', 'MAPPING_CHANGED'] as const),
        ...(['MAPPING_REFUSED', 'MAPPING_TOO_HEAVY'] as const),
      ],
      problems: { MAPPING_REFUSED: refused },
    },
  },
};
