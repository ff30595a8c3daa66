import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as admin from './openapi/server/admin.ts';
import * as reconcile from './openapi/server/reconcile.ts';
import { haveTrouble, refuseAdmins, refuseAll, refuseAtLast } from './openapi/server/refusals.ts';
import * as registry from './openapi/server/registry.ts';
import { servedRoutes } from './openapi/server/routes.ts';
import { openScene } from './openapi/server/scene.ts';
import { documents, FACES, goThrough, nameByUrl } from './openapi/server/tools.ts';

/** Files of the console are pages for people. */
const PAGES = ['GET /console', 'GET /console/*path'];

/** Answers that are described and that nobody has seen here, with the reason. */
const UNSEEN: readonly (readonly [place: RegExp, why: string])[] = [
  [/ 500$/, 'INTERNAL is what nobody has foreseen; whoever knows how to cause it has found a defect.'],
  [/jwks\.json 429$/, 'Too many connections of an address: test/overload/addresses.test.ts.'],
  [
    /admin\/v1\/(sign-in|oidc\/\w+) 429$/,
    'Too much at once from an address: test/overload/addresses.test.ts.',
  ],
  [
    /(tools|contexts)\/\{name\}(\/(disable|enable|forget|api-key|end-keys))? 422$/,
    'The configuration file cannot be read, or an entry of it is wrong: test/admin/registry.test.ts.',
  ],
  [/\/try 422$/, 'A trial that takes too long: test/workbench/bench.test.ts.'],
  [/\/activate 409$/, 'Two who activate at the same moment: test/workbench/versions.test.ts.'],
  [
    /\/rollback 422$/,
    'What was active before and is no longer sound: only another release could make it so.',
  ],
];

test('the document and the running server say the same', async (t) => {
  const scene = await openScene(t);

  await t.test('every route is described, and nothing else is', () => {
    const described = scene.requests().filter((request) => request !== 'GET /metrics');
    assert.deepEqual([...described, ...PAGES].sort(), [...servedRoutes()].sort());
  });

  for (const face of FACES) {
    await t.test(`${face.tag}: a line item from its making to its end`, () => goThrough(scene, face));
    await t.test(`${face.tag}: what is refused`, () => refuseAll(scene, face));
    await t.test(`${face.tag}: trouble at OneRoster`, () => haveTrouble(scene, face));
  }
  await t.test('a line item under the name of another platform', () => nameByUrl(scene));
  await t.test('tokens, keys, health and metrics', () => documents(scene));
  await t.test('signing in', () => admin.signIn(scene));
  await t.test('deliveries', () => admin.deliver(scene));
  await t.test('traffic, overview, line items and the audit', () => admin.watch(scene));
  await t.test('a stream', () => admin.follow(scene));
  await t.test('comparing and mending', () => reconcile.mend(scene));
  await t.test('mappings', () => admin.workOnMappings(scene));
  await t.test('the configuration', () => admin.configure(scene));
  await t.test('tools and contexts that come and go', () => registry.register(scene));
  await t.test('what the admin API refuses', () => refuseAdmins(scene));
  await t.test('what is refused to everybody', () => refuseAtLast(scene));

  await t.test('every operation was done, and what nobody has seen of it is known', () => {
    const unseen = scene.unseen();
    assert.deepEqual(
      unseen.filter((place) => / [23]\d\d$/.test(place)),
      [],
    );
    const unknown = unseen.filter((place) => !UNSEEN.some(([pattern]) => pattern.test(place)));
    assert.deepEqual(unknown, [], 'ask for these, or say why nobody can');
    const idle = UNSEEN.filter(([pattern]) => !unseen.some((place) => pattern.test(place)));
    assert.deepEqual(idle, [], 'these were seen');
  });
});
