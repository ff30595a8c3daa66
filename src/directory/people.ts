import type { Call } from '../core/call.ts';
import { GradebridgeError } from '../core/errors.ts';
import { isSafeSourcedId } from '../core/identity.ts';
import type { JsonObject } from '../core/json.ts';
import { idsOf, type Roster, type RosterReads } from './roster.ts';
import { isNamed, namesOf, sourcedIdFor, type UserStrategy, userIdFor } from './users.ts';

/** LTI users and OneRoster students of one class. */
export interface People {
  /** @throws GradebridgeError USER_UNKNOWN, USER_NOT_ENROLLED, USER_NOT_STUDENT, USER_AMBIGUOUS */
  studentFor(userId: string, call: Call): Promise<string>;
  /** The same without asking whether the student is still in the class; undefined when nobody is meant. */
  anyoneFor(userId: string, call: Call): Promise<string | undefined>;
  /** @param said the user id that the tool itself has given for the student before */
  userFor(studentId: string, said: string | undefined, call: Call): Promise<string | undefined>;
}

export interface PeopleParts {
  readonly classId: string;
  readonly strategy: UserStrategy;
  readonly roster: Roster;
  readonly reads: RosterReads;
}

type Lookup = Extract<UserStrategy, { by: 'lookup' }>;

/**
 * Finds the student whom an LTI user id means. Nobody is ever guessed: unknown, not enrolled and not a student are three
 * errors, and two students who fit are a fourth.
 *
 * @example const people = createPeople({ classId: 'class-1', strategy: { by: 'sourcedId' }, roster, reads })
 */
export function createPeople(parts: PeopleParts): People {
  const { strategy } = parts;
  return strategy.by === 'lookup' ? peopleByLookup(parts, strategy) : peopleByRule(parts, strategy);
}

function peopleByRule(parts: PeopleParts, strategy: Exclude<UserStrategy, Lookup>): People {
  const candidate = (userId: string): string | undefined => {
    const sourcedId = sourcedIdFor(strategy, userId);
    return sourcedId !== undefined && isSafeSourcedId(sourcedId) ? sourcedId : undefined;
  };
  return {
    studentFor: async (userId, call) => {
      const sourcedId = candidate(userId);
      if (sourcedId === undefined) throw new GradebridgeError('USER_UNKNOWN');
      await mustBeStudent(parts, sourcedId, call);
      return sourcedId;
    },
    anyoneFor: async (userId) => candidate(userId),
    userFor: async (studentId) => userIdFor(strategy, studentId),
  };
}

function peopleByLookup(parts: PeopleParts, strategy: Lookup): People {
  const { roster, classId } = parts;
  return {
    studentFor: (userId, call) => lookUp(parts, { strategy, userId }, call),
    anyoneFor: async (userId, call) => {
      const [one, ...others] = idsOf(await findNamed(parts, { strategy, userId }, call));
      return others.length === 0 ? one : lookUp(parts, { strategy, userId }, call);
    },
    userFor: async (studentId, said, call) => {
      const [student] = await roster.findStudents(classId, (user) => user['sourcedId'] === studentId, call);
      if (student === undefined) return undefined;
      return said !== undefined && isNamed(student, strategy, said) ? said : namesOf(student, strategy)[0];
    },
  };
}

async function mustBeStudent(
  { roster, reads, classId }: PeopleParts,
  sourcedId: string,
  call: Call,
): Promise<void> {
  const seat = await roster.seatOf(classId, sourcedId, call);
  if (seat === 'student') return;
  if (seat === 'other') throw new GradebridgeError('USER_NOT_STUDENT');
  const user = await reads.userOf(sourcedId, call);
  throw new GradebridgeError(user === undefined ? 'USER_UNKNOWN' : 'USER_NOT_ENROLLED');
}

interface Wanted {
  readonly strategy: Lookup;
  readonly userId: string;
}

async function lookUp(parts: PeopleParts, { strategy, userId }: Wanted, call: Call): Promise<string> {
  const { roster, classId } = parts;
  const ids = [...new Set(idsOf(await findNamed(parts, { strategy, userId }, call)))];
  const seats = await Promise.all(
    ids.map(async (id) => ({ id, seat: await roster.seatOf(classId, id, call) })),
  );
  const students = seats.filter(({ seat }) => seat === 'student');
  const [student, ...others] = students;
  if (others.length > 0) throw new GradebridgeError('USER_AMBIGUOUS');
  if (student !== undefined) return student.id;
  if (seats.some(({ seat }) => seat === 'other')) throw new GradebridgeError('USER_NOT_STUDENT');
  throw new GradebridgeError(ids.length === 0 ? 'USER_UNKNOWN' : 'USER_NOT_ENROLLED');
}

async function findNamed(parts: PeopleParts, wanted: Wanted, call: Call): Promise<readonly JsonObject[]> {
  const { strategy, userId } = wanted;
  const fits = (user: JsonObject): boolean => isNamed(user, strategy, userId);
  const inClass = await parts.roster.findStudents(parts.classId, fits, call);
  return inClass.length > 0 ? inClass : outsiders(parts, wanted, call);
}

/** Users outside the list of the class, to tell who is unknown from who is not enrolled; no service filters by `userIds`. */
async function outsiders(
  { reads }: PeopleParts,
  { strategy, userId }: Wanted,
  call: Call,
): Promise<readonly JsonObject[]> {
  if (strategy.field === 'userIds') return [];
  const found = await reads.usersBy(strategy.field, userId, call);
  return found.filter((user) => isNamed(user, strategy, userId));
}
