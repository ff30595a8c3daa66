import { createCache } from '../cache.ts';
import type { Call } from '../core/call.ts';
import { referenceOf, sourcedIdOf } from '../core/identity.ts';
import { type JsonObject, own } from '../core/json.ts';
import { isActive } from '../core/status.ts';

/** The reads that tell who is in a class. */
export interface RosterReads {
  enrollmentsOf(classId: string, call: Call): Promise<readonly JsonObject[]>;
  /** Users of the class; some services name everybody who ever was in it. */
  studentsOf(classId: string, call: Call): Promise<readonly JsonObject[]>;
  userOf(sourcedId: string, call: Call): Promise<JsonObject | undefined>;
  usersBy(field: string, value: string, call: Call): Promise<readonly JsonObject[]>;
}

/** What somebody is in a class today. */
export type Seat = 'student' | 'other' | 'none';

export interface Roster {
  seatOf(classId: string, userId: string, call: Call): Promise<Seat>;
  /** The users of a class that fit; a list that is older than some seconds is read anew when none does. */
  findStudents(
    classId: string,
    fits: (user: JsonObject) => boolean,
    call: Call,
  ): Promise<readonly JsonObject[]>;
}

interface Students {
  readonly readAt: number;
  readonly users: readonly JsonObject[];
}

interface Seats {
  readonly readAt: number;
  readonly roles: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Milliseconds. Somebody who is not on a list that is older than the second is looked for on a new one. */
const KEPT_FOR = 300_000;
const FRESH = 15_000;
const CLASSES = 5_000;

/**
 * The rosters of classes, kept for some minutes: a class is read once, not once per score.
 *
 * @example const roster = createRoster(reads, Date.now); await roster.seatOf('class-1', 'student-1', call) // 'student'
 */
export function createRoster(reads: RosterReads, clock: () => number): Roster {
  const seats = createCache<Seats, Call>({
    max: CLASSES,
    ttl: KEPT_FOR,
    load: async (classId, call) => ({
      value: seatsOf(classId, await reads.enrollmentsOf(classId, call), clock()),
    }),
  });
  const students = createCache<Students, Call>({
    max: CLASSES,
    ttl: KEPT_FOR,
    load: async (classId, call) => ({
      value: { readAt: clock(), users: await reads.studentsOf(classId, call) },
    }),
  });
  return {
    seatOf: async (classId, userId, call) => {
      const known = await seats.get(classId, call);
      const seat = seatIn(known, userId);
      if (seat !== 'none' || clock() - known.readAt < FRESH) return seat;
      seats.drop(classId, known);
      return seatIn(await seats.get(classId, call), userId);
    },
    findStudents: async (classId, fits, call) => {
      const known = await students.get(classId, call);
      const found = known.users.filter(fits);
      if (found.length > 0 || clock() - known.readAt < FRESH) return found;
      students.drop(classId, known);
      return (await students.get(classId, call)).users.filter(fits);
    },
  };
}

function seatIn({ roles }: Seats, userId: string): Seat {
  const held = roles.get(userId);
  if (held === undefined) return 'none';
  return held.has('student') ? 'student' : 'other';
}

/** Active does not mean current: the dates of an enrollment count as well, to the day. */
function seatsOf(classId: string, enrollments: readonly JsonObject[], now: number): Seats {
  const today = new Date(now).toISOString().slice(0, 10);
  const roles = new Map<string, Set<string>>();
  for (const enrollment of enrollments) {
    const userId = referenceOf(enrollment, 'user');
    // A service that ignores the filter would make students of other classes students of this one.
    if ((referenceOf(enrollment, 'class') ?? classId) !== classId) continue;
    const [begin, end] = [dayOf(enrollment, 'beginDate'), dayOf(enrollment, 'endDate')];
    if (userId === undefined || !isActive(enrollment)) continue;
    if ((begin !== undefined && begin > today) || (end !== undefined && end < today)) continue;
    roles.set(userId, (roles.get(userId) ?? new Set()).add(String(enrollment['role'])));
  }
  return { readAt: now, roles };
}

function dayOf(enrollment: JsonObject, member: string): string | undefined {
  const value = own(enrollment, member);
  return typeof value === 'string' ? value.slice(0, 10) : undefined;
}

/** The ids of users: `idsOf([{ sourcedId: 'u' }])` is `['u']`. */
export function idsOf(users: readonly JsonObject[]): readonly string[] {
  return users.flatMap((user) => sourcedIdOf(user) ?? []);
}
