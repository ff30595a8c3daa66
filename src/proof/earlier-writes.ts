import fc from 'fast-check';
import type { JsonObject } from '../core/json.ts';
import { type Lens, lensOf } from '../core/lens.ts';
import type { Earlier } from '../core/migration-law.ts';
import type { Plan } from '../core/plan.ts';
import { withValue } from '../core/pointer.ts';
import { ABSENT, foreignDocument, inContext, toolDocument, versionsOf } from './documents.ts';
import { json, sayable } from './values.ts';

/** What a tool writes under the versions before: over nothing, and over what somebody made in OneRoster. */
export function writesOfEarlier({ plan }: Lens): fc.Arbitrary<EarlierWrite | undefined> {
  const versions = versionsOf(plan);
  if (versions.length === 0) return fc.constant(undefined);
  const writes = versions.map((version) => {
    const old = lensOf(version);
    const base = fc.option(foreignDocument(old), { nil: undefined });
    return fc.record({
      version: fc.constant(version),
      base,
      document: withNewMembers(old, plan),
    });
  });
  return fc.oneof(...writes);
}

/** Members of a tool's own for which the mapping of now has a row, more often than chance would have it. */
function withNewMembers(old: Lens, { pairs }: Plan): fc.Arbitrary<JsonObject> {
  const taken = new Set(old.plan.pairs.map(({ agsPlace }) => agsPlace.tokens[0]));
  const free = pairs.filter(({ agsPlace }) => !taken.has(agsPlace.tokens[0] as string));
  const values = free.map(({ codec }) => fc.option(fc.oneof(sayable(codec), json), ABSENT));
  return fc
    .tuple(toolDocument(old), ...values)
    .map(([document, ...row]) =>
      free.reduce((whole, { agsPlace }, index) => withValue(whole, agsPlace.tokens, row[index]), document),
    );
}

/** A write under an earlier version, which does not depend on the context. */
export interface EarlierWrite {
  readonly version: Plan;
  readonly base: JsonObject | undefined;
  readonly document: JsonObject;
}

/** The same in the context of a sample. */
export function earlierOf({ version, base, document }: EarlierWrite, context: JsonObject): Earlier {
  const standing = base && inContext(lensOf(version), base, context);
  return { version: version.digest, document, ...(standing && { base: standing }) };
}
