import { type Dressing, type Family, PROFILES, type ProfileName } from '../upstream/profile.ts';
import type { Credentials } from '../upstream/upstream.ts';
import { cleanUp, runId } from './cleaning.ts';
import { createDesk, type DeskParts } from './desk.ts';
import { type ProbeReport, reportOf } from './report.ts';
import { createScene, type Learned, type Scene } from './scene.ts';
import type { Subject } from './subject.ts';
import { type Progress, runSuite, SUITE } from './suite.ts';

/** What is to be probed, and with what. */
export interface ProbeOrder {
  /** The upstream's name in the configuration. */
  readonly upstream: string;
  readonly profile: ProfileName;
  readonly classId: string;
  readonly family: Family;
  /** The category of line items, when one was named. */
  readonly category?: string | undefined;
  /** The student of results, when one was named. */
  readonly student?: string | undefined;
}

export interface ProbeParts extends Omit<DeskParts, 'credentials'> {
  readonly dressing: Dressing;
  readonly credentials: Credentials;
  readonly credentialsBy: Scene['credentialsBy'];
  readonly progress: Progress;
  /** Called when the suite is over and what it made is about to be taken away. */
  readonly cleaning: (objects: number) => void;
}

/**
 * Tries what a OneRoster service can do, with objects of the probe's own in one class, and takes them away again, whatever
 * happened in between.
 *
 * @example const { ok, profile } = await probe(order, parts)
 */
export async function probe(order: ProbeOrder, parts: ProbeParts): Promise<ProbeReport> {
  const { clock, dressing, credentialsBy } = parts;
  const { upstream, category, student, ...about } = order;
  const begun = clock();
  const desk = createDesk(parts);
  const run = runId(begun, parts.newId().replaceAll('-', '').slice(0, 6));
  const subject: Subject = { ...about, run, ...(student !== undefined && { student }) };
  const given: Learned = {
    ...(category !== undefined && { category }),
    ...(student !== undefined && { student }),
  };
  const scene = createScene({ desk, dressing, profiles: PROFILES, subject, given, credentialsBy });
  try {
    const found = await runSuite(SUITE, scene, parts.progress);
    parts.cleaning(scene.made.size);
    const cleaned = await cleanUp(scene, desk, clock());
    return reportOf(found, cleaned, { upstream, subject, now: begun });
  } catch (error) {
    await cleanUp(scene, desk, clock());
    throw error;
  }
}
