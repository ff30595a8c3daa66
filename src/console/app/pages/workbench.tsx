import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../announce.tsx';
import { call } from '../api.ts';
import { Badge } from '../badge.tsx';
import { AskReason } from '../dialog.tsx';
import { Loaded, useLoad } from '../load.tsx';
import type { Direction, MappingDetail, PaneDocuments } from '../mapping-contract.ts';
import { href, queryHref, setQuery } from '../place.ts';
import { ForOperator } from '../session.tsx';
import { Head } from '../shell.tsx';
import {
  type Example,
  examplesOf,
  type Trial,
  textInUse,
  trialOf,
  trialOfPanes,
  useDraft,
} from '../workbench/draft.ts';
import { Examples } from '../workbench/examples.tsx';
import { Laws } from '../workbench/laws.tsx';
import { Panes } from '../workbench/panes.tsx';
import { useTry } from '../workbench/try.ts';
import { Verdict } from '../workbench/verdict.tsx';
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

/** What the address says when the panes hold the counter-example of a law, which is no example of the mapping. */
const COUNTER_EXAMPLE = 'counter-example';

function exampleAt(text: string, example: string): Example | undefined {
  const examples = examplesOf(text);
  return examples[Number(example)] ?? examples[0];
}

interface BenchProps {
  readonly detail: MappingDetail;
  readonly query: URLSearchParams;
  readonly reload: () => void;
}

function Bench({ detail, query, reload }: BenchProps) {
  const { name } = detail;
  const text = textInUse(detail);
  const direction: Direction = query.get('direction') === 'ags' ? 'ags' : 'oneroster';
  const example = query.get('example') ?? '0';
  const [draft, setDraft] = useDraft(detail);
  const [documents, setDocuments] = useState(() => trialOf(exampleAt(text, example), direction));
  const [isSaving, setSaving] = useState(false);
  const trial: Trial = { mapping: draft, ...documents };
  const tried = useTry(name, trial, direction);
  const tab = query.get('tab') ?? 'try';
  const change = ({ mapping, ...others }: Partial<Trial>): void => {
    if (mapping !== undefined) setDraft(mapping);
    setDocuments((before) => ({ ...before, ...others }));
  };
  const shown = useRef(`${direction} ${example}`);
  // The address says which example it is, so the way back brings the one before.
  useEffect(() => {
    const next = `${direction} ${example}`;
    if (shown.current === next || example === COUNTER_EXAMPLE) return;
    shown.current = next;
    setDocuments(trialOf(exampleAt(text, example), direction));
  }, [direction, example, text]);
  const loadCounterExample = (panes: PaneDocuments): void => {
    setDocuments(trialOfPanes(panes));
    shown.current = COUNTER_EXAMPLE;
    setQuery({
      direction: panes.direction === 'ags' ? 'ags' : undefined,
      example: COUNTER_EXAMPLE,
      tab: undefined,
    });
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
          <Choices detail={detail} direction={direction} example={example} />
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
  readonly example: string;
}

function Choices({ detail, direction, example }: ChoicesProps) {
  const titles = examplesOf(textInUse(detail)).map(({ title }) => title);
  return (
    <div class="filters">
      <div class="field middle">
        <label for="direction">Direction</label>
        <select
          id="direction"
          value={direction}
          onChange={({ currentTarget: { value } }) =>
            setQuery({
              direction: value === 'ags' ? value : undefined,
              ...(example === COUNTER_EXAMPLE && { example: undefined }),
            })
          }
        >
          <option value="oneroster">LTI → OneRoster → LTI</option>
          <option value="ags">OneRoster → LTI → OneRoster</option>
        </select>
      </div>
      {titles.length > 0 && (
        <div class="field wide">
          <label for="example">Example</label>
          <select
            id="example"
            value={example}
            onChange={({ currentTarget: { value } }) =>
              setQuery({ example: value === '0' ? undefined : value })
            }
          >
            {example === COUNTER_EXAMPLE && (
              <option value={COUNTER_EXAMPLE}>The counter-example of a law</option>
            )}
            {titles.map((title, index) => (
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
