import { OF_ONEROSTER } from '../operation.ts';
import { address, anyObject, count, listOf, object, oneOf, pageOf, ref, said, text } from '../schema.ts';
import { type AdminPart, ok, pageQuery } from './admin.ts';
import { finding } from './reconcile.ts';

export const LINE_ITEMS: AdminPart = {
  tag: 'Line items',
  schemas: {
    LineItemRow: object({
      id: address,
      ...{ context: text, sourcedId: text },
      'url?': said(text, 'The URL under which the tool has made it.'),
      'owner?': said(text, 'The tool that made it.'),
      'status?': text,
      ags: said(anyObject, 'As the tool reads it, without its id.'),
      oneroster: anyObject,
      results: said(count, 'How many there are.'),
      findings: said(listOf(ref('ReconcileFinding')), 'Those of the line item itself.'),
      flags: listOf(oneOf(['duplicate', 'orphan', 'unowned', 'edited', 'results'])),
    }),
  },
  operations: {
    'GET /line-items': {
      id: 'listLineItems',
      summary: 'The line items of a class, as both sides see them',
      query: { context: text, ...pageQuery(25, 100) },
      answers: {
        200: ok('Line items.', pageOf(ref('LineItemRow')), {
          items: [
            {
              id: 'https://grades.example/lti/contexts/math-101/lineitems/quiz-7',
              ...{ context: 'math-101', sourcedId: 'quiz-7', owner: 'quizzer', status: 'active', results: 2 },
              ags: { label: 'Quiz 7', scoreMaximum: 10 },
              oneroster: { sourcedId: 'quiz-7', status: 'active', title: 'Quiz 7', resultValueMax: 10 },
              flags: ['duplicate'],
              findings: [finding],
            },
          ],
        }),
      },
      errors: ['INVALID_QUERY', ...OF_ONEROSTER],
    },
  },
};
