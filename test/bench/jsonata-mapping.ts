import jsonata from 'jsonata';
import type { JsonObject } from '../../src/core/json.ts';

/**
 * The mapping `line-item` as two JSONata expressions, one for each direction, as a person would write them: the fields, the
 * defaults, what stands in OneRoster, members that no row names. They do less than the lens: no date is brought into one
 * form, no type is checked, and a default is read back as if the tool had given it.
 */
const TO_ONEROSTER = jsonata(`
  $merge([$base, {
    "title": label,
    "resultValueMax": scoreMaximum,
    "assignDate": startDateTime ? startDateTime : $base.assignDate ? $base.assignDate : $now,
    "dueDate": endDateTime ? endDateTime : $base.dueDate ? $base.dueDate : $later,
    "status": "active",
    "resultValueMin": $exists($base.resultValueMin) ? $base.resultValueMin : 0,
    "class": $base.class.sourcedId = $context.class ? $base.class : { "sourcedId": $context.class },
    "school": $base.school.sourcedId = $context.school ? $base.school : { "sourcedId": $context.school },
    "category": $base.category ? $base.category : { "sourcedId": $context.category },
    "metadata": $merge([
      $sift($base.metadata, function($value, $name) { $not($name in $ours) }),
      {
        "ltiResourceId": resourceId,
        "ltiTag": tag,
        "ltiResourceLinkId": resourceLinkId,
        "ltiGradesReleased": gradesReleased,
        "lti": $sift($, function($value, $name) { $not($name in $known) })
      }
    ])
  }])
`);

const TO_AGS = jsonata(`
  $merge([metadata.lti, {
    "label": title,
    "scoreMaximum": $exists(resultValueMax) ? resultValueMax : 100,
    "startDateTime": assignDate,
    "endDateTime": dueDate,
    "resourceId": metadata.ltiResourceId,
    "tag": metadata.ltiTag,
    "resourceLinkId": metadata.ltiResourceLinkId,
    "gradesReleased": metadata.ltiGradesReleased
  }])
`);

const OURS = ['ltiResourceId', 'ltiTag', 'ltiResourceLinkId', 'ltiGradesReleased', 'lti'];
const KNOWN = ['id', 'label', 'scoreMaximum', 'startDateTime', 'endDateTime'];
const ALSO_KNOWN = ['resourceId', 'tag', 'resourceLinkId', 'gradesReleased'];
const FIXED = {
  ours: OURS,
  known: [...KNOWN, ...ALSO_KNOWN],
  now: '2026-03-01T08:00:00Z',
  later: '2026-03-15T08:00:00Z',
};

/** Both directions in JSONata: `await jsonataMapping(lineItem, { base, context })` is what a tool would read afterwards. */
export async function jsonataMapping(
  document: JsonObject,
  { base = {}, context }: { readonly base?: JsonObject; readonly context: JsonObject },
): Promise<JsonObject> {
  const written: unknown = await TO_ONEROSTER.evaluate(document, { ...FIXED, base, context });
  return (await TO_AGS.evaluate(written)) as JsonObject;
}
