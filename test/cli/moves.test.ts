import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { JsonObject } from '../../src/core/json.ts';
import { KINDS } from '../store/databases.ts';
import { freePort, start } from './process.ts';
import { newFolder, run } from './run.ts';

const auth = { tokenUrl: 'http://127.0.0.1:9/token', clientId: 'c', clientSecret: 'secret-of-upstream' };
const SIS = { profile: 'timeback', baseUrl: 'http://127.0.0.1:9', auth };
const MATH = { upstream: 'sis', class: 'class-1', category: 'category-1' };
const QUIZZER = { clientId: 'quizzer', contexts: ['math-101'], apiKey: 'first-secret-key' };

/** The changes that are announced, and the words that must be said of them; none are said of those that are all right. */
const CHANGES: Readonly<Record<string, { readonly to: JsonObject; readonly says: readonly RegExp[] }>> = {
  nothing: { to: {}, says: [] },
  'another public URL': {
    to: { publicUrl: 'https://notes.example' },
    says: [/\/publicUrl: .* from https:\/\/grades\.example to https:\/\/notes\.example/],
  },
  'a tool under another name': {
    to: { tools: { quiz: QUIZZER } },
    says: [
      /the tool "quizzer" is gone: .*second column/,
      /"quiz" looks like it .*"formerNames": \["quizzer"\]/,
    ],
  },
  'a tool under another name, which says so': {
    to: { tools: { quiz: { ...QUIZZER, formerNames: ['quizzer'] } } },
    says: [],
  },
  'a context under another name': {
    to: { contexts: { algebra: MATH }, tools: { quizzer: { ...QUIZZER, contexts: ['algebra'] } } },
    says: [/the context "math-101" is gone/, /"algebra" looks like it/],
  },
  'a context under another name, which says so': {
    to: { contexts: { algebra: { ...MATH, formerNames: ['math-101'] } } },
    says: [],
  },
  'an upstream under another name': {
    to: { upstreams: { school: SIS }, contexts: { 'math-101': { ...MATH, upstream: 'school' } } },
    says: [/the upstream "sis" is gone: what waits for it is not delivered/, /"school" looks like it/],
  },
  'an upstream under another name, which says so': {
    to: { upstreams: { school: { ...SIS, formerNames: ['sis'] } } },
    says: [],
  },
  'another class': {
    to: { contexts: { 'math-101': { ...MATH, class: 'class-2' } } },
    says: [/the context "math-101" gets another class/],
  },
};

for (const { name, skip, newPlace } of KINDS)
  test(`${name}: check and diff say what a change of names would do before it is in force`, {
    skip,
  }, async (t) => {
    const folder = newFolder();
    const config: JsonObject = {
      version: 1,
      listen: { port: await freePort() },
      publicUrl: 'https://grades.example',
      store: { ...(await newPlace()) },
      upstreams: { sis: SIS },
      contexts: { 'math-101': MATH },
      tools: { quizzer: QUIZZER },
      admin: { tokens: { vic: { role: 'viewer', token: 'viewer-token-of-vic' } } },
    };
    const write = (changed: JsonObject): void =>
      writeFileSync(join(folder, 'gradebridge.config.json'), JSON.stringify({ ...config, ...changed }));
    write({});
    await start(t, ['serve'], folder).until(/listening on/);
    for (const [what, { to, says }] of Object.entries(CHANGES)) {
      write(to);
      for (const command of [['check', '--runs', '1'], ['diff']]) {
        const ran = await run([...command, '--json'], { folder, environment: {} });
        if (command[0] === 'check') assert.equal(ran.code, 0, ran.error);
        const moves = JSON.parse(ran.out).moves as readonly Record<string, string>[];
        assert.equal(moves.length, says.length === 0 ? 0 : 1, `${command[0]}, ${what}`);
        const text = moves.map(({ place, message, remedy }) => `${place}: ${message}. ${remedy}`).join('\n');
        for (const sentence of says) assert.match(text, sentence, `${command[0]}, ${what}`);
      }
    }
    write({ tools: { quiz: QUIZZER } });
    const said =
      /Before it takes effect, \/tools\/quizzer: the tool "quizzer" is gone: .*\n {2}→ "quiz" looks like it/;
    for (const command of [['check', '--runs', '1'], ['diff']])
      assert.match((await run(command, { folder, environment: {} })).error, said);
  });
