import { useState } from 'preact/hooks';
import { announce } from '../announce.tsx';
import { asFailure, call, type Failure } from '../api.ts';
import { CheckBadge } from '../badge.tsx';
import type { Check } from '../contract.ts';
import { ForOperator } from '../session.tsx';
import { Table } from '../table.tsx';
import { Trouble } from '../trouble.tsx';

/** Tries the connection, and says in plain words what came of it. */
export function Connection({ path }: { readonly path: string }) {
  const [checks, setChecks] = useState<readonly Check[]>();
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const test = async (): Promise<void> => {
    setBusy(true);
    setFailure(undefined);
    try {
      const { results } = await call<{ readonly results: readonly Check[] }>('POST', path);
      setChecks(results);
      const wrong = results.filter(({ state }) => state === 'wrong').length;
      announce(wrong === 0 ? 'The connection works.' : `${wrong} of ${results.length} checks went wrong.`);
    } catch (cause) {
      setFailure(asFailure(cause));
    }
    setBusy(false);
  };
  return (
    <>
      <ForOperator>
        <button type="button" onClick={() => void test()} disabled={isBusy}>
          {isBusy ? 'Testing …' : 'Test the connection'}
        </button>
      </ForOperator>
      {failure && <Trouble failure={failure} retry={() => void test()} />}
      {checks && (
        <Table
          caption="What the test found"
          rows={checks}
          keyOf={({ check, subject }) => `${check} ${subject}`}
          empty="There was nothing to test."
          columns={[
            { name: 'Outcome', cell: ({ state }) => <CheckBadge state={state} /> },
            {
              name: 'What was tried',
              cell: ({ check, subject }) => (
                <>
                  <code>{check}</code> <span class="muted">{subject}</span>
                </>
              ),
            },
            {
              name: 'Found',
              cell: ({ found, remedy }) => (
                <>
                  {found}
                  {remedy && <span class="block">→ {remedy}</span>}
                </>
              ),
            },
          ]}
        />
      )}
    </>
  );
}
