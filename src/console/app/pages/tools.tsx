import type { List } from '../contract.ts';
import { Loaded, useLoad } from '../load.tsx';
import { queryHref } from '../place.ts';
import { Connection } from '../registry/connection.tsx';
import { ContextCard } from '../registry/context-card.tsx';
import { ContextEditor } from '../registry/context-form.tsx';
import { ToolCard } from '../registry/tool-card.tsx';
import { ToolEditor } from '../registry/tool-form.tsx';
import type { ContextItem, ToolItem } from '../registry-contract.ts';
import { ForOperator } from '../session.tsx';
import { Head } from '../shell.tsx';

/** Tools and contexts; or, as the address says, one of them to be edited or a new one: `?edit=quizzer`, `?register=context`. */
export function Tools({ query }: { readonly query: URLSearchParams }) {
  const [tool, context, register] = ['edit', 'edit-context', 'register'].map((name) => query.get(name));
  if (tool) return <ToolEditor key={tool} name={tool} />;
  if (context) return <ContextEditor key={context} name={context} />;
  if (register === 'tool') return <ToolEditor name={undefined} />;
  if (register === 'context') return <ContextEditor name={undefined} />;
  return <Lists />;
}

/** What is configured, with what one pastes into the other side, and whether it works. */
function Lists() {
  const tools = useLoad<List<ToolItem>>('/tools');
  const contexts = useLoad<List<ContextItem>>('/contexts');
  const changed = (): void => {
    tools.reload();
    contexts.reload();
  };
  return (
    <>
      <Head
        title="Tools and contexts"
        lead="Values to paste on the other side, and whether the connection works. What is changed here lies over the configuration file, which stays as it is."
      >
        <ForOperator>
          <a class="button" href={queryHref({ register: 'tool' })}>
            Register a tool
          </a>
          <a class="button" href={queryHref({ register: 'context' })}>
            Register a context
          </a>
        </ForOperator>
      </Head>
      <section aria-labelledby="tools">
        <h2 id="tools">Tools</h2>
        <Loaded of={tools} what="the tools">
          {({ items }) =>
            items.length === 0 ? (
              <p class="empty">No tool is configured.</p>
            ) : (
              items.map((tool) => <ToolCard key={tool.name} tool={tool} changed={changed} />)
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
                <ContextCard key={context.name} context={context} changed={changed} />
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
