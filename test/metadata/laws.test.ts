import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { nameBasedId } from '../../src/core/identity.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { samples } from '../../src/proof/samples.ts';
import { lensOf, shippedMappings } from '../core/lenses.ts';
import { type Answer, type Client, type Document, held, openWorld, type World } from '../exchange/world.ts';
import { configOf, HABITS, type Habit, SERVICES, type Service } from './dropping.ts';

const RUNS = 12;
const SEED = 20_260_301;

const FAMILIES = ['lineItems', 'assessmentLineItems'] as const;
type Family = (typeof FAMILIES)[number];

/** Pairs of line items that a tool may write, one after the other, as the laws are tried on. */
function pairs(): readonly (readonly [JsonObject, JsonObject])[] {
  const mapping = shippedMappings().find(({ name }) => name === 'line-item');
  assert.ok(mapping);
  return fc
    .sample(samples(lensOf(mapping)), { numRuns: RUNS, seed: SEED })
    .map(({ first, second }) => [first, second] as const);
}

interface Side {
  readonly world: World;
  readonly tool: Client;
}

async function openSide(
  t: TestContext,
  family: Family,
  service: Service,
  metadata: Habit | 'kept',
): Promise<Side> {
  const config = configOf({ habit: 'dropped', service, config: { contexts: { 'math-101': { family } } } });
  const world = await openWorld(t, { config, sandbox: { profile: service, metadata } });
  return { world, tool: await world.as() };
}

/** What a tool is told, but for the id of its request. */
function told({ status, body, headers }: Answer): unknown {
  if (status >= 300)
    return { status, error: body['error'], details: { ...(body['details'] as Document), requestId: '' } };
  return { status, body, etag: headers.etag };
}

/** What OneRoster holds of the last write, without metadata. */
function core({ world }: Side, url: string, family: Family): unknown {
  // Not by what was written last: a column whose maximum has changed is written once more, when its results have followed.
  const { metadata: _, ...document } = held(world, nameBasedId('quizzer', 'math-101', url), family);
  return document;
}

/** The steps that the laws speak of, on a line item under a URL of its own. @returns what the tool was told at each */
async function live(
  side: Side,
  url: string,
  [first, second]: readonly [JsonObject, JsonObject],
  family: Family,
) {
  const { tool, world } = side;
  const written = await tool.put(url, first);
  const read = await tool.get(url);
  if (written.status !== 201) return { isTaken: false, answers: [told(written), told(read)] };
  const { id: _, ...document } = read.body;
  assert.deepEqual(read.body, written.body, 'put-get');
  world.sandbox.clearRequests();
  const back = await tool.put(url, document);
  // The tag knows of members that were null, which are shown to nobody.
  assert.deepEqual([back.status, back.body], [201, read.body], 'get-put');
  const over = await tool.put(url, second);
  world.sandbox.clearRequests();
  const again = await tool.put(url, second);
  const stands = over.status === 201 ? core(side, url, family) : undefined;
  world.advance(86_400_000);
  world.sandbox.clearRequests();
  const later = await tool.put(url, second);
  if (over.status === 201) assert.deepEqual(core(side, url, family), stands, 'retry');
  assert.deepEqual([told(again), told(later)], [told(over), told(over)], 'retry');
  return { isTaken: true, answers: [written, read, back, over, again, await tool.get(url)].map(told) };
}

for (const family of FAMILIES) {
  for (const service of SERVICES) {
    for (const habit of HABITS) {
      test(`${family} of a ${service} service whose metadata is ${habit}: generated documents are told as where it is kept`, async (t) => {
        const keeping = await openSide(t, family, service, 'kept');
        const dropping = await openSide(t, family, service, habit);
        let taken = 0;
        for (const [index, pair] of pairs().entries()) {
          const url = `https://lms.example.com/course/1/lineitems/${index}`;
          const expected = await live(keeping, url, pair, family);
          const actual = await live(dropping, url, pair, family);
          assert.deepEqual(actual, expected, JSON.stringify(pair));
          if (actual.isTaken) taken++;
        }
        assert.ok(taken > RUNS / 2, `${taken} of ${RUNS} documents were taken`);
        assert.deepEqual((await dropping.tool.list()).body, (await keeping.tool.list()).body);
      });
    }
  }
}
