import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, type Document, held } from '../exchange/world.ts';
import {
  assertProblem,
  at,
  containerOf,
  deskOn,
  LINE_ITEM,
  openDesk,
  PUBLIC_URL,
  sourcedIdIn,
} from './desk.ts';

const EXTENSION = 'https://tool.example/ags/attempts';
const REVIEW = { reviewableStatus: ['Submitted', 'None'], label: 'See', custom: { a: '1' } };

/** What a tool sends besides label and scoreMaximum, and what it reads back; undefined means that it is not there. */
const MEMBERS: Readonly<Record<string, readonly [Document, Document]>> = {
  'AGS §3.2.8 scoreMaximum may be a decimal': [{ scoreMaximum: 0.1 }, { scoreMaximum: 0.1 }],
  'AGS §3.2.10 resourceId is kept as it is': [{ resourceId: ' Quiz/231?ü ' }, { resourceId: ' Quiz/231?ü ' }],
  'AGS §3.2.10 resourceId may have 256 characters': [
    { resourceId: 'r'.repeat(256) },
    { resourceId: 'r'.repeat(256) },
  ],
  'AGS §3.2.10 an unset resourceId is left out, never null': [
    { resourceId: null },
    { resourceId: undefined },
  ],
  'AGS §3.2.11 tag is kept as it is': [{ tag: 'Grade' }, { tag: 'Grade' }],
  'AGS §3.2.11 an unset tag is left out, never null': [{ tag: null }, { tag: undefined }],
  'AGS §3.2.9 resourceLinkId is kept': [{ resourceLinkId: 'link-1' }, { resourceLinkId: 'link-1' }],
  'AGS §3.2.9 an unset resourceLinkId is left out, never null': [
    { resourceLinkId: null },
    { resourceLinkId: undefined },
  ],
  'AGS §3.2.12 startDateTime is shown in UTC with Z': [
    { startDateTime: '2026-04-01T00:00:00+02:00' },
    { startDateTime: '2026-03-31T22:00:00Z' },
  ],
  'AGS §3.2.13 endDateTime is shown in UTC with Z': [
    { endDateTime: '2036-04-01T00:00:00.5-02' },
    { endDateTime: '2036-04-01T02:00:00.500Z' },
  ],
  'AGS §4 unset dates are left out, never null or blank': [
    { startDateTime: '', endDateTime: null },
    { startDateTime: undefined, endDateTime: undefined },
  ],
  'AGS §3.2.14 gradesReleased false is false': [{ gradesReleased: false }, { gradesReleased: false }],
  'AGS §1.3 submissionReview is kept': [{ submissionReview: REVIEW }, { submissionReview: REVIEW }],
  'AGS §1.3 submissionReview is never null': [{ submissionReview: null }, { submissionReview: undefined }],
  'AGS §3.1.2 extensions with a URL as name are kept': [
    { [EXTENSION]: { max: 3 } },
    { [EXTENSION]: { max: 3 } },
  ],
  'AGS §1.3 plain unknown members are no reason to refuse': [{ ltiLinkId: '1', dueAt: 5 }, {}],
};

test('AGS §3.2 the members of a line item', async (t) => {
  const { tool } = await openDesk(t);
  for (const [name, [sent, expected]] of Object.entries(MEMBERS)) {
    await t.test(name, async () => {
      const body = { label: 'Quiz', scoreMaximum: 10, ...sent };
      const created = await tool.call('POST', containerOf(), {
        body,
        headers: { 'content-type': LINE_ITEM },
      });
      assert.equal(created.status, 201, created.text);
      const id = String(created.body['id']);
      const replaced = await tool.put(id, body);
      for (const shown of [created, await tool.get(id), replaced].map((answer) => answer.body)) {
        assert.equal(shown['label'], 'Quiz');
        for (const [member, value] of Object.entries(expected)) {
          assert.deepEqual(shown[member], value, member);
          if (value === undefined) assert.ok(!(member in shown), `${member} is there`);
        }
      }
      assert.deepEqual(
        (await tool.list()).find((item) => item['id'] === id),
        replaced.body,
      );
    });
  }
});

/** What a line item may not be. */
const REFUSED: Readonly<Record<string, readonly [Document, readonly string[]]>> = {
  'AGS §3.2.7 label is required': [{ label: undefined }, ['/label']],
  'AGS §3.2.7 label is not blank': [{ label: '  ' }, ['/label']],
  'AGS §3.2.8 scoreMaximum is required': [{ scoreMaximum: undefined }, ['/scoreMaximum']],
  'AGS §3.2.8 scoreMaximum is not null': [{ scoreMaximum: null }, ['/scoreMaximum']],
  'AGS §3.2.8 scoreMaximum is above 0': [{ scoreMaximum: 0 }, ['/scoreMaximum']],
  'AGS §3.2.8 scoreMaximum is a number, not its text': [{ scoreMaximum: '10' }, ['/scoreMaximum']],
  'AGS §3.2.10 resourceId is a string': [{ resourceId: 231 }, ['/resourceId']],
  'AGS §3.2.10 resourceId has at most 256 characters': [{ resourceId: 'r'.repeat(257) }, ['/resourceId']],
  'AGS §3.2.11 tag is a string of at most 256 characters': [{ tag: 't'.repeat(257) }, ['/tag']],
  'AGS §3.2.12 startDateTime has a zone': [{ startDateTime: '2026-04-01T00:00:00' }, ['/startDateTime']],
  'AGS §3.2.13 endDateTime has a zone': [{ endDateTime: '2026-04-01' }, ['/endDateTime']],
  'AGS §3.2.14 gradesReleased is true or false': [{ gradesReleased: 'yes' }, ['/gradesReleased']],
};

test('AGS §3.2 a line item that is not valid is refused, on POST and PUT', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  world.sandbox.clearRequests();
  for (const [name, [members, pointers]] of Object.entries(REFUSED)) {
    await t.test(name, async () => {
      const body = { label: 'Quiz', scoreMaximum: 10, ...members };
      const posted = await tool.call('POST', containerOf(), { body, headers: { 'content-type': LINE_ITEM } });
      assertProblem(posted, 400, 'INVALID_LINE_ITEM', pointers);
      assertProblem(await tool.put(id, body), 400, 'INVALID_LINE_ITEM', pointers);
      assert.equal(world.writes().length, 0);
    });
  }
});

test('AGS §3.2.3 id is an absolute URL without query and trailing slash, in lower case', async (t) => {
  const { tool } = await openDesk(t);
  for (const context of ['math-101', 'science-7']) {
    const id = await tool.create({}, context);
    assert.match(id, /^https:\/\/grades\.example\/lti\/contexts\/[a-z0-9-]+\/lineitems\/[a-z0-9-]+$/);
    assert.equal((await tool.get(id)).body['id'], id);
  }
});

test('AGS §3.2.5 created: 201 with the item in the vendor type; an id in the body is ignored', async (t) => {
  const { world, tool } = await openDesk(t);
  const body = { id: 'https://tool.example/mine', label: 'Quiz', scoreMaximum: 10 };
  const answer = await tool.call('POST', containerOf(), { body, headers: { 'content-type': LINE_ITEM } });
  assert.equal(answer.status, 201, answer.text);
  assert.ok(String(answer.headers['content-type']).startsWith(LINE_ITEM));
  assert.ok(String(answer.body['id']).startsWith(`${PUBLIC_URL}${containerOf()}/`), answer.text);
  const { title, resultValueMax, class: ofClass } = held(world, sourcedIdIn(answer.body['id']));
  assert.deepEqual([title, resultValueMax, ofClass], ['Quiz', 10, { sourcedId: 'class-1' }]);
});

test('AGS §3.2.5 the same POST twice makes two line items: nothing of them is unique', async (t) => {
  const { tool } = await openDesk(t);
  const same = { resourceId: 'r', tag: 't', resourceLinkId: 'l' };
  const ids = [await tool.create(same), await tool.create(same)];
  assert.deepEqual((await tool.list('?resource_id=r')).map(({ id }) => id).sort(), ids.sort());
});

test('AGS §3.2.9 a resource link that is not of the context is 404, on creating', async (t) => {
  const config = { contexts: { 'math-101': { resourceLinks: ['link-1'] } } };
  const { world, tool } = await openDesk(t, { config });
  const create = (resourceLinkId: string): Promise<Answer> =>
    tool.call('POST', containerOf(), { body: { label: 'Q', scoreMaximum: 1, resourceLinkId } });
  assertProblem(await create('link-2'), 404, 'RESOURCE_LINK_NOT_FOUND');
  assert.equal(world.writes().length, 0);
  assert.equal((await create('link-1')).status, 201);
  await tool.create();
});

test('AGS §3.2.6 PUT is a replacement: what is missing is unset, 200 with the item as applied', async (t) => {
  const { tool } = await openDesk(t);
  const id = await tool.create({
    tag: 't',
    resourceId: 'r',
    startDateTime: at(0),
    gradesReleased: true,
    [EXTENSION]: 1,
  });
  const answer = await tool.put(id, { id, label: 'Quiz 2', scoreMaximum: 10, tag: 'u' });
  assert.equal(answer.status, 200, answer.text);
  assert.ok(String(answer.headers['content-type']).startsWith(LINE_ITEM));
  assert.deepEqual(answer.body, { id, label: 'Quiz 2', scoreMaximum: 10, tag: 'u' });
  assert.deepEqual((await tool.get(id)).body, answer.body);
});

test('AGS §3.2.6 id and resourceLinkId do not change; leaving the link out leaves it', async (t) => {
  const { tool } = await openDesk(t);
  const id = await tool.create({ resourceLinkId: 'link-1' });
  const other = await tool.create();
  const item = { label: 'Quiz', scoreMaximum: 10 };
  assertProblem(await tool.put(id, { ...item, id: other }), 400, 'INVALID_LINE_ITEM', ['/id']);
  assertProblem(await tool.put(id, { ...item, resourceLinkId: 'link-2' }), 400, 'INVALID_LINE_ITEM', [
    '/resourceLinkId',
  ]);
  assert.equal((await tool.put(id, { ...item, resourceLinkId: 'link-1' })).body['resourceLinkId'], 'link-1');
  assert.equal((await tool.put(id, item)).body['resourceLinkId'], 'link-1');
  assert.equal((await tool.put(id, { ...item, resourceLinkId: null })).body['resourceLinkId'], 'link-1');
});

test('AGS §3.2.6 PUT does not create', async (t) => {
  const { world, tool } = await openDesk(t);
  const answer = await tool.put(`${PUBLIC_URL}${containerOf()}/new`, { label: 'Quiz', scoreMaximum: 10 });
  assertProblem(answer, 404, 'LINE_ITEM_NOT_FOUND');
  assert.equal(world.writes().length, 0);
});

test('AGS §1.7 DELETE is 204 without a body, repeated 404; the item is gone from everywhere', async (t) => {
  const { world, tool } = await openDesk(t);
  const id = await tool.create();
  const deleted = await tool.call('DELETE', id);
  assert.deepEqual([deleted.status, deleted.text], [204, '']);
  assertProblem(await tool.call('DELETE', id), 404, 'LINE_ITEM_NOT_FOUND');
  assertProblem(await tool.get(id), 404, 'LINE_ITEM_NOT_FOUND');
  assertProblem(await tool.put(id, { label: 'Quiz', scoreMaximum: 1 }), 404, 'LINE_ITEM_NOT_FOUND');
  assert.deepEqual(await tool.list(), []);
  assert.equal(world.sandbox.find('lineItems', sourcedIdIn(id))?.['status'], 'tobedeleted');
});

test('AGS §1 a tool sees its own line items of that context alone', async (t) => {
  const { world, tool, as } = await openDesk(t);
  const id = await tool.create();
  const drill = await as('drill');
  for (const answer of [
    await drill.get(id),
    await drill.put(id, { label: 'Mine', scoreMaximum: 1 }),
    await drill.call('DELETE', id),
    await tool.get(id.replace('math-101', 'science-7')),
    await tool.get(`${containerOf()}/teacher-quiz`),
  ])
    assertProblem(answer, 404, 'LINE_ITEM_NOT_FOUND');
  assert.deepEqual(await drill.list(), []);
  assert.deepEqual(await tool.list('', 'science-7'), []);
  const { tool: whole } = await deskOn(t, world.sandbox, {
    contexts: { 'math-101': { ownership: 'class' } },
  });
  assert.equal((await whole.get(`${containerOf()}/teacher-quiz`)).body['label'], 'Chapter 3 Quiz');
});
