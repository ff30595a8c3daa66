import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { leftRun, runId } from '../../src/probe/cleaning.ts';
import type { ProbeReport } from '../../src/probe/report.ts';
import { run } from '../cli/run.ts';
import { activeObjects, configure, openSandbox, probe } from './scene.ts';
import { twist } from './twisted.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const PROBE = ['probe', '--upstream', 'school', '--class', 'class-1'];

test('a service that is not there: nothing is written, and everything is not found out', async (t) => {
  const sandbox = await openSandbox(t);
  const config = configure(sandbox);
  await sandbox.close();
  const { code, report, row } = await probe(config);
  assert.equal(code, 1);
  assert.equal(report.ok, false);
  assert.equal(row('token.configured').outcome, 'unanswered');
  assert.ok(report.rows.every(({ verdict }) => verdict === 'unknown'));
  assert.deepEqual(report.profile, { configured: 'timeback', fit: [] });
  assert.deepEqual(report.leftBehind, []);
});

test('a service that goes away in between: what could not be taken away is named', async (t) => {
  const sandbox = await openSandbox(t);
  let writes = 0;
  let isDown = false;
  const service = await twist(t, sandbox, {
    there: ({ method }) => {
      if (method === 'PUT') writes++;
      isDown ||= writes === 5;
      return isDown ? { status: 503 } : undefined;
    },
  });
  const { code, report, row } = await probe(configure(service));
  assert.equal(code, 1);
  assert.equal(report.stopped, 'the service stopped answering');
  assert.equal(row('put.create').outcome, 'creates');
  assert.match(row('permissions').found, /the service stopped answering/);
  assert.ok(report.leftBehind.length > 0);
  assert.ok(report.leftBehind.every((url) => /gradebridge-probe-/.test(url)));
});

test('what a killed run has left is taken away by the next one, but not what a run of now has made', async (t) => {
  const sandbox = await openSandbox(t);
  const [old, young] = [runId(Date.now() - 3_600_000, 'abc'), runId(Date.now() - 1_000, 'def')];
  const put = (sourcedId: string): void =>
    sandbox.put('lineItems', {
      sourcedId,
      status: 'active',
      title: 'Gradebridge probe, to be deleted',
      class: { sourcedId: 'class-1' },
    });
  for (const run of [old, young]) put(`${run}-first`);
  const { code, report } = await probe(configure(sandbox));
  assert.equal(code, 0);
  assert.equal(report.swept, 1);
  assert.equal(sandbox.find('lineItems', `${old}-first`)?.['status'], 'tobedeleted');
  assert.equal(sandbox.find('lineItems', `${young}-first`)?.['status'], 'active');
  assert.equal(sandbox.find('lineItems', 'teacher-quiz')?.['status'], 'active');
});

test('only ids of the probe are taken for what a run has left', () => {
  const now = Date.now();
  const old = runId(now - 3_600_000, 'abc');
  assert.equal(leftRun(`${old}-first`, now), old);
  for (const id of [old, `${old}-third`, `x${old}-first`, 'teacher-quiz', 'gradebridge-probe--x-first'])
    assert.equal(leftRun(id, now), undefined, id);
});

test('a single failure is tried again', async (t) => {
  const sandbox = await openSandbox(t);
  sandbox.inject({ kind: 'status', status: 503, method: 'PUT' });
  sandbox.inject({ kind: 'reset', when: 'after', method: 'PUT' });
  sandbox.inject({ kind: 'status', status: 429, method: 'GET', retryAfter: 0 });
  sandbox.inject({ kind: 'revoke-token', method: 'GET' });
  const retry = { attempts: 3, firstDelay: 1, longestDelay: 2 };
  const { code, report } = await probe(configure(sandbox, { retry }));
  assert.equal(code, 0, JSON.stringify(report.rows.filter(({ verdict }) => verdict !== 'ok')));
});

/** Faults of the sandbox that hit for good, and what must come of them. */
const FAULTS = [
  ['a hanging service', { kind: 'hang', method: 'PUT' }, 'put.create', 'unanswered'],
  [
    'a redirect',
    { kind: 'redirect', location: 'http://127.0.0.1:9/', method: 'PUT' },
    'put.create',
    'refused',
  ],
  ['403 on everything', { kind: 'status', status: 403, path: '/ims/' }, 'class', 'forbidden'],
] as const;

for (const [title, fault, id, outcome] of FAULTS) {
  test(`${title}: ${id} is ${outcome}, and nothing is left`, async (t) => {
    const sandbox = await openSandbox(t);
    sandbox.inject({ ...fault, times: 0 });
    const { code, report, row } = await probe(configure(sandbox, { timeouts: { call: 100 } }));
    assert.deepEqual([code, row(id).outcome], [1, outcome]);
    assert.deepEqual([report.leftBehind, activeObjects(sandbox)], [[], []]);
  });
}

test('a class that is not there: nothing is written', async (t) => {
  const sandbox = await openSandbox(t);
  const config = configure(sandbox);
  const { code, out } = await run([...PROBE, '--class', 'class-9', '--json', '--config', config]);
  assert.equal(code, 1);
  const { rows } = JSON.parse(out) as ProbeReport;
  assert.equal(rows.find(({ id }) => id === 'class')?.outcome, 'absent');
  assert.match(String(rows.find(({ id }) => id === 'put.create')?.found), /it needs class/);
  assert.ok(sandbox.requests().every(({ method }) => method === 'GET' || method === 'POST'));
});

test('what a service says cannot move the cursor of a terminal', async (t) => {
  const sandbox = await openSandbox(t);
  sandbox.inject({
    kind: 'status',
    status: 422,
    method: 'PUT',
    times: 0,
    description: 'Bad\u001b[2J\u009b2J',
  });
  const { row } = await probe(configure(sandbox));
  assert.match(row('put.create').found, /timeback → 422 Bad \[2J 2J/);
  // A school whose id is a control sequence.
  sandbox.put('classes', { sourcedId: 'class-1', status: 'active', school: { sourcedId: 's\u001b[2J' } });
  const text = await run([...PROBE, '--config', configure(sandbox)]);
  const doctor = await run(['doctor', '--config', configure(sandbox, {})]);
  for (const { out, error } of [text, doctor]) {
    assert.match(out, /s \[2J/);
    assert.equal(`${out}${error}`.includes('\u001b'), false);
  }
});

/** Students whom results may not be tried with: elsewhere, withdrawn, long over. */
for (const student of ['student-90', 'student-92', 'student-93', 'nobody']) {
  test(`no result is written for ${student}, who is not in the class`, async (t) => {
    const sandbox = await openSandbox(t);
    const { code, row } = await probe(configure(sandbox), '--student', student);
    assert.equal(code, 1);
    assert.deepEqual([row('roster').outcome, row('result.create').outcome], ['empty', 'untried']);
    assert.ok(
      sandbox.requests().every(({ method, path }) => method !== 'PUT' || !path.includes('/results/')),
    );
  });
}

test('the result is the one of the student who is named', async (t) => {
  const sandbox = await openSandbox(t);
  const { code } = await probe(configure(sandbox), '--student', 'student-4');
  assert.equal(code, 0);
  const results = sandbox
    .requests()
    .filter(({ method, path }) => method === 'PUT' && path.includes('/results/'));
  assert.ok(results.length > 0);
  for (const { body } of results) assert.match(JSON.stringify(body), /"sourcedId":"student-4"/);
});

test('data alone is on stdout, or in the file; what people read is on stderr', async (t) => {
  const sandbox = await openSandbox(t);
  const config = configure(sandbox);
  const text = await run([...PROBE, '--config', config]);
  assert.match(text.out, /^OneRoster service school[\s\S]*All that the gateway needs is there\.$/);
  assert.match(
    text.error,
    /makes two line items[\s\S]*\[ 1\/\d+\] token\.configured[\s\S]*Taking away 3 of its objects/,
  );
  const file = join(dirname(config), 'report.json');
  const written = await run([...PROBE, '--json', '--out', file, '--config', config]);
  assert.equal(written.out, '');
  assert.equal((JSON.parse(readFileSync(file, 'utf8')) as ProbeReport).command, 'probe');
});

const WRONG_USE: readonly (readonly [readonly string[], RegExp])[] = [
  [['--upstream', 'school'], /--upstream and --class are needed/],
  [['--class', 'class-1'], /--upstream and --class are needed/],
  [['--upstream', 'school', '--class', '..'], /--class takes the sourcedId of an object/],
  [['--upstream', 'school', '--class', ''], /--class takes the sourcedId of an object/],
  [['--upstream', 'gone', '--class', 'c'], /no upstream "gone"; there are school/],
  [['--upstream', 'school', '--class', 'c', '--family', 'x'], /--family takes lineItems or assessment/],
  [['--upstream', 'school', '--class', 'c', '--out', 'no/such/folder/r.json'], /cannot be written/],
];

for (const [args, expected] of WRONG_USE) {
  test(`probe ${args.join(' ')} exits 2 and asks the service nothing`, async (t) => {
    const sandbox = await openSandbox(t);
    const { code, out, error } = await run(['probe', ...args, '--config', configure(sandbox)]);
    assert.deepEqual([code, out], [2, '']);
    assert.match(error, expected);
    assert.deepEqual(sandbox.requests(), []);
  });
}

test('probe without a configuration exits 2; with a broken one 1', async () => {
  assert.equal((await run(PROBE)).code, 2);
  const folder = dirname(
    configure({
      url: 'http://127.0.0.1:9',
      tokenUrl: 'http://127.0.0.1:9/t',
      clientId: 'c',
      clientSecret: 's',
    }),
  );
  writeFileSync(join(folder, 'gradebridge.config.json'), '{');
  assert.equal((await run(PROBE, { folder })).code, 1);
});

test('answers that cannot be read: what may still be there is named', async (t) => {
  const sandbox = await openSandbox(t);
  sandbox.inject({ kind: 'bad-json', method: 'GET', path: '/lineItems/', times: 0 });
  const { code, report, row } = await probe(configure(sandbox));
  assert.deepEqual([code, row('put.create').outcome], [1, 'vanished']);
  assert.match(row('put.create').found, /200 with a body that is no JSON object/);
  assert.equal(report.leftBehind.length, 1);
});

function saying(child: ChildProcess, text: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (text.test(said)) resolve();
    });
    child.once('exit', () => reject(new Error(`it ended before it said ${text}: ${said}`)));
  });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} in between: it takes away what it has made, and still reports`, async (t) => {
    const sandbox = await openSandbox(t);
    // Slow enough that the signal meets it in between.
    sandbox.inject({ kind: 'slow', delayMs: 40, times: 0, path: '/results/' });
    const config = configure(sandbox);
    const child = spawn(process.execPath, [MAIN, ...PROBE, '--json', '--config', config], {
      env: { PATH: process.env['PATH'] },
    });
    t.after(() => void child.kill('SIGKILL'));
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    const ended = once(child, 'close') as Promise<[number | null]>;
    await saying(child, /result\.metadata: /);
    assert.ok(activeObjects(sandbox).length > 0);
    child.kill(signal);
    assert.equal((await ended)[0], 1);
    const { stopped, leftBehind } = JSON.parse(out) as ProbeReport;
    assert.deepEqual([stopped, leftBehind], ['it was interrupted', []]);
    assert.deepEqual(activeObjects(sandbox), []);
  });
}
