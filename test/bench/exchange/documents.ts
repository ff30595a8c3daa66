/** What is sent through all three servers: a line item of a tool that has everything and a score for it, and how OneRoster has both before. */

export const TOOL = 'quizzer';
export const CONTEXT = 'math-101';
export const CLASS = 'class-1';
export const SCHOOL = 'school-1';
export const CATEGORY = 'category-1';

export const STUDENT = 'student-7';

/** Where OneRoster's line items, results and enrollments are at the upstream. */
export const LINE_ITEMS = '/ims/oneroster/gradebook/v1p2/lineItems/';
export const RESULTS = '/ims/oneroster/gradebook/v1p2/results/';
export const ENROLLMENTS = '/ims/oneroster/rostering/v1p2/enrollments';
export const TOKEN = '/oauth2/token';

/** The body of the PUT. */
export const LINE_ITEM = {
  label: 'Unit 3, week 2: linear equations in two variables',
  scoreMaximum: 60,
  startDateTime: '2026-03-06T20:05:02Z',
  endDateTime: '2026-04-06T22:05:03+01:00',
  resourceId: 'quiz-231',
  tag: 'grade',
  resourceLinkId: '1g3k4dlk49fk-5ad5d9b1',
  gradesReleased: true,
  submissionReview: { reviewableStatus: ['InProgress', 'Submitted', 'Completed'] },
  'https://quizzer.example/difficulty': { level: 3, calibrated: true },
};

/** The line item as it stands at the upstream, about 1 KB of JSON. */
export function standing(sourcedId: string): object {
  return {
    sourcedId,
    status: 'active',
    dateLastModified: '2026-02-11T09:14:27.120Z',
    title: 'Unit 3, week 2',
    description: 'Solve and graph systems of linear equations. Show every step; a calculator is allowed.',
    assignDate: '2026-03-01T08:00:00.000Z',
    dueDate: '2026-03-15T08:00:00.000Z',
    class: { sourcedId: CLASS, type: 'class' },
    school: { sourcedId: SCHOOL, type: 'org' },
    category: { sourcedId: CATEGORY, type: 'category' },
    gradingPeriod: { sourcedId: '2026-spring-term', type: 'academicSession' },
    resultValueMin: 0,
    resultValueMax: LINE_ITEM.scoreMaximum,
    learningObjectiveSet: [
      {
        source: 'case',
        learningObjectiveIds: ['5f2b1f8a-8e1d-4b8f-a3f3-1c2d3e4f5a6b', 'CCSS.MATH.8.EE.C.8'],
      },
    ],
    metadata: {
      ltiTool: TOOL,
      ltiResourceId: 'quiz-231',
      ltiTag: 'grade',
      ltiResourceLinkId: '1g3k4dlk49fk-5ad5d9b1',
      districtCourseCode: 'MATH-08-0231',
      importedFrom: 'SIS nightly export',
      room: 'B-204',
    },
  };
}

/** The body of the POST. */
export const SCORE = {
  userId: STUDENT,
  activityProgress: 'Completed',
  gradingProgress: 'FullyGraded',
  timestamp: '2026-03-11T09:30:00.000Z',
  scoreGiven: 41,
  scoreMaximum: 50,
  comment: 'Well done. Look at question 7 again.',
  submission: { startedAt: '2026-03-10T13:40:00Z' },
  'https://quizzer.example/attempt': { number: 2, questions: 12 },
};

/** The student's result as an earlier score of the tool has left it at the upstream. */
export function standingResult(sourcedId: string): object {
  return {
    sourcedId,
    status: 'active',
    dateLastModified: '2026-03-10T14:02:11.300Z',
    lineItem: { sourcedId: 'line-item-1', type: 'lineItem' },
    student: { sourcedId: STUDENT, type: 'user' },
    class: { sourcedId: CLASS, type: 'class' },
    score: 20.5,
    scoreStatus: 'partially graded',
    scoreDate: '2026-03-10T14:02:11Z',
    comment: 'A good start.',
    late: 'false',
    metadata: {
      ltiTool: TOOL,
      ltiUserId: STUDENT,
      importedFrom: 'SIS nightly export',
      lti: {
        members: {
          scoreGiven: 17,
          scoreMaximum: 50,
          bookkeeping: {
            fingerprint: 'j3K7siAt566K0ri0vEDs-U',
            scaled: { of: 20.5, to: LINE_ITEM.scoreMaximum },
            comment: '-BdfPlTIxMonYf8cdGB91Z',
          },
          submission: { startedAt: '2026-03-10T13:40:00Z' },
          extensions: { 'https://quizzer.example/attempt': { number: 1, questions: 12 } },
        },
        originals: {
          '/progress': { was: 'InProgress Pending', wrote: 'partially graded' },
          '/timestamp': { was: '2026-03-10T14:02:11.000Z', wrote: '2026-03-10T14:02:11Z' },
        },
      },
    },
  };
}
