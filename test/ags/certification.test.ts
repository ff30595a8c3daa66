import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { assertion, formOf, inline, requestToken, scopes, sharedKey, TOKEN_URL } from '../auth/assertions.ts';
import { type Document, openWorld, PUBLIC_URL, sourcedIdIn } from '../exchange/world.ts';
import { containerOf, LINE_ITEM, listIn, SCORE, toolOf } from './desk.ts';

/**
 * The platform's side of the certification of LTI Advantage (Conformance Certification Guide §4.2.1, §5.4), as far as it is
 * about assignments and grades: two contexts, three tokens with one scope each, each token used in both contexts. The
 * launches are the LMS's; what they would carry is the endpoint claim, from which this tool starts.
 */
const CLAIMS = {
  A: { lineitems: `${PUBLIC_URL}${containerOf('math-101')}`, student: 'student-1' },
  B: { lineitems: `${PUBLIC_URL}${containerOf('science-7')}`, student: 'student-2' },
} as const;

test('certification, platform side: the checklist from first to last', async (t) => {
  const key = await sharedKey('RS256');
  const world = await openWorld(t, { config: inline(key) });
  let tokens = 0;

  async function tokenFor(scope: string): Promise<string> {
    tokens++;
    const signed = await assertion(world, key, {
      claims: { iss: 'quizzer', sub: 'quizzer', aud: TOKEN_URL },
    });
    const { status, body, text } = await requestToken(world, formOf(signed, scopes(scope)));
    assert.equal(status, 200, text);
    assert.equal(body['scope'], scopes(scope), 'exactly the one scope');
    assert.match(String(body['token_type']), /^bearer$/i);
    assert.ok(Number(body['expires_in']) > 0);
    return String(body['access_token']);
  }

  const items: Record<string, Document> = {};
  await t.test('token call 1, line item scope only: line items 1 and 2 in A, read back', async (t) => {
    const tool = toolOf(world, await tokenFor('lineitem'));
    const create = async (lineitems: string, label: string): Promise<Document> => {
      const body = { label, scoreMaximum: 60, tag: 'grade', resourceId: `r-${label}` };
      const answer = await tool.call('POST', lineitems, {
        body,
        headers: { 'content-type': LINE_ITEM, accept: LINE_ITEM },
      });
      assert.equal(answer.status, 201, answer.text);
      assert.equal(answer.headers['content-type']?.split(';')[0], LINE_ITEM);
      assert.deepEqual(answer.body, { id: answer.body['id'], ...body });
      return answer.body;
    };
    items['1'] = await create(CLAIMS.A.lineitems, 'One');
    assert.deepEqual((await tool.get(String(items['1']['id']))).body, items['1']);
    items['2'] = await create(CLAIMS.A.lineitems, 'Two');
    assert.deepEqual(
      listIn(await tool.get(CLAIMS.A.lineitems))
        .map(({ label }) => label)
        .sort(),
      ['One', 'Two'],
    );
    await t.test('line item 3 in B, with the token of call 1', async () => {
      items['3'] = await create(CLAIMS.B.lineitems, 'Three');
    });
    assert.equal((await tool.score(String(items['1']['id']))).status, 403, 'this token is for line items');
  });

  const [one, three] = [String(items['1']?.['id']), String(items['3']?.['id'])];
  await t.test('token call 2, score scope only: a score in B, and with the same token one in A', async () => {
    const tool = toolOf(world, await tokenFor('score'));
    for (const [id, userId, scoreGiven] of [
      [three, CLAIMS.B.student, 0],
      [one, CLAIMS.A.student, 1],
    ] as const) {
      const answer = await tool.call('POST', `${id}/scores`, {
        headers: { 'content-type': SCORE },
        body: {
          userId,
          scoreGiven,
          scoreMaximum: 3,
          comment: 'This is exceptional work.',
          activityProgress: 'Completed',
          gradingProgress: 'FullyGraded',
          timestamp: new Date(world.now()).toISOString(),
        },
      });
      assert.equal(answer.status, 200, answer.text);
    }
    assert.equal((await tool.get(one)).status, 403);
  });

  await t.test('token call 3, result scope only: the results are there at once, in B and in A', async () => {
    const tool = toolOf(world, await tokenFor('result.readonly'));
    const [ofThree, ofOne] = [await tool.results(three), await tool.results(one)];
    assert.deepEqual(
      [ofThree, ofOne].map((results) =>
        results.map((r) => [r['userId'], r['resultScore'], r['resultMaximum']]),
      ),
      [[['student-2', 0, 60]], [['student-1', 20, 60]]],
    );
    assert.deepEqual([ofThree[0]?.['scoreOf'], ofOne[0]?.['scoreOf']], [three, one]);
  });

  await t.test('columns and scores are in the gradebook', () => {
    const column = (id: string, context: string): Document => {
      const found = world.sandbox.find('lineItems', sourcedIdIn(id, context));
      assert.ok(found);
      return found;
    };
    assert.deepEqual(
      [column(one, 'math-101'), column(three, 'science-7')].map((found) => [
        found['title'],
        (found['class'] as Document)['sourcedId'],
        found['resultValueMax'],
      ]),
      [
        ['One', 'class-1', 60],
        ['Three', 'class-2', 60],
      ],
    );
    const results = world
      .writes()
      .filter(({ path }) => path.includes('/results/'))
      .flatMap(({ path }): readonly Document[] => {
        const found = world.sandbox.find('results', path.split('/').at(-1) ?? '');
        return found ? [found] : [];
      });
    assert.deepEqual(
      results.map((result) => [
        (result['student'] as Document)['sourcedId'],
        result['score'],
        result['scoreStatus'],
      ]),
      [
        ['student-2', 0, 'fully graded'],
        ['student-1', 20, 'fully graded'],
      ],
    );
  });
  assert.equal(tokens, 3);
});

test('certification: what the gateway signs verifies by kid from its key set', async (t) => {
  const key = await sharedKey('RS256');
  const world = await openWorld(t, { config: inline(key) });
  const { body } = await requestToken(world, formOf(await assertion(world, key)));
  const set = await world.with(undefined).call('GET', '/.well-known/jwks.json');
  const keys = createLocalJWKSet(set.body as unknown as JSONWebKeySet);
  const { protectedHeader } = await jwtVerify(String(body['access_token']), keys);
  assert.ok(protectedHeader.kid);
});
