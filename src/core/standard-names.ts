const NAMES = `
  id label scoreMaximum resourceId resourceLinkId tag startDateTime endDateTime gradesReleased submissionReview reviewableStatus
  userId scoringUserId activityProgress gradingProgress timestamp scoreGiven comment submission startedAt submittedAt scoreOf
  resultScore resultMaximum resultUrl lineItems scores results next prev first last state attempts lineItem progress
  sourcedId status dateLastModified metadata title description assignDate dueDate class school category gradingPeriod
  academicSession resultValueMin resultValueMax href type scoreScale learningObjectiveSet lineItemType lineItemProfile
  result student scoreStatus score textScore scoreDate inProgress incomplete late missing
  assessmentLineItem assessmentLineItems assessmentResult assessmentResults scorePercentile parentAssessmentLineItem
  classes users user enrollments enrollment orgs org categories categoryType role totalCount limit offset total pageCount
  lti ltiTool ltiLineItemUrl ltiOnce ltiWrote ltiResourceId ltiTag ltiResourceLinkId ltiGradesReleased
  detail code remedy retryable requestId issues pointer message error details
  imsx_codeMajor imsx_severity imsx_description imsx_CodeMinor imsx_codeMinorField imsx_error_details
`;

/** The members that AGS, LTIAAS, OneRoster 1.2 and our own errors name: words of standards, not of anybody. */
export const STANDARD_NAMES: readonly string[] = NAMES.trim().split(/\s+/);
