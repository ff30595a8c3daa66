import { useState } from 'preact/hooks';
import { announce } from '../announce.tsx';
import { asFailure, call, type Failure } from '../api.ts';
import { Badge } from '../badge.tsx';
import type { ConfigurationDifference, Finding, Json, List } from '../contract.ts';
import { brief } from '../json-lines.ts';
import { JsonText } from '../json-text.tsx';
import { Loaded, useLoad } from '../load.tsx';
import { ForOperator } from '../session.tsx';
import { Head } from '../shell.tsx';
import { Table } from '../table.tsx';
import { Trouble } from '../trouble.tsx';

type Differences = readonly ConfigurationDifference[] | List<ConfigurationDifference>;

/** What runs, and what the file says: the file is taken on when somebody says so, or a signal does. */
export function Configuration() {
  const running = useLoad<{ readonly configuration: Json }>('/configuration');
  const diff = useLoad<Differences>('/configuration/diff');
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const reload = async (): Promise<void> => {
    setBusy(true);
    setFailure(undefined);
    try {
      await call('POST', '/reload');
      announce('The gateway now runs what the file says.');
      running.reload();
      diff.reload();
    } catch (cause) {
      setFailure(asFailure(cause));
    }
    setBusy(false);
  };
  return (
    <>
      <Head title="Configuration" lead="What runs, beside what the file says. Secrets are never shown.">
        <ForOperator>
          <button type="button" class="primary" disabled={isBusy} onClick={() => void reload()}>
            {isBusy ? 'Loading …' : 'Load the file'}
          </button>
        </ForOperator>
      </Head>
      {failure && <Trouble failure={failure} title="The file was not loaded; what ran before runs on." />}
      {failure && <Findings findings={findingsOf(failure)} />}
      <section aria-labelledby="differences">
        <h2 id="differences">Differences</h2>
        <Loaded of={diff} what="the differences">
          {(value) => (
            <Table
              caption="Where the file differs from what runs"
              rows={'items' in value ? value.items : value}
              keyOf={({ pointer }) => pointer}
              empty={
                <Badge tone="green" icon="ok">
                  running what the file says
                </Badge>
              }
              columns={[
                { name: 'Place', cell: ({ pointer }) => <code>{pointer}</code> },
                { name: 'Runs', cell: (row) => <code>{brief(row.running)}</code> },
                { name: 'In the file', cell: ({ file }) => <code>{brief(file)}</code> },
              ]}
            />
          )}
        </Loaded>
      </section>
      <section aria-labelledby="running">
        <h2 id="running">What runs</h2>
        <Loaded of={running} what="the configuration">
          {({ configuration }) => <JsonText value={configuration} label="The configuration that runs" />}
        </Loaded>
      </section>
    </>
  );
}

function findingsOf({ problem }: Failure): readonly Finding[] {
  const { findings } = problem;
  return Array.isArray(findings) ? (findings as readonly Finding[]) : [];
}

function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <Table
      caption="What is wrong with the file"
      rows={findings}
      keyOf={({ place, message }) => `${place} ${message}`}
      empty=""
      columns={[
        { name: 'Place', cell: ({ file, place }) => <code>{[file, place].filter(Boolean).join(' ')}</code> },
        { name: 'What is wrong', cell: ({ message }) => message },
        { name: 'What to do', cell: ({ remedy }) => remedy ?? '–' },
      ]}
    />
  );
}
