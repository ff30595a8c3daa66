import { useState } from 'preact/hooks';
import { announce } from '../announce.tsx';
import { call } from '../api.ts';
import { Badge } from '../badge.tsx';
import { AskReason } from '../dialog.tsx';
import { Loaded, useLoad } from '../load.tsx';
import type { Direction, LawResult, MappingDetail, PaneDocuments } from '../mapping-contract.ts';
import { href, queryHref, setQuery } from '../place.ts';
import { ForOperator } from '../session.tsx';
import { Head } from '../shell.tsx';
import { Trouble } from '../trouble.tsx';
import { examplesOf, type Trial, trialOf, trialOfPanes, useDraft } from '../workbench/draft.ts';
import { Examples } from '../workbench/examples.tsx';
import { isBroken, Laws } from '../workbench/laws.tsx';
import { Panes } from '../workbench/panes.tsx';
import { type Tried, useTry } from '../workbench/try.ts';
import { Versions } from '../workbench/versions.tsx';
import { WhatIf } from '../workbench/what-if.tsx';

interface WorkbenchProps {
  readonly name: string;
  readonly query: URLSearchParams;
}

/** One mapping: tried while it is changed, compared, activated and rolled back. */
export function Workbench({ name, query }: WorkbenchProps) {
  const detail = useLoad<MappingDetail>(`/mappings/${encodeURIComponent(name)}`);
  return (
    <>
      {detail.value === undefined && <Head title={name} above={['Mappings', href('mappings')]} />}
      <Loaded of={detail} what="this mapping">
        {(value) => <Bench detail={value} query={query} reload={detail.reload} />}
      </Loaded>
    </>
  );
}

interface BenchProps {
  readonly detail: MappingDetail;
  readonly query: URLSearchParams;
  readonly reload: () => void;
}

function Bench({ detail, query, reload }: BenchProps) {
  const { name, text } = detail;
  const direction: Direction = query.get('direction') === 'ags' ? 'ags' : 'oneroster';
  const example = Number(query.get('example') ?? 0);
  const [draft, setDraft] = useDraft(detail);
  const [documents, setDocuments] = useState(() => trialOf(examplesOf(text)[example], direction));
  const [isSaving, setSaving] = useState(false);
  const trial: Trial = { mapping: draft, ...documents };
  const tried = useTry(name, trial, direction);
  const tab = query.get('tab') ?? 'try';
  const change = ({ mapping, ...others }: Partial<Trial>): void => {
    if (mapping !== undefined) setDraft(mapping);
    setDocuments((before) => ({ ...before, ...others }));
  };
  const choose = (parts: { readonly direction?: Direction; readonly example?: number }): void => {
    const next = { direction, example, ...parts };
    setDocuments(trialOf(examplesOf(text)[next.example], next.direction));
    setQuery({
      direction: next.direction === 'ags' ? 'ags' : undefined,
      example: next.example === 0 ? undefined : String(next.example),
    });
  };
  const loadCounterExample = (panes: PaneDocuments): void => {
    setDocuments(trialOfPanes(panes));
    setQuery({ direction: panes.direction === 'ags' ? 'ags' : undefined, tab: undefined });
    announce('The counter-example is in the panes.');
    document.getElementById('panes')?.scrollIntoView();
  };
  const isChanged = draft !== text;
  return (
    <>
      <Head title={name} above={['Mappings', href('mappings')]}>
        {isChanged && (
          <Badge tone="amber" icon="warning">
            changed, not saved
          </Badge>
        )}
        <ForOperator>
          <button type="button" disabled={!isChanged} onClick={() => setDraft(text)}>
            Undo all
          </button>
          <button type="button" class="primary" disabled={!isChanged} onClick={() => setSaving(true)}>
            Save as draft …
          </button>
        </ForOperator>
      </Head>
      <Tabs tab={tab} versions={detail.versions.length} />
      {tab === 'try' && (
        <>
          <Choices detail={detail} direction={direction} example={example} choose={choose} />
          <Verdict tried={tried} />
          <Panes
            detail={detail}
            trial={trial}
            tried={tried}
            direction={direction}
            isTable={query.get('view') === 'rows'}
            change={change}
          />
          <Examples name={name} text={draft} result={tried.result} change={setDraft} />
          <section aria-labelledby="laws">
            <h2 id="laws">Laws</h2>
            <Laws laws={tried.result?.laws ?? []} load={loadCounterExample} />
          </section>
        </>
      )}
      {tab === 'what-if' && <WhatIf name={name} text={draft} />}
      {tab === 'versions' && (
        <Versions
          detail={detail}
          chosen={query.get('version')}
          changed={reload}
          edit={(versionText) => {
            setDraft(versionText);
            setQuery({ tab: undefined, version: undefined });
          }}
        />
      )}
      {isSaving && (
        <AskReason
          title="Save as draft"
          verb="Save"
          hint="A draft changes nothing yet. You will see what it would change before you activate it."
          close={() => setSaving(false)}
          act={async (why) => {
            const path = `/mappings/${encodeURIComponent(name)}/drafts`;
            const { version } = await call<{ readonly version: string | number }>('POST', path, {
              body: { text: draft, why },
            });
            announce(`Saved as version ${version}, a draft.`);
            reload();
            setQuery({ tab: 'versions', version: String(version) });
          }}
        />
      )}
    </>
  );
}

const TABS: readonly (readonly [tab: string | undefined, name: string])[] = [
  [undefined, 'Try'],
  ['what-if', 'What if'],
  ['versions', 'Versions'],
];

function Tabs({ tab, versions }: { readonly tab: string; readonly versions: number }) {
  return (
    <nav aria-label="Parts of the workbench" class="tabs">
      {TABS.map(([value, name]) => (
        <a
          key={name}
          href={queryHref({ tab: value })}
          aria-current={tab === (value ?? 'try') ? 'page' : undefined}
        >
          {name} {value === 'versions' && versions > 0 && <span class="muted">{versions}</span>}
        </a>
      ))}
    </nav>
  );
}

interface ChoicesProps {
  readonly detail: MappingDetail;
  readonly direction: Direction;
  readonly example: number;
  readonly choose: (parts: { readonly direction?: Direction; readonly example?: number }) => void;
}

function Choices({ detail, direction, example, choose }: ChoicesProps) {
  const examples = examplesOf(detail.text);
  return (
    <div class="filters">
      <div class="field middle">
        <label for="direction">Direction</label>
        <select
          id="direction"
          value={direction}
          onChange={(event) => choose({ direction: event.currentTarget.value as Direction })}
        >
          <option value="oneroster">LTI → OneRoster → LTI</option>
          <option value="ags">OneRoster → LTI → OneRoster</option>
        </select>
      </div>
      {examples.length > 0 && (
        <div class="field wide">
          <label for="example">Example</label>
          <select
            id="example"
            value={String(example)}
            onChange={(event) => choose({ example: Number(event.currentTarget.value) })}
          >
            {examples.map(({ title }, index) => (
              <option key={title} value={String(index)}>
                {title}
              </option>
            ))}
          </select>
        </div>
      )}
    </div>
  );
}

/** How it stands, in one line: read out whenever it changes. */
function Verdict({ tried: { result, failure, isBusy, unreadable, retry } }: { readonly tried: Tried }) {
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
