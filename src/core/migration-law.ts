import { type Difference, difference } from './difference.ts';
import { stamped } from './edits.ts';
import { isEmpty, type JsonObject } from './json.ts';
import { type Lens, lensOf } from './lens.ts';
import { currentForm } from './migrate.ts';
import type { Plan } from './plan.ts';
import { valueAt, withValue } from './pointer.ts';
import type { PairRow } from './rows.ts';
import { view } from './view.ts';

/** A document that an earlier version of the mapping writes. */
export interface Earlier {
  /** Which of the versions that the plan knows. */
  readonly version: string;
  readonly document: JsonObject;
  /** The OneRoster document as it stood. */
  readonly base?: JsonObject;
}

/** The part of a sample that the law needs. */
export interface MigrationSample {
  readonly earlier?: Earlier;
  readonly context: JsonObject;
  readonly now: number;
}

/**
 * The law `migrate`: what a tool wrote under an earlier version it reads under this one, also after it has written it back, and then
 * under the earlier one again. What stands for somebody else at the place of a row that is new counts as edited, and is left out.
 *
 * @returns the first difference, undefined when there is none, or no earlier version
 * @throws GradebridgeError UNMAPPABLE when the sample does not fit the mapping
 */
export function tryMigration(lens: Lens, sample: MigrationSample): Difference | undefined {
  const before = sample.earlier && lens.plan.earlier.get(sample.earlier.version);
  if (sample.earlier === undefined || before === undefined) return undefined;
  const old = lensOf(before, [lens.plan]);
  const { context, now } = sample;
  const standing = writtenEarlier(lens, sample);
  const compared = comparedBy([before, lens.plan], standing);
  const said = compared(saidIn(before, standing));
  const broken = difference(said, compared(saidIn(lens.plan, standing)));
  if (broken !== undefined) return broken;
  const options = { base: standing, context, now };
  const back = stamped(lens.plan, lens.toOneRoster(saidIn(lens.plan, standing), options).document);
  return (
    difference(said, compared(saidIn(lens.plan, back))) ?? difference(said, compared(saidIn(old.plan, back)))
  );
}

/** The OneRoster document that an earlier version writes, with its mark: `writtenEarlier(lens, sample)`. */
export function writtenEarlier(lens: Lens, { earlier, context, now }: MigrationSample): JsonObject {
  const version = earlier && lens.plan.earlier.get(earlier.version);
  if (earlier === undefined || version === undefined) return {};
  const { document, base } = earlier;
  const options = { context, now, ...(base && { base }) };
  return stamped(version, lensOf(version).toOneRoster(document, options).document);
}

function saidIn(plan: Plan, document: JsonObject): JsonObject {
  return view(plan, currentForm(plan, document), { isShown: false }).document;
}

/** Leaves out what either version declares as lost, and members at whose place somebody else's value stands. */
function comparedBy(
  [before, after]: readonly [Plan, Plan],
  standing: JsonObject,
): (document: JsonObject) => JsonObject {
  const isOthers = ({ oneroster, place }: PairRow): boolean => {
    const current = valueAt(standing, place.tokens);
    const owner = before.pairs.find((row) => row.oneroster === oneroster);
    return !isEmpty(current) && owner?.codec.decode(current) === undefined;
  };
  // What a context says, and what is kept, may be anybody's as well.
  const filled = new Set(after.givens.map(({ oneroster }) => oneroster));
  const left = [
    ...before.pairs.filter(({ lossy, oneroster }) => lossy || filled.has(oneroster)),
    ...after.pairs.filter((row) => row.lossy || isOthers(row)),
  ];
  const isLossy = [before, after].some(({ mapping }) => mapping.lossy !== undefined);
  const common = before.pairs.filter(({ ags }) => after.pairs.some((row) => row.ags === ags));
  return (document) => {
    const start = isLossy
      ? common.reduce(
          (kept, { agsPlace: { tokens } }) => withValue(kept, tokens, valueAt(document, tokens)),
          {},
        )
      : document;
    return left.reduce((rest, { agsPlace }) => withValue(rest, agsPlace.tokens, undefined), start);
  };
}
