import { useState } from 'preact/hooks';
import { announce } from '../announce.tsx';
import { asFailure, call, type Failure } from '../api.ts';
import { CheckBadge } from '../badge.tsx';
import type { Check, ContextItem, CopyValue, List, ToolItem } from '../contract.ts';
import { Copy } from '../copy.tsx';
import { Facts } from '../facts.tsx';
import { Loaded, useLoad } from '../load.tsx';
import { href } from '../place.ts';
import { ForOperator } from '../session.tsx';
import { Head } from '../shell.tsx';
import { Table } from '../table.tsx';
import { Trouble } from '../trouble.tsx';

/** What is configured, with what one pastes into the other side, and whether it works. */
export function Tools() {
  const tools = useLoad<List<ToolItem>>('/tools');
  const contexts = useLoad<List<ContextItem>>('/contexts');
  return (
    <>
      <Head
        title="Tools and contexts"
        lead="Values to paste on the other side, and whether the connection works. What is here is set in the configuration file."
      />
      <section aria-labelledby="tools">
        <h2 id="tools">Tools</h2>
        <Loaded of={tools} what="the tools">
          {({ items }) =>
            items.length === 0 ? (
              <p class="empty">No tool is configured.</p>
            ) : (
              items.map((tool) => <Tool key={tool.name} tool={tool} />)
            )
          }
        </Loaded>
      </section>
      <section aria-labelledby="contexts">
        <h2 id="contexts">Contexts</h2>
        <Loaded of={contexts} what="the contexts">
          {({ items }) => (
            <>
              {items.length === 0 && <p class="empty">No context is configured.</p>}
              {items.map((context) => (
                <Context key={context.name} context={context} />
              ))}
              <h2>OneRoster services</h2>
              {[...new Set(items.map(({ upstream }) => upstream))].map((name) => (
                <article key={name} class="card">
                  <h3>{name}</h3>
                  <Connection path={`/upstreams/${encodeURIComponent(name)}/test`} />
                </article>
              ))}
            </>
          )}
        </Loaded>
      </section>
    </>
  );
}

function Tool({ tool }: { readonly tool: ToolItem }) {
  const { name, clientId, contexts, scopes, keys, values = [] } = tool;
  return (
    <article class="card">
      <h3>{name}</h3>
      <Facts
        rows={[
          ['Client id', <code key="id">{clientId}</code>],
          ['Contexts', contexts.join(', ')],
          ['May', scopes?.join(', ')],
          ['Shows who it is by', keys?.join(', ')],
        ]}
      />
      <Values values={values} />
      <p>
        <a href={href('traffic', undefined, { tool: name })}>Its traffic</a>
      </p>
      <Connection path={`/tools/${encodeURIComponent(name)}/test`} />
    </article>
  );
}

function Context({ context }: { readonly context: ContextItem }) {
  const { name, upstream, family, ownership, mappings = {}, values = [] } = context;
  return (
    <article class="card">
      <h3>{name}</h3>
      <Facts
        rows={[
          ['OneRoster service', upstream],
          ['Class', <code key="class">{context.class}</code>],
          ['Family', family],
          ['A tool sees', ownership === 'class' ? 'every line item of the class' : 'its own line items'],
          [
            'Mappings',
            Object.values(mappings).map((mapping) => (
              <span key={mapping}>
                <a href={href('mappings', mapping)}>{mapping}</a>{' '}
              </span>
            )),
          ],
        ]}
      />
      <Values values={values} />
    </article>
  );
}

function Values({ values }: { readonly values: readonly CopyValue[] }) {
  if (values.length === 0) return null;
  return (
    <ul class="values">
      {values.map(({ label, value }) => (
        <li key={label}>
          <span class="muted">{label}</span>
          <code class="path">{value}</code>
          <Copy text={value} what={label} />
        </li>
      ))}
    </ul>
  );
}

/** Tries the connection, and says in plain words what came of it. */
function Connection({ path }: { readonly path: string }) {
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
