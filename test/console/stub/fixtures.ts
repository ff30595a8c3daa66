import type { Json, JsonObject } from '../../../src/core/json.ts';

/** What the stub answers: one gateway on a bad morning, so that every page has something to show. */

const MINUTE = 60_000;

export function ago(minutes: number): string {
  return new Date(Date.now() - minutes * MINUTE).toISOString();
}

const series = (size: number, of: (minute: number) => JsonObject): readonly JsonObject[] =>
  Array.from({ length: size }, (_, index) => ({ at: ago(size - 1 - index), ...of(index) }));

export function overview(): JsonObject {
  return {
    revision: {
      id: 'b41f09c2',
      loadedAt: ago(190),
      file: '/etc/gradebridge/gradebridge.config.json',
      isCurrent: false,
    },
    upstreams: [
      {
        name: 'timeback',
        profile: 'timeback',
        reachable: true,
        circuit: 'closed',
        tokenUntil: ago(-40),
        latency: series(60, (minute) => ({
          count: 20 + (minute % 7),
          p50: 60 + 20 * Math.sin(minute / 6),
          p95: 160 + 90 * Math.sin(minute / 4) ** 2,
          errors: minute === 44 ? 3 : 0,
        })),
      },
      {
        name: 'district-sis',
        profile: 'oneroster-1.2',
        reachable: false,
        code: 'UPSTREAM_UNREACHABLE',
        circuit: 'open',
        latency: series(60, (minute) => ({
          count: minute < 40 ? 8 : 2,
          p50: 300,
          p95: minute < 40 ? 700 : 4000,
          errors: minute < 40 ? 0 : 2,
        })),
      },
    ],
    tools: [
      {
        tool: 'quizzer',
        series: series(60, (minute) => ({
          requests: Math.round(14 + 10 * Math.sin(minute / 5)),
          errors: minute > 50 ? 2 : 0,
        })),
      },
      { tool: 'drill', series: series(30, (minute) => ({ requests: minute % 5, errors: 0 })) },
    ],
    deliveries: [
      { upstream: 'district-sis', state: 'failed', count: 3, oldest: ago(3000) },
      { upstream: 'district-sis', state: 'accepted', count: 41, oldest: ago(19) },
      { upstream: 'timeback', state: 'held', count: 1, oldest: ago(310) },
    ],
    attention: [
      {
        level: 'amber',
        text: 'The configuration file has changed since it was loaded.',
        href: '/console/configuration',
      },
      {
        level: 'red',
        text: '3 scores could not be delivered and wait for a decision.',
        href: '/console/deliveries?state=failed',
      },
      {
        level: 'red',
        text: 'district-sis does not answer; 41 scores wait for it.',
        href: '/console/deliveries?state=accepted&upstream=district-sis',
      },
    ],
  };
}

export const DELIVERIES: readonly JsonObject[] = [
  ...Array.from({ length: 6 }, (_, index) => ({
    id: `0b7c2d4e-0000-4000-8000-00000000000${index}`,
    state: ['failed', 'accepted', 'held', 'verified', 'superseded', 'discarded'][index] as string,
    tool: index % 2 === 0 ? 'quizzer' : 'drill',
    context: 'math-101',
    upstream: 'district-sis',
    lineItem: `4f3c0d5e-57b6-5a3e-9d0b-c9f5b6a5e1a${index}`,
    timestamp: ago(20 + index),
    attempts: 6 - index,
    fingerprint: '9d5ed678fe57bcca610140957afab571',
    acceptedAt: ago(19 + index),
    sentAt: ago(3),
    ...(index === 1 && { nextAttemptAt: ago(-2) }),
    ...(index < 3 && {
      errorCode: ['UPSTREAM_INVALID', 'UPSTREAM_DOWN', 'UPSTREAM_EDITED'][index] as string,
    }),
    ...(index === 5 && { reason: 'The quiz was a test of ours.' }),
  })),
];

export const ERROR: JsonObject = {
  code: 'UPSTREAM_INVALID',
  title: 'OneRoster did not accept the document.',
  remedy: 'See issues: each names a member that OneRoster complained of, and resend when it is mended.',
};

const ROW = { tool: 'quizzer', context: 'math-101' };

export const TRAFFIC: readonly JsonObject[] = [
  {
    id: 'req-0001',
    at: ago(1),
    ...ROW,
    operation: 'replaceLineItem',
    method: 'PUT',
    route: '/api/lineitems/:id',
    status: 201,
    milliseconds: 84.2,
    upstreamCalls: 2,
  },
  {
    id: 'req-0002',
    at: ago(2),
    ...ROW,
    operation: 'postScore',
    method: 'POST',
    route: '/lti/contexts/:context/lineitems/:id/scores',
    status: 202,
    milliseconds: 31,
    upstreamCalls: 1,
  },
  {
    id: 'req-0003',
    at: ago(4),
    ...ROW,
    operation: 'postScore',
    method: 'POST',
    route: '/api/lineitems/:id/scores',
    status: 404,
    code: 'USER_NOT_ENROLLED',
    milliseconds: 52,
    upstreamCalls: 1,
  },
  {
    id: 'req-0004',
    at: ago(9),
    ...ROW,
    operation: 'getLineItem',
    method: 'GET',
    route: '/api/lineitems/:id',
    status: 502,
    code: 'UPSTREAM_DOWN',
    milliseconds: 4012,
    upstreamCalls: 3,
  },
  {
    id: 'req-0005',
    at: ago(30),
    method: 'POST',
    route: '/lti/token',
    status: 200,
    milliseconds: 3,
    upstreamCalls: 0,
  },
];

export const AGS: JsonObject = {
  label: 'Fractions, week 3',
  scoreMaximum: 10,
  resourceId: 'quiz-231',
  tag: 'grade',
  'https://quizzer.example/ags/attempts': 3,
};
export const ONEROSTER: JsonObject = {
  sourcedId: '4f3c0d5e-57b6-5a3e-9d0b-c9f5b6a5e1a0',
  status: 'active',
  title: 'Fractions, week 3',
  assignDate: '2026-03-01T08:00:00Z',
  dueDate: '2026-03-15T08:00:00Z',
  class: { sourcedId: 'class-1', type: 'class' },
  resultValueMin: 0,
  resultValueMax: 10,
  metadata: {
    ltiResourceId: 'quiz-231',
    ltiTag: 'grade',
    lti: { members: { 'https://quizzer.example/ags/attempts': 3 } },
  },
};

/** A document with its values hidden, as the gateway redacts it. */
export function redacted(value: Json): Json {
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value as JsonObject).map(([name, member]) => [name, redacted(member)]),
    );
  return typeof value === 'string' ? '•••' : value;
}

export function exchange(row: JsonObject, isRevealed: boolean): JsonObject {
  const hide = isRevealed ? (value: Json): Json => value : redacted;
  return {
    ...row,
    redacted: !isRevealed,
    stages: [
      { stage: 'received', at: 0 },
      { stage: 'validated', at: 1 },
      { stage: 'mapped', at: 38 },
      { stage: 'sent', at: 39 },
      { stage: 'answered', at: 82 },
      { stage: 'returned', at: 84 },
    ],
    request: hide(AGS),
    response: hide(AGS),
    calls: [
      {
        method: 'GET',
        path: '/ims/oneroster/gradebook/v1p2/lineItems/4f3c0d5e',
        status: 404,
        milliseconds: 36,
      },
      {
        method: 'PUT',
        path: '/ims/oneroster/gradebook/v1p2/lineItems/4f3c0d5e',
        status: 201,
        milliseconds: 43,
        request: hide(ONEROSTER),
        response: hide(ONEROSTER),
      },
      {
        method: 'GET',
        path: '/ims/oneroster/gradebook/v1p2/categories',
        fault: 'timeout',
        milliseconds: 4000,
      },
    ],
    notes: [
      { kind: 'defaulted', ags: '/endDateTime', oneroster: '/dueDate' },
      { kind: 'context', oneroster: '/class' },
      { kind: 'stashed', ags: '/https:~1~1quizzer.example~1ags~1attempts', oneroster: '/metadata/lti' },
    ],
    curl: "curl -X PUT http://127.0.0.1:8080/api/lineitems/x -H 'Authorization: …'",
  };
}

const FOUND = { context: 'math-101', tool: 'quizzer' };

/** What is otherwise in OneRoster than tools were told. */
export const FINDINGS: readonly JsonObject[] = [
  {
    ...FOUND,
    id: '3f0c9a41d2e85b67',
    kind: 'lineItemDoubled',
    weight: 'wrong',
    lineItem: 'li-2',
    beside: 'li-1',
    says: 'Its tool has another line item with the same resource link, resource and tag.',
    evidence: { stands: 'active' },
    repairs: [
      {
        repair: 'remove',
        does: 'Deletes this line item softly in OneRoster; it has no results.',
        isOwnDecision: false,
      },
      {
        repair: 'leave',
        does: 'Leaves it as it is: it is only a note from now on, until it is otherwise again.',
        isOwnDecision: true,
      },
    ],
    advice: 'Ask whoever runs the tool first if its label is another one: it may be meant.',
  },
  {
    ...FOUND,
    id: '90be11d2c3a45f67',
    kind: 'resultMissing',
    weight: 'wrong',
    lineItem: '4f3c0d5e-57b6-5a3e-9d0b-c9f5b6a5e1a0',
    result: '5c45d162-3df1-5fe4-bc29-e8ab0e86ee82',
    student: 'student-7',
    delivery: '0b7c2d4e-0000-4000-8000-000000000003',
    says: 'A receipt says that OneRoster has taken a score, and its result is deleted there.',
    evidence: { stands: 'deleted' },
    repairs: [
      {
        repair: 'revive',
        does: 'Writes the result again as it lies in OneRoster, and active.',
        isOwnDecision: false,
      },
    ],
  },
  {
    ...FOUND,
    id: '77aa11d2c3a45f01',
    kind: 'lineItemChanged',
    weight: 'note',
    lineItem: 'li-1',
    says: 'Somebody has changed /title in OneRoster since the tool wrote it.',
    evidence: { stands: 'active', places: [{ ags: '/label', oneroster: '/title', isKnown: false }] },
    repairs: [],
    advice:
      'What the tool had written at /title is not known. Leave it, or have the tool write the line item again.',
  },
];

export const LINE_ITEMS: readonly JsonObject[] = [
  {
    sourcedId: 'li-1',
    url: 'https://grades.example/lti/contexts/math-101/lineitems/li-1',
    owner: 'quizzer',
    status: 'active',
    ags: AGS,
    oneroster: ONEROSTER,
    results: 24,
    flags: [],
    findings: [],
  },
  {
    sourcedId: 'li-2',
    owner: 'quizzer',
    status: 'active',
    ags: AGS,
    oneroster: { ...ONEROSTER, resultValueMax: 20 },
    results: 0,
    flags: ['duplicate', 'results'],
    findings: FINDINGS.slice(0, 1),
  },
  {
    sourcedId: 'li-3',
    status: 'active',
    ags: { label: 'Homework' },
    oneroster: { title: 'Homework' },
    results: 3,
    flags: [],
    findings: [],
  },
];

export const CHECKS: readonly JsonObject[] = [
  {
    check: 'upstream.token',
    subject: 'upstreams.district-sis',
    state: 'ok',
    found: 'The token endpoint gives a token.',
  },
  {
    check: 'upstream.read',
    subject: 'upstreams.district-sis',
    state: 'wrong',
    found: 'The service does not answer within 5 s.',
    remedy: 'Ask whoever runs it whether it is up, and whether this machine may reach it.',
  },
  {
    check: 'upstream.clock',
    subject: 'upstreams.district-sis',
    state: 'skipped',
    found: 'Not tried, because reading went wrong.',
  },
];

export const AUDIT: readonly JsonObject[] = [
  {
    at: ago(12),
    who: 'alice',
    what: 'delivery.discard',
    subject: '0b7c2d4e',
    why: 'The quiz was a test of ours.',
    before: { state: 'failed' },
    after: { state: 'discarded' },
  },
  {
    at: ago(300),
    who: 'alice',
    what: 'mapping.activate',
    subject: 'line-item',
    why: 'Teachers want to see attempts.',
  },
];
