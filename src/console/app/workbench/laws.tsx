import { Icon } from '../icon.tsx';
import { brief } from '../json-lines.ts';
import type { LawResult, PaneDocuments } from '../mapping-contract.ts';

/** What each law says; the gateway says it too, where it knows better. */
const SENTENCES: Readonly<Record<string, string>> = {
  'put-get': 'What a tool wrote is what it reads.',
  'get-put': 'Writing back what was read changes nothing.',
  'put-put': 'The last write alone decides.',
  keep: 'Members of OneRoster that no row owns are untouched.',
  retry: 'The same write again, at another time, leaves the same document.',
  migrate: 'What was written under an earlier version is read under this one, and back.',
};

interface LawsProps {
  readonly laws: readonly LawResult[];
  readonly load: (panes: PaneDocuments) => void;
}

/** The laws, the broken ones first, each with the smallest documents that show it. */
export function Laws({ laws, load }: LawsProps) {
  const sorted = [...laws].sort((a, b) => Number(isBroken(b)) - Number(isBroken(a)));
  return (
    <ul class="laws">
      {sorted.map((law) => (
        <li key={law.law} class={lookOf(law).tone}>
          <Icon name={lookOf(law).icon} />
          <div>
            <p>
              <span class="strong">{law.law}</span> {lookOf(law).text}
              <span class="muted block">{law.sentence ?? SENTENCES[law.law]}</span>
            </p>
            <CounterExample law={law} load={load} />
          </div>
        </li>
      ))}
    </ul>
  );
}

/** A law that there was no time to try is neither kept nor broken. */
export function isBroken({ holds, counterExample }: LawResult): boolean {
  return !holds && counterExample !== undefined;
}

const LOOKS = {
  holds: { tone: 'green', icon: 'ok', text: 'holds' },
  broken: { tone: 'red', icon: 'wrong', text: 'is broken' },
  untried: { tone: 'calm', icon: 'waiting', text: 'was not tried: there was no time' },
} as const;

function lookOf(law: LawResult): (typeof LOOKS)[keyof typeof LOOKS] {
  if (law.holds) return LOOKS.holds;
  return isBroken(law) ? LOOKS.broken : LOOKS.untried;
}

interface CounterExampleProps {
  readonly law: LawResult;
  readonly load?: (panes: PaneDocuments) => void;
}

export function CounterExample({ law: { law, holds, counterExample }, load }: CounterExampleProps) {
  if (holds || counterExample === undefined) return null;
  const { difference, sample, panes } = counterExample;
  return (
    <div class="counter-example">
      <p>
        At <code>{difference.pointer || '/'}</code> there should be <code>{brief(difference.expected)}</code>,
        and there is <code>{brief(difference.actual)}</code>, for instance when a tool writes{' '}
        <code>{brief(sample.earlier?.document ?? sample.first)}</code>
        {sample.earlier && ' under an earlier version'}
        {law === 'put-put' && sample.second && (
          <>
            {' '}
            and then <code>{brief(sample.second)}</code>
          </>
        )}
        .
      </p>
      {load && (
        <button type="button" onClick={() => load(panes)}>
          Load into the panes
        </button>
      )}
    </div>
  );
}
