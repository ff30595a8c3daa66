import { referenceOf, sourcedIdOf } from '../core/identity.ts';
import { type JsonObject, own } from '../core/json.ts';
import { isActive } from '../core/status.ts';
import { is, listUrl } from '../upstream/listing.ts';
import { PROFILES } from '../upstream/profile.ts';
import { detailOf, objectIn, rowsIn, type Seen } from './exchange.ts';
import { type Row, row } from './row.ts';

/** What line items and results hang on. */
export const CLASS: readonly Row[] = [
  row({
    id: 'class',
    question: 'Is the class there, and which school is it of?',
    needed: true,
    after: ['token.configured'],
    outcomes: {
      found: { verdict: 'ok', found: 'It is', means: 'A context may leave "school" out.' },
      alone: {
        verdict: 'note',
        found: 'It is, but it names no school',
        means: 'A context of the family lineItems must name its "school"; what needs one is not tried.',
      },
      deleted: {
        verdict: 'missing',
        found: 'It is marked as deleted',
        means: 'Use the id of a class that is active.',
      },
      absent: {
        verdict: 'missing',
        found: 'There is no such class',
        means: 'Check --class, and prefixes.rostering.',
      },
    },
    ask: async ({ rostering, subject }) => ({
      class: await rostering(`classes/${encodeURIComponent(subject.classId)}`),
    }),
    learn: (seen) => {
      const school = schoolIn(seen);
      return school === undefined ? {} : { school };
    },
    judge: (seen) => {
      const found = objectIn(seen['class']);
      if (found === undefined) return { word: 'absent', ...detailOf(seen['class']) };
      if (!isActive(found)) return 'deleted';
      const school = schoolIn(seen);
      return school === undefined ? 'alone' : { word: 'found', detail: `its school is ${school}` };
    },
  }),
  row({
    id: 'category',
    question: 'Is there a category for line items?',
    needed: true,
    family: 'lineItems',
    after: ['class'],
    outcomes: {
      found: {
        verdict: 'ok',
        found: 'There is',
        means: 'A context can name it, or look it up by its title.',
      },
      none: {
        verdict: 'missing',
        found: 'There is none',
        means: 'A line item needs one: make one, or allow the gateway to with "category.lookup.create".',
      },
    },
    ask: async ({ gradebook, learned }) => ({
      categories: await gradebook(
        learned.category === undefined
          ? 'categories?limit=100'
          : `categories/${encodeURIComponent(learned.category)}`,
      ),
    }),
    learn: (seen) => {
      const [category] = activeCategories(seen);
      return category === undefined ? {} : { category };
    },
    judge: (seen) => {
      const [category] = activeCategories(seen);
      return category === undefined
        ? { word: 'none', ...detailOf(seen['categories']) }
        : { word: 'found', detail: category };
    },
  }),
  row({
    id: 'roster',
    question: 'Can the students of the class be read from its enrollments?',
    needed: true,
    after: ['class'],
    outcomes: {
      students: { verdict: 'ok', found: 'They can', means: 'Scores are taken for students of the class.' },
      empty: {
        verdict: 'unknown',
        found: 'They can, but the student that is needed is not among them',
        means: 'Results are not tried: use a class that has an active student, or another --student.',
      },
      ignored: {
        verdict: 'missing',
        found: 'The filter class.sourcedId is ignored: enrollments of other classes come as well',
        means: 'The gateway would take students of other classes for those of this one.',
      },
      refused: {
        verdict: 'missing',
        found: 'The list is refused',
        means: 'Without the enrollments, no score is taken: nobody is known to be a student.',
      },
    },
    ask: async ({ rostering, subject }) => {
      const { search } = listUrl('http://list/', [is('class.sourcedId', subject.classId), "status='active'"]);
      const limit = PROFILES[subject.profile].pageSize;
      return { enrollments: await rostering(`enrollments${search}&limit=${limit}`) };
    },
    learn: (seen) => {
      const [student] = studentsIn(seen);
      return student === undefined ? {} : { student };
    },
    judge: (seen, { classId, student }) => {
      const rows = rowsIn(seen['enrollments']);
      if (rows === undefined) return { word: 'refused', ...detailOf(seen['enrollments']) };
      if (rows.some((enrollment) => referenceOf(enrollment, 'class') !== classId)) return 'ignored';
      const students = studentsIn(seen);
      const isThere = student === undefined ? students.length > 0 : students.includes(student);
      return isThere ? { word: 'students', detail: `${students.length} of them` } : 'empty';
    },
  }),
];

function schoolIn(seen: Seen): string | undefined {
  const found = objectIn(seen['class']);
  return found && (referenceOf(found, 'school') ?? referenceOf(found, 'org'));
}

/** A list of categories, or the one that a context names. */
function activeCategories({ categories }: Seen): readonly string[] {
  const one = objectIn(categories);
  const found = rowsIn(categories) ?? (one ? [one] : []);
  return found.filter(isActive).flatMap((category) => sourcedIdOf(category) ?? []);
}

/** Active does not mean current: the dates of an enrollment count as well, to the day. */
function studentsIn({ enrollments }: Seen): readonly string[] {
  const today = new Date(enrollments?.at ?? 0).toISOString().slice(0, 10);
  const isCurrent = (seat: JsonObject): boolean =>
    dayOf(seat, 'beginDate', today) <= today && dayOf(seat, 'endDate', today) >= today;
  const seats = (rowsIn(enrollments) ?? []).filter((seat) => isActive(seat) && isCurrent(seat));
  const students = seats.filter((seat) => own(seat, 'role') === 'student');
  return students.flatMap((seat) => referenceOf(seat, 'user') ?? []);
}

function dayOf(seat: JsonObject, member: string, unsaid: string): string {
  const value = own(seat, member);
  return typeof value === 'string' ? value.slice(0, 10) : unsaid;
}
