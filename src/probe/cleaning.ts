import type { Desk } from './desk.ts';
import { type Exchange, objectIn, rowsIn } from './exchange.ts';
import { isDeleted } from './rows-deletion.ts';
import { idIn, type Made, OBJECTS, type ObjectName, type Scene } from './scene.ts';

/** The beginning of the sourcedIds of everything that any run has made. */
export const PREFIX = 'gradebridge-probe';

/** Milliseconds after which what another run has made counts as left behind: no run takes that long. */
const LEFT_AFTER = 600_000;

/**
 * The beginning of the sourcedIds of one run. It holds the time, so that a later run can tell what was left behind.
 *
 * @example runId(Date.now(), 'a1b2') // 'gradebridge-probe-mf2k3l4m-a1b2'
 */
export function runId(now: number, random: string): string {
  return `${PREFIX}-${now.toString(36)}-${random}`;
}

/** What became of the objects. */
export interface Cleaned {
  /** Addresses of what could not be taken away, or may still be there. */
  readonly leftBehind: readonly string[];
  /** Line items of earlier runs that were taken away. */
  readonly swept: number;
}

/** Takes away what this run has made, then what earlier runs had to leave. Throws nothing. */
export async function cleanUp(scene: Scene, desk: Desk, now: number): Promise<Cleaned> {
  desk.beginCleaning();
  const names = Object.keys(OBJECTS);
  const made = [...scene.made.values()].sort(
    (left, right) => names.indexOf(left.name) - names.indexOf(right.name),
  );
  const leftBehind: string[] = [];
  for (const object of made) {
    // A service that gives no answer gives none to the next question either, after as long a wait.
    const isGone = leftBehind.length === 0 && (await takeAway(desk, object));
    if (!isGone) leftBehind.push(object.url);
  }
  return {
    leftBehind,
    swept: leftBehind.length > 0 || made.length === 0 ? 0 : await sweep(scene, desk, now),
  };
}

/** @returns whether the object is known to be gone */
async function takeAway(desk: Desk, { url, single, document }: Made): Promise<boolean> {
  const removed = await desk.send({ method: 'DELETE', url });
  if (removed.status === 0) return false;
  if (isAbsent(removed) || (await isGone(desk, url))) return true;
  // Some services take a status where they take no DELETE.
  await desk.send({ method: 'PUT', url, body: { single, document: { ...document, status: 'tobedeleted' } } });
  return isGone(desk, url);
}

async function isGone(desk: Desk, url: string): Promise<boolean> {
  const read = await desk.send({ method: 'GET', url });
  return isAbsent(read) || isDeleted(objectIn(read));
}

function isAbsent({ status }: Exchange): boolean {
  return status === 404 || status === 410;
}

/** A run that was killed could not clean up; its line items tell how old they are. */
async function sweep(scene: Scene, desk: Desk, now: number): Promise<number> {
  const list = rowsIn(await scene.listed('lineItems')) ?? [];
  const ids = list.filter((row) => !isDeleted(row)).map((row) => String(row['sourcedId']));
  const runs = new Set(ids.flatMap((id) => leftRun(id, now) ?? []));
  let swept = 0;
  for (const run of runs) {
    for (const name of Object.keys(OBJECTS) as ObjectName[]) {
      const { status } = await desk.send({ method: 'DELETE', url: scene.urlOf(idIn(run, name)) });
      if (status >= 200 && status <= 299 && name !== 'result') swept++;
    }
  }
  return swept;
}

/** The run that a sourcedId is of, when it is over: `leftRun('gradebridge-probe-mf2k3l4m-a1b2-first', now)`. */
export function leftRun(sourcedId: string, now: number): string | undefined {
  const [, run, time = ''] =
    /^(gradebridge-probe-([0-9a-z]{1,11})-[0-9a-z]+)-(?:first|second)$/.exec(sourcedId) ?? [];
  return run !== undefined && now - Number.parseInt(time, 36) > LEFT_AFTER ? run : undefined;
}
