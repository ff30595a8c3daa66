import { Badge } from '../badge.tsx';
import type { LawResult } from '../mapping-contract.ts';
import { Trouble } from '../trouble.tsx';
import { isBroken } from './laws.tsx';
import type { Tried } from './try.ts';

/** How it stands, in one line: read out whenever it changes. */
export function Verdict({
  tried: { result, failure, isBusy, unreadable, retry },
}: {
  readonly tried: Tried;
}) {
  if (failure) return <Trouble failure={failure} title="The mapping could not be tried." retry={retry} />;
  const problems = result?.problems.length ?? 0;
  const broken = result?.laws.filter(isBroken).length ?? 0;
  const examples = result?.examples?.filter(({ holds }) => !holds) ?? [];
  const parts = [
    problems > 0 && `${problems} ${problems === 1 ? 'problem' : 'problems'} in the mapping`,
    broken > 0 && `${broken} of ${result?.laws.length} laws broken`,
    examples.length > 0 &&
      `${examples.length} ${examples.length === 1 ? 'example' : 'examples'} no longer come out`,
    (result?.documentProblems?.length ?? 0) > 0 && 'the document does not fit',
    unreadable !== undefined && `the ${unreadable} is not JSON yet`,
  ].filter((part) => part !== false);
  const isWell = result !== undefined && parts.length === 0;
  return (
    <p class="verdict" role="status">
      {isWell ? (
        <Badge tone="green" icon="ok">
          {lawsText(result.laws)}
        </Badge>
      ) : (
        parts.map((part) => (
          <Badge key={part} tone="red" icon="wrong">
            {part}
          </Badge>
        ))
      )}
      {isBusy && <span class="muted">trying …</span>}
      {!isWell && broken > 0 && <a href="#laws">Why?</a>}
    </p>
  );
}

function lawsText(laws: readonly LawResult[]): string {
  const untried = laws.filter(({ holds }) => !holds).length;
  return untried === 0
    ? `all ${laws.length} laws hold`
    : `${laws.length - untried} laws hold, ${untried} not tried yet`;
}
