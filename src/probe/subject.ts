import type { Family, ProfileName } from '../upstream/profile.ts';

/** What a judgement knows besides what was seen. */
export interface Subject {
  readonly family: Family;
  /** As configured. */
  readonly profile: ProfileName;
  readonly classId: string;
  /** The student whom results are tried with, when one was named. */
  readonly student?: string;
  /** The beginning of the sourcedIds of this run. */
  readonly run: string;
}
