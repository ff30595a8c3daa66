import assert from 'node:assert/strict';
import { readdirSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { loadCommands } from '../../src/cli.ts';
import { APART, BESIDE, runBeside } from '../chaos/beside.ts';
import { eventually } from '../exchange/world.ts';
import { openScene, type Scene } from './scene.ts';

const DOWN = { kind: 'status', status: 503, path: '/ims/', times: 0 } as const;

/** A gateway on a store that was there before it was started, before a OneRoster that is down. */
async function openExisting(t: TestContext): Promise<Scene> {
  const scene = await openScene(t);
  await scene.gateways[0]?.end('SIGTERM');
  await scene.gateways[0]?.start();
  scene.sandbox.inject(DOWN);
  return scene;
}

/** The files of the store that a process has open. */
function openFiles({ gateways, file = '' }: Scene): readonly string[] {
  const folder = `/proc/${gateways[0]?.pid}/fd`;
  return readdirSync(folder)
    .map((descriptor) => {
      try {
        return readlinkSync(`${folder}/${descriptor}`);
      } catch {
        return '';
      }
    })
    .filter((path) => path.startsWith(file) && !path.startsWith(`${file}-serving`));
}

const COMMANDS = await loadCommands();

test('no command that runs beside the gateway takes a promise away', async (t) => {
  const scene = await openExisting(t);
  const [config = ''] = scene.configs;
  const students = ['student-1', 'student-2', 'student-3'];
  const receipts: string[] = [];
  let second = 0;
  const promise = async (): Promise<void> => {
    const userId = students[second % students.length] ?? '';
    const { status, location } = await scene.score(++second, { userId });
    assert.equal(status, 202);
    receipts.push(String(location));
  };
  await promise();
  for (const [place, name] of Object.keys(COMMANDS).entries()) {
    if (APART.some((apart) => apart === name)) continue;
    assert.ok(BESIDE[name], `gradebridge ${name} is not run beside the gateway here`);
    for (const [number, { args, exits = [0] }] of BESIDE[name].entries()) {
      const file = `${scene.file}-backup-${place}-${number}`;
      const { code, said } = await runBeside(
        name,
        args.map((arg) => (arg === 'NEW_FILE' ? file : arg)),
        config,
      );
      assert.ok(exits.includes(Number(code)), `gradebridge ${name} ${args.join(' ')}: ${code}\n${said}`);
    }
    await promise();
    if (process.platform === 'linux')
      assert.deepEqual(
        openFiles(scene).filter((path) => path.endsWith('(deleted)')),
        [],
        name,
      );
  }
  await scene.gateways[0]?.end('SIGKILL');
  await scene.gateways[0]?.start();
  const { body } = await scene.get(new URL(receipts.at(-1) ?? '').pathname);
  assert.match(String((body as { state?: string }).state), /^(accepted|sent)$/, JSON.stringify(body));
  scene.sandbox.clearFaults();
  for (const [place, receipt] of receipts.entries())
    await scene.settled(receipt, place + students.length < receipts.length ? 'superseded' : 'verified');
  for (const [place, student] of students.entries()) {
    const last = Math.max(...receipts.map((_, index) => (index % students.length === place ? index + 1 : 0)));
    assert.equal(scene.standing(student), last);
  }
});

test('what commands change beside the gateway arrives there, after any number of commands', async (t) => {
  const scene = await openExisting(t);
  scene.sandbox.clearFaults();
  const [config = ''] = scene.configs;
  const run = async (name: string, ...args: readonly string[]): Promise<void> => {
    const { code, said } = await runBeside(name, args, config);
    assert.equal(code, 0, said);
  };
  const answered = (status: number): Promise<void> =>
    eventually(async () => (await scene.putLine({})).status === status, 20_000);
  await answered(201);
  for (const [verb, status] of [
    ['disable', 403],
    ['enable', 201],
  ] as const) {
    await run('deliveries', 'list');
    await run('tools', verb, 'quizzer', '--why', 'a test');
    await run('store', 'status');
    await answered(status);
  }
});

for (const [what, damage] of [
  ['deleted', (file: string) => rmSync(file)],
  ['replaced', (file: string) => renameSync(`${file}-copy`, file)],
] as const) {
  for (const suffix of ['', '-wal']) {
    if (what === 'replaced' && suffix === '-wal') continue;
    test(`a store whose ${suffix || 'file'} was ${what} takes no promises, and /readyz says so`, async (t) => {
      const scene = await openExisting(t);
      assert.equal((await scene.score(1)).status, 202);
      const [config = ''] = scene.configs;
      const { code, said } = await runBeside('store', ['backup', '--to', `${scene.file}-copy`], config);
      assert.equal(code, 0, said);
      damage(`${scene.file}${suffix}`);
      const refused = await scene.score(2);
      assert.equal(refused.status, 503);
      assert.match(JSON.stringify(refused.body), /STORE_REPLACED/);
      await eventually(async () => {
        const { status, body } = await scene.get('/readyz');
        return (
          status === 503 &&
          JSON.stringify(body).includes('"store":{"reachable":false,"code":"STORE_REPLACED"}')
        );
      });
    });
  }
}

test('a backup that was taken while the gateway takes promises is started from, and keeps them', async (t) => {
  const scene = await openExisting(t);
  const [config = ''] = scene.configs;
  const copy = `${scene.file}-copy`;
  const before = await scene.score(1);
  let isOver = false;
  const taking = (async () => {
    for (let second = 2; !isOver; second++)
      assert.equal((await scene.score(second, { userId: 'student-2' })).status, 202);
  })();
  const { code, said } = await runBeside('store', ['backup', '--to', copy], config);
  isOver = true;
  await taking;
  assert.equal(code, 0, said);
  assert.equal(
    (await runBeside('store', ['backup', '--to', copy], config)).code,
    1,
    'nothing is overwritten',
  );
  await scene.gateways[0]?.end('SIGKILL');
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${scene.file}${suffix}`, { force: true });
  renameSync(copy, String(scene.file));
  scene.sandbox.clearFaults();
  await scene.gateways[0]?.start();
  await scene.settled(before.location, 'verified');
  assert.equal(scene.standing(), 1);
});
