import { DELIVERY_STATES } from '../../../../src/core/delivery.ts';
import { anything, count, listOf, object, oneOf, pageOf, ref, said, text, time, truth } from '../schema.ts';
import { type AdminPart, ok, pageQuery } from './admin.ts';

const at = '2026-03-06T20:05:00.000Z';

/** How everything is, and what was done. */
export const OVERVIEW: AdminPart = {
  tag: 'Overview and audit',
  schemas: {
    Revision: object({
      id: text,
      loadedAt: time,
      file: text,
      isCurrent: said(truth, 'Whether the file says what runs.'),
      'problem?': said(text, 'Why the file could not be used.'),
    }),
    Overview: object({
      revision: ref('Revision'),
      upstreams: listOf(
        object({
          ...{ name: text, profile: text, reachable: truth, 'code?': text },
          circuit: oneOf(['open', 'closed']),
          'tokenUntil?': time,
          latency: listOf(object({ at: time, count, p50: count, p95: count, errors: count })),
        }),
      ),
      tools: listOf(
        object({ tool: text, series: listOf(object({ at: time, requests: count, errors: count })) }),
      ),
      deliveries: listOf(object({ upstream: text, state: oneOf(DELIVERY_STATES), count, oldest: time })),
      attention: listOf(object({ level: oneOf(['red', 'amber']), text, href: text })),
    }),
    AuditEntry: object({
      ...{ at: time, who: text, what: text, subject: text },
      ...{ 'before?': anything, 'after?': anything, 'why?': text },
    }),
  },
  operations: {
    'GET /overview': {
      id: 'overview',
      summary: 'How everything is, and what somebody should look at',
      answers: {
        200: ok('The last hour of this process.', ref('Overview'), {
          revision: { id: '5f1c', loadedAt: at, file: '/etc/gradebridge.config.json', isCurrent: true },
          upstreams: [
            {
              ...{
                name: 'timeback',
                profile: 'timeback',
                reachable: true,
                circuit: 'closed',
                tokenUntil: at,
              },
              latency: [{ at, count: 12, p50: 40, p95: 120, errors: 0 }],
            },
          ],
          tools: [{ tool: 'quizzer', series: [{ at, requests: 12, errors: 1 }] }],
          deliveries: [{ upstream: 'timeback', state: 'failed', count: 1, oldest: at }],
          attention: [
            {
              ...{ level: 'red', text: 'timeback: 1 deliveries have failed.' },
              href: '/console/deliveries?state=failed&upstream=timeback',
            },
          ],
        }),
      },
    },
    'GET /audit': {
      id: 'audit',
      summary: 'Every change, the newest first',
      query: pageQuery(),
      answers: {
        200: ok('Entries.', pageOf(ref('AuditEntry')), {
          items: [
            {
              ...{ at, who: 'ada', what: 'delivery.discard', subject: '9b2f6a0e' },
              ...{ before: { state: 'held' }, after: { state: 'discarded' }, why: 'The teacher is right' },
            },
          ],
        }),
      },
      errors: ['INVALID_QUERY'],
    },
  },
};
