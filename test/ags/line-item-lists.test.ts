import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer, Document } from '../exchange/world.ts';
import { type AgsTool, assertProblem, containerOf, listIn, openDesk } from './desk.ts';
import { parseLinkHeader } from './parse-link.ts';

const ITEMS: Readonly<Record<string, Document>> = {
  a: { resourceLinkId: 'l1', resourceId: 'r1', tag: 'Grade' },
  b: { resourceLinkId: 'l1', resourceId: 'r2', tag: 'Grade' },
  c: { resourceLinkId: 'l2', resourceId: 'r1' },
  d: {},
};

/** A query, and the labels of the items that fit. */
const FILTERS: Readonly<Record<string, readonly [string, string]>> = {
  'AGS §3.2.4 no filter': ['', 'abcd'],
  'AGS §3.2.4 resource_link_id': ['?resource_link_id=l1', 'ab'],
  'AGS §3.2.4 resource_id': ['?resource_id=r1', 'ac'],
  'AGS §3.2.4 tag': ['?tag=Grade', 'ab'],
  'AGS §3.2.4 a tag is taken to the letter': ['?tag=grade', ''],
  'AGS §3.2.4 several filters are joined with AND': ['?resource_link_id=l1&resource_id=r1&tag=Grade', 'a'],
  'AGS §3.2.4 no match is an empty list': ['?resource_link_id=l1&resource_id=r9', ''],
  'AGS §3.2.4 an unknown resource link is an empty list': ['?resource_link_id=nowhere', ''],
  'AGS §3.2.4 a blank filter filters nothing': ['?tag=', 'abcd'],
  'AGS §3.2.4 parameters that nobody knows do no harm': ['?lti_link_id=l1&x=1', 'abcd'],
  'AGS §3.2.4 limit of the whole': ['?limit=4', 'abcd'],
  'AGS §4 limit=0 is ignored': ['?limit=0', 'abcd'],
  'AGS §4 a negative limit is ignored': ['?limit=-1', 'abcd'],
  'AGS §4 a limit that is no number is ignored': ['?limit=many', 'abcd'],
  'AGS §4 a limit beyond reason is ignored': ['?limit=99999999999999', 'abcd'],
};

async function fill(tool: AgsTool): Promise<void> {
  for (const [label, members] of Object.entries(ITEMS)) await tool.create({ label, ...members });
}

const labels = (items: readonly Document[]): string =>
  items
    .map(({ label }) => label)
    .sort()
    .join('');

test('AGS §3.2.4 the filters of the container', async (t) => {
  const { tool } = await openDesk(t);
  await fill(tool);
  for (const [name, [query, expected]] of Object.entries(FILTERS)) {
    await t.test(name, async () => {
      const answer = await tool.get(`${containerOf()}${query}`);
      assert.equal(labels(listIn(answer)), expected);
      assert.match(
        String(answer.headers['content-type']),
        /^application\/vnd\.ims\.lis\.v2\.lineitemcontainer\+json/,
      );
      assert.equal(answer.headers['link'], undefined);
    });
  }
});

/** How libraries read the address of the next page, each by its own rule. */
const READERS: Readonly<Record<string, (link: string) => string | undefined>> = {
  'pylti1.3, which lower-cases': (link) => /<([^>]*)>;\s*rel="next"/.exec(link.toLowerCase())?.[1],
  Packback: (link) => /<([^>]*)>; ?rel="next"/.exec(link)?.[1],
  'ltijs, by parse-link-header': (link) => parseLinkHeader(link)?.['next']?.url,
  'RFC 8288': (link) =>
    link
      .split(/,\s*(?=<)/)
      .find((one) => /;\s*rel="?next"?/.test(one))
      ?.match(/^<([^>]+)>/)?.[1],
};

test('AGS §3.2.4 next: every library finds it, it keeps the filters, and survives lower-casing', async (t) => {
  const { tool } = await openDesk(t);
  for (let count = 0; count < 5; count++) await tool.create({ label: `G${count}`, tag: 'Grade & Co/ü' });
  await tool.create({ label: 'other' });
  const first = `${containerOf()}?limit=2&tag=${encodeURIComponent('Grade & Co/ü')}`;
  for (const [name, read] of Object.entries(READERS)) {
    await t.test(name, async () => {
      const seen: string[] = [];
      for (let url: string | undefined = first; url !== undefined; ) {
        const answer: Answer = await tool.get(url);
        seen.push(...listIn(answer).map(({ label }) => String(label)));
        assert.ok(seen.length <= 5, 'the links go in a circle');
        url = read(String(answer.headers['link'] ?? ''));
        assert.ok(url === undefined || url.startsWith('https://grades.example/lti/'), url);
      }
      assert.deepEqual(seen.sort(), ['G0', 'G1', 'G2', 'G3', 'G4']);
    });
  }
});

test('AGS §4 Link is one header of the plain form, with next first', async (t) => {
  const { tool } = await openDesk(t);
  await fill(tool);
  const first = await tool.get(`${containerOf()}?limit=1`);
  const link = String(first.headers['link']);
  assert.match(
    link,
    /^<https:\/\/[^<>"\s]+>; rel="next"(, <https:\/\/[^<>"\s]+>; rel="(prev|first|last)")*$/,
  );
  const second = await tool.get(READERS['Packback']?.(link) ?? '');
  assert.match(String(second.headers['link']), /rel="prev"/);
});

test('AGS §4 without limit the whole list comes, up to a high cap', async (t) => {
  const { tool } = await openDesk(t, { config: { limits: { page: 3 } } });
  await fill(tool);
  const answer = await tool.get(containerOf());
  assert.equal(listIn(answer).length, 3);
  assert.match(String(answer.headers['link']), /rel="next"/);
  const { tool: large } = await openDesk(t);
  for (let count = 0; count < 210; count += 30)
    await Promise.all(Array.from({ length: 30 }, () => large.create()));
  const whole = await large.get(containerOf());
  assert.equal(listIn(whole).length, 210);
  assert.equal(whole.headers['link'], undefined);
});

test('AGS §3.2.4 a page parameter that is none of ours is 400', async (t) => {
  const { tool } = await openDesk(t);
  assertProblem(await tool.get(`${containerOf()}?page=2`), 400, 'INVALID_QUERY', ['?page']);
});

/** Accept headers that tools send, and those that would exclude what they get. */
const ACCEPTS = [
  'application/json',
  '*/*',
  'application/vnd.ims.lis.v2.lineitem+json',
  'application/vnd.ims.lis.v2.lineitemcontainer+json',
  'text/html',
  '',
];

test('AGS §4 Accept is never a reason to refuse, and the vendor type always comes', async (t) => {
  const { tool } = await openDesk(t);
  const id = await tool.create();
  for (const accept of ACCEPTS) {
    const headers = { accept };
    assert.equal((await tool.call('GET', containerOf(), { headers })).status, 200, accept);
    const one = await tool.call('GET', id, { headers });
    assert.equal(one.headers['content-type']?.split(';')[0], 'application/vnd.ims.lis.v2.lineitem+json');
    const results = await tool.call('GET', `${id}/results`, { headers });
    assert.equal(
      results.headers['content-type']?.split(';')[0],
      'application/vnd.ims.lis.v2.resultcontainer+json',
    );
  }
});
