import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkEntry } from '../../src/config/registered.ts';
import { openDesk } from '../ags/desk.ts';
import { ADMIN, itemsOf, program, until } from './desk.ts';

/** Texts that a tool may send, and on which whatever reads them as something may stop. */
const WORDS = ['http://[/', '/%', '//[', 'https://a:99999/', 'http://%zz/', '/?%FF=%'];

test('whatever a tool writes into an id, traffic can be searched', async (t) => {
  const { world, tool } = await openDesk(t, { config: { admin: ADMIN } });
  for (const resourceId of WORDS) await tool.create({ resourceId, tag: resourceId, label: 'Quiz' });
  const viewer = program(world, 'vic');
  for (const search of ['nothing', ...WORDS, '[', '%', "'"]) {
    const answer = await viewer.get(`/traffic?search=${encodeURIComponent(search)}`);
    assert.equal(answer.status, 200, `${search}: ${answer.text}`);
  }
  assert.equal(itemsOf(await viewer.get(`/traffic?search=${encodeURIComponent('http://[/')}`)).length, 1);
});

test('a body of brackets alone is refused, and the page of its exchange is still shown', async (t) => {
  const { world, tool } = await openDesk(t, { config: { admin: ADMIN } });
  const deep = `{"label":"Quiz","scoreMaximum":1,"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  const address = '/lti/contexts/math-101/lineitems';
  const answer = await world.with(`Bearer ${tool.token}`).call('POST', address, {
    body: deep,
    headers: { 'content-type': 'application/vnd.ims.lis.v2.lineitem+json' },
  });
  assert.equal(answer.status, 400, answer.text);
  const viewer = program(world, 'vic');
  const id = await until(async () => itemsOf(await viewer.get('/traffic'))[0]?.['id'] as string | undefined);
  for (const page of [`/traffic/${id}`, '/traffic?search=nothing']) {
    const { status, text } = await viewer.get(page);
    assert.equal(status, 200, `${page}: ${text}`);
  }
  const revealed = await program(world).post(`/traffic/${id}/reveal`, { reason: 'a test' });
  assert.equal(revealed.status, 200, revealed.text);
});

test('a key set at what is no address is refused when the tool is registered', () => {
  for (const jwksUrl of ['https://[/', 'https://a:99999/', 'http://%zz/']) {
    const document = { clientId: 'quizzer', contexts: ['math-101'], jwksUrl };
    const checked = checkEntry({ kind: 'tool', name: 'quizzer', document });
    assert.ok('findings' in checked, jwksUrl);
    assert.deepEqual(
      checked.findings.map(({ place, message }) => [place, message]),
      [['/jwksUrl', 'is no URL']],
    );
  }
});
