import { LAWS } from '../../../../src/core/laws.ts';
import { DEEDS } from '../../../../src/workbench/stories.ts';
import {
  anyObject,
  anything,
  count,
  entriesOf,
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

const direction = oneOf(['oneroster', 'ags']);
const MAPPING_RESOURCES = ['lineItem', 'assessmentLineItem', 'result', 'assessmentResult'];

/** The text of a mapping, which is a document in itself. */
export const mappingText: Schema = {
  type: 'string',
  contentMediaType: 'application/json',
  contentSchema: ref('Mapping'),
};

export const summary: Readonly<Record<string, Schema>> = {
  name: text,
  'resource?': oneOf(MAPPING_RESOURCES),
  source: oneOf(['shipped', 'folder', 'console']),
  active: { type: ['integer', 'null'], description: 'The version that is used; null for the file.' },
  usedBy: said(listOf(text), 'Contexts.'),
};

/** What is found of the text of a mapping, before it is used on anything. */
export const judged: Readonly<Record<string, Schema>> = {
  problems: listOf(ref('MappingProblem')),
  laws: listOf(ref('TriedLaw')),
  examples: listOf(
    object({
      title: text,
      holds: truth,
      differences: listOf(object({ pointer: text, 'expected?': anything, 'actual?': anything, direction })),
    }),
  ),
};

const lost = object({ pointer: text, 'expected?': anything, 'actual?': anything });
const change = { version: count, who: text, when: time, why: text };

export const MAPPING_PARTS: Readonly<Record<string, Schema>> = {
  MappingSummary: object({ ...summary, versions: said(count, 'How many there are.') }),
  MappingDetail: object({
    ...summary,
    'text?': mappingText,
    versions: listOf(object({ ...change, state: oneOf(['draft', 'active', 'retired']), text: mappingText })),
    changes: listOf(object({ ...change, verb: oneOf(['activated', 'rolledBack']) })),
    schema: said(anyObject, 'The JSON Schema of mappings.'),
  }),
  MappingProblem: object({
    ...{ place: text, 'line?': count, 'column?': count, 'row?': count, message: text, remedy: text },
  }),
  LostPlace: lost,
  TriedLaw: object({
    law: oneOf(LAWS),
    sentence: text,
    holds: said(truth, 'False also when there was no time to try it; then there is no counter-example.'),
    runs: count,
    'counterExample?': object({
      difference: ref('LostPlace'),
      sample: object({
        ...{ 'base?': anyObject, first: anyObject, second: anyObject, context: anyObject },
        ...{ now: { type: 'number' }, later: { type: 'number' } },
        'earlier?': object({ version: text, document: anyObject, 'base?': anyObject }),
      }),
      panes: object({ direction, document: anyObject, 'base?': anyObject, context: anyObject, now: text }),
      seed: { type: 'integer' },
    }),
  }),
  Trial: object({
    ...judged,
    documentProblems: listOf(
      object({
        in: oneOf(['document', 'base', 'context']),
        ...{ pointer: text, 'row?': count, message: text, remedy: text },
      }),
    ),
    'document?': anyObject,
    'back?': anyObject,
    notes: listOf(ref('Note')),
    rows: listOf(
      object({
        ...{ 'row?': count, 'ags?': text, 'oneroster?': text, 'read?': anything, 'wrote?': anything },
        ...{ deed: oneOf(Object.keys(DEEDS)), why: text },
      }),
    ),
    differences: listOf(ref('LostPlace')),
  }),
  WhatIf: object({
    ...{ tried: count, skipped: count, redacted: truth },
    items: listOf(
      object({
        ...{ id: text, at: time, tool: text, context: text },
        differences: listOf(object({ pointer: text, 'before?': anything, 'after?': anything })),
        'refused?': entriesOf(listOf(ref('Issue'))),
      }),
    ),
  }),
  RowChange: object({
    ...{
      change: oneOf(['added', 'removed', 'changed']),
      what: text,
      'rowBefore?': count,
      'rowAfter?': count,
    },
    ...{ 'before?': anything, 'after?': anything },
    'moves?': said(text, 'What it means for documents that stand: where a value goes with their next write.'),
  }),
  Settled: object({
    active: { type: ['integer', 'null'], description: 'The version that is used; null for the file.' },
    revision: count,
  }),
};
