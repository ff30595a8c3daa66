import { useState } from 'preact/hooks';
import { Facts } from './facts.tsx';
import { Icon } from './icon.tsx';
import { href } from './place.ts';
import { KIND_NAMES, REPAIR_NAMES, type ReconcileFinding } from './reconcile-contract.ts';
import { Repair, type RepairRequest } from './repair.tsx';
import { ForOperator } from './session.tsx';

interface FindingsProps {
  readonly findings: readonly ReconcileFinding[];
  /** Something of a line item was mended: what is shown of it has to be read anew. */
  readonly mended: (lineItem: string) => void;
  /** Whether it is said which line item each is about. */
  readonly isAcross?: boolean;
}

/** What is otherwise in OneRoster than tools were told, each with what can be done. */
export function Findings({ findings, mended, isAcross = false }: FindingsProps) {
  const [request, setRequest] = useState<RepairRequest>();
  return (
    <>
      <ul class="findings">
        {findings.map((finding) => (
          <li key={finding.id} class={`notice ${finding.weight === 'wrong' ? 'red' : 'amber'}`}>
            <Icon name={finding.weight === 'wrong' ? 'wrong' : 'warning'} />
            <div>
              <p class="strong">{finding.says}</p>
              {finding.isLeft && <p>Somebody has decided to leave it as it is.</p>}
              <About finding={finding} isAcross={isAcross} />
              {finding.advice && <p>{finding.advice}</p>}
              <Buttons finding={finding} ask={setRequest} />
            </div>
          </li>
        ))}
      </ul>
      {request && (
        <Repair
          request={request}
          close={() => setRequest(undefined)}
          done={() => {
            setRequest(undefined);
            mended(request.finding.lineItem);
          }}
        />
      )}
    </>
  );
}

interface ButtonsProps {
  readonly finding: ReconcileFinding;
  readonly ask: (request: RepairRequest) => void;
}

function Buttons({ finding, ask }: ButtonsProps) {
  if (finding.repairs.length === 0) return null;
  return (
    <ForOperator>
      <div class="actions">
        {finding.repairs.map(({ repair }) => (
          <button
            key={repair}
            type="button"
            aria-label={`${REPAIR_NAMES[repair]} ${finding.result ?? finding.lineItem} …`}
            onClick={() => ask({ finding, repair })}
          >
            {REPAIR_NAMES[repair]} …
          </button>
        ))}
      </div>
    </ForOperator>
  );
}

function About({ finding, isAcross }: { readonly finding: ReconcileFinding; readonly isAcross: boolean }) {
  const { kind, tool, lineItem, result, student, delivery, beside, evidence } = finding;
  const { waiting, failed, acknowledged, results, missed, places } = evidence;
  return (
    <Facts
      rows={[
        ['Kind', KIND_NAMES[kind] ?? kind],
        ['Tool', tool],
        [
          'Line item',
          isAcross ? (
            <a key="line" class="path" href={href('traffic', undefined, { search: lineItem })}>
              {lineItem}
            </a>
          ) : undefined,
        ],
        ['Result', result && <code class="path">{result}</code>],
        ['Student', student && <code class="path">{student}</code>],
        [
          'Receipt',
          delivery && (
            <a class="path" href={href('deliveries', delivery)}>
              {delivery}
            </a>
          ),
        ],
        ['Beside', beside && <code class="path">{beside}</code>],
        ['Results', results],
        ['Deliveries that wait', waiting],
        ['Deliveries that failed', failed],
        ['Scores taken by receipt', acknowledged],
        ['Asked for in vain', missed],
        [
          'Places',
          places?.map(({ oneroster, isKnown }) => `${oneroster}${isKnown ? '' : ' (not known)'}`).join(', '),
        ],
      ]}
    />
  );
}
