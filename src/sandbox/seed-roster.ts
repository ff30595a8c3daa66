import type { Document } from './types.ts';

/** One enrollment to be. */
export interface Seat {
  user: string;
  name: string;
  classId: string;
  role: 'student' | 'teacher';
  status?: 'tobedeleted';
  endDate?: string;
}

interface Person {
  number: number;
  role: Seat['role'];
  school: string;
  seats: readonly Omit<Seat, 'user' | 'name' | 'role'>[];
}

/** Students whose seats are the exception: elsewhere, nowhere, withdrawn, long over. */
const exceptions: readonly Person[] = [
  { number: 90, role: 'student', school: 'school-2', seats: [{ classId: 'class-3' }] },
  { number: 91, role: 'student', school: 'school-1', seats: [] },
  { number: 92, role: 'student', school: 'school-1', seats: [{ classId: 'class-1', status: 'tobedeleted' }] },
  { number: 93, role: 'student', school: 'school-1', seats: [{ classId: 'class-1', endDate: '2021-06-30' }] },
];

const teacher: Person = {
  number: 1,
  role: 'teacher',
  school: 'school-1',
  seats: [{ classId: 'class-1' }, { classId: 'class-2' }],
};

const givenNames = ['Ada', 'Ben', 'Cleo', 'Dan', 'Eve', 'Finn', 'Gia', 'Hal', 'Ida', 'Jon'];
const alsoInScience = 2;

/** The school that owns a class. */
export function schoolOf(classId: string): string {
  return classId === 'class-3' ? 'school-2' : 'school-1';
}

/**
 * The people of the seed: `student-1` to `student-N` in `class-1`, the exceptions, one teacher.
 *
 * @example roster(5).seats.length // 5 in class-1, 2 of them in class-2 too, 3 exceptions, 2 of the teacher: 12
 */
export function roster(students: number): { users: Document[]; seats: Seat[] } {
  const special = new Set(exceptions.map(({ number }) => number));
  const numbers = Array.from({ length: students }, (_, index) => index + 1);
  const ordinary = numbers
    .filter((number) => !special.has(number))
    .map((number): Person => {
      const classes = number <= alsoInScience ? ['class-1', 'class-2'] : ['class-1'];
      return { number, role: 'student', school: 'school-1', seats: classes.map((classId) => ({ classId })) };
    });
  const people = [...ordinary, ...exceptions, teacher];
  return { users: people.map(user), seats: people.flatMap(seatsOf) };
}

function user({ number, role, school }: Person): Document {
  const sourcedId = `${role}-${number}`;
  const letter = role === 'student' ? 'S' : 'T';
  return {
    sourcedId,
    userMasterIdentifier: `umi-${sourcedId}`,
    username: sourcedId,
    userIds: [{ type: 'LDAP', identifier: role === 'student' ? `ldap-${number}` : `ldap-t${number}` }],
    enabledUser: 'true',
    givenName: givenName(number),
    familyName: familyName(role, number),
    identifier: `${letter}-${String(number).padStart(4, '0')}`,
    email: `${sourcedId}@lincoln.example`,
    grades: role === 'student' ? ['7'] : [],
    role,
    school,
  };
}

function seatsOf({ number, role, seats }: Person): Seat[] {
  const name = `${givenName(number)} ${familyName(role, number)}`;
  return seats.map((seat) => ({ user: `${role}-${number}`, name, role, ...seat }));
}

function givenName(number: number): string {
  return givenNames[(number - 1) % givenNames.length] ?? '';
}

function familyName(role: Seat['role'], number: number): string {
  return role === 'student' ? `Student${number}` : `Teacher${number}`;
}
