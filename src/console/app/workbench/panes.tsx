import type { ComponentChildren } from 'preact';
import { JsonEditor } from '../editor/json-editor.tsx';
import { brief } from '../json-lines.ts';
import { JsonText, type Mark } from '../json-text.tsx';
import { Waiting } from '../load.tsx';
import type { Difference, Direction, MappingDetail, TryResult } from '../mapping-contract.ts';
import { marksOfNotes } from '../notes.tsx';
import { queryHref } from '../place.ts';
import type { Trial } from './draft.ts';
import { Rows } from './rows.tsx';
import { Stories } from './stories.tsx';
import type { Tried } from './try.ts';

interface PanesProps {
  readonly detail: MappingDetail;
  readonly trial: Trial;
  readonly tried: Tried;
  readonly direction: Direction;
  readonly isTable: boolean;
  readonly change: (parts: Partial<Trial>) => void;
}

const SIDES: Readonly<Record<'ags' | 'oneroster', string>> = {
  ags: 'LTI document',
  oneroster: 'OneRoster document',
};

/** What goes in, by which mapping, what it becomes, and what comes back. */
export function Panes({ detail, trial, tried, direction, isTable, change }: PanesProps) {
  const { result, unreadable } = tried;
  const from = direction === 'oneroster' ? 'ags' : 'oneroster';
  const problems = (result?.documentProblems ?? []).flatMap(({ in: where = 'document', pointer, message }) =>
    where === 'document' ? [{ place: pointer, message }] : [],
  );
  return (
    <div id="panes" class={isTable ? 'panes with-rows' : 'panes'}>
      <Pane title={SIDES[from]} hint="goes in; change it">
        <JsonEditor
          text={trial.document}
          label={SIDES[from]}
          problems={problems}
          change={(document) => change({ document })}
        />
        <Surroundings
          trial={trial}
          direction={direction}
          change={change}
          isOpen={unreadable === 'base' || unreadable === 'context'}
        />
      </Pane>
      <Pane
        title="Mapping"
        isBroad={isTable}
        tools={
          <nav aria-label="Views of the mapping" class="switch">
            <a href={queryHref({ view: undefined })} aria-current={isTable ? undefined : 'true'}>
              JSON
            </a>
            <a href={queryHref({ view: 'rows' })} aria-current={isTable ? 'true' : undefined}>
              Rows
            </a>
          </nav>
        }
      >
        {isTable ? (
          <Rows
            text={trial.mapping}
            problems={result?.problems ?? []}
            change={(mapping) => change({ mapping })}
          />
        ) : (
          <JsonEditor
            text={trial.mapping}
            label="Mapping"
            schema={detail.schema}
            problems={result?.problems ?? []}
            change={(mapping) => change({ mapping })}
          />
        )}
      </Pane>
      <Pane title={SIDES[direction]} hint="what it becomes">
        <Output
          tried={tried}
          value={result?.document}
          label={SIDES[direction]}
          marks={marksOfNotes(result?.notes ?? [], direction)}
        />
      </Pane>
      <Pane title="What comes back" hint={differenceText(result)}>
        <Output
          tried={tried}
          value={result?.back}
          label="What comes back"
          marks={marksOf(result?.differences ?? [])}
        />
      </Pane>
      <Pane title="Row by row" hint="what became of each field, and why" isBroad>
        {result && <Stories result={result} />}
      </Pane>
    </div>
  );
}

interface PaneProps {
  readonly title: string;
  readonly hint?: string;
  readonly tools?: ComponentChildren;
  /** Whether it takes the whole width. */
  readonly isBroad?: boolean;
  readonly children: ComponentChildren;
}

function Pane({ title, hint, tools, isBroad, children }: PaneProps) {
  return (
    <section class={isBroad ? 'pane broad' : 'pane'} aria-label={title}>
      <header>
        <h2>
          {title} {hint && <span class="muted">{hint}</span>}
        </h2>
        {tools}
      </header>
      {children}
    </section>
  );
}

interface OutputProps {
  readonly tried: Tried;
  readonly value: TryResult['document'];
  readonly label: string;
  readonly marks: readonly Mark[];
}

function Output({ tried, value, label, marks }: OutputProps) {
  const { result, isBusy, unreadable } = tried;
  if (unreadable !== undefined) return <p class="empty">The {unreadable} is not a JSON object yet.</p>;
  if (result === undefined)
    return isBusy ? <Waiting what="the outcome" /> : <p class="empty">There is no outcome.</p>;
  if (value === undefined)
    return (
      <div class="empty">
        <p>Nothing comes out as long as this is so:</p>
        <ul>
          {result.problems.map(({ place, message }) => (
            <li key={place + message}>
              <code>{place}</code> {message}
            </li>
          ))}
          {(result.documentProblems ?? []).map(({ in: where = 'document', pointer, message, remedy }) => (
            <li key={where + pointer + message}>
              <code>{pointer || '/'}</code> of the {where === 'base' ? 'document that stands' : where}:{' '}
              {message} {remedy}
            </li>
          ))}
        </ul>
      </div>
    );
  return (
    <div class={isBusy ? 'stale' : ''}>
      <JsonText value={value} label={label} marks={marks} />
    </div>
  );
}

function differenceText(result: TryResult | undefined): string {
  if (result?.back === undefined) return '';
  const { length } = result.differences;
  return length === 0
    ? '= the same as went in'
    : `≠ ${length} ${length === 1 ? 'difference' : 'differences'}`;
}

function marksOf(differences: readonly Difference[]): readonly Mark[] {
  return differences.map(({ pointer, expected, actual }) => {
    if (actual === undefined) return { pointer, sign: '−', tone: 'red', text: `lost: ${brief(expected)}` };
    if (expected === undefined)
      return { pointer, sign: '+', tone: 'amber', text: `came in: ${brief(actual)}` };
    return { pointer, sign: '≠', tone: 'red', text: `went in as ${brief(expected)}` };
  });
}

interface SurroundingsProps {
  readonly trial: Trial;
  readonly direction: Direction;
  readonly isOpen: boolean;
  readonly change: (parts: Partial<Trial>) => void;
}

/** What a write depends on besides the document. */
function Surroundings({ trial, direction, isOpen, change }: SurroundingsProps) {
  return (
    <details class="surroundings" open={isOpen || undefined}>
      <summary>What stands in OneRoster already, and the context</summary>
      {direction === 'oneroster' && (
        <>
          <h3>Stands in OneRoster (empty: nothing yet)</h3>
          <JsonEditor text={trial.base} label="Stands in OneRoster" change={(base) => change({ base })} />
        </>
      )}
      <h3>Context</h3>
      <JsonEditor text={trial.context} label="Context" change={(context) => change({ context })} />
    </details>
  );
}
