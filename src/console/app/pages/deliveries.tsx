import { useState } from 'preact/hooks';
import { withQuery } from '../api.ts';
import { DELIVERY_LOOKS, DeliveryBadge } from '../badge.tsx';
import { Bulk, type BulkRequest } from '../bulk.tsx';
import { DELIVERY_STATES, type DeliveryItem, type List } from '../contract.ts';
import { Filters } from '../filters.tsx';
import { Loaded, useLoad } from '../load.tsx';
import { useNames } from '../names.ts';
import { titleOf } from '../operations.ts';
import { href, queryHref } from '../place.ts';
import { ForOperator, useSession } from '../session.tsx';
import { Head } from '../shell.tsx';
import { type Column, Pages, Table } from '../table.tsx';
import { When } from '../when.tsx';

const FILTERS = ['state', 'tool', 'context', 'upstream'] as const;
/** States that a person can do something about. */
export const CHANGEABLE: ReadonlySet<string> = new Set(['held', 'failed', 'accepted']);

const COLUMNS: readonly Column<DeliveryItem>[] = [
  {
    name: 'State',
    cell: ({ state, errorCode }) => (
      <>
        <DeliveryBadge state={state} /> {errorCode && <code class="block">{errorCode}</code>}
      </>
    ),
  },
  {
    name: 'Delivery',
    cell: ({ id, tool, context }) => (
      <a href={href('deliveries', id)}>
        <span class="strong">
          {tool} in {context}
        </span>
        <code class="block muted">{id}</code>
      </a>
    ),
  },
  {
    name: 'Line item',
    cell: ({ lineItem, kind }) => (
      <>
        <code>{lineItem}</code>
        {kind === 'postScore' || (
          <span class="block muted">{titleOf({ operation: kind, method: '', route: '' })}</span>
        )}
      </>
    ),
  },
  { name: 'Scored', cell: ({ timestamp }) => <When at={timestamp} /> },
  { name: 'Attempts', isNumber: true, cell: ({ attempts }) => attempts },
  { name: 'Next try', cell: ({ nextAttemptAt }) => <When at={nextAttemptAt} /> },
];

/** What was promised to tools, and what a person decides of it. */
export function Deliveries({ query }: { readonly query: URLSearchParams }) {
  const names = useNames();
  const { role } = useSession();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [bulk, setBulk] = useState<BulkRequest>();
  const filter = Object.fromEntries(
    FILTERS.flatMap((name) => (query.get(name) ? [[name, query.get(name) ?? '']] : [])),
  );
  const path = withQuery('/deliveries', { ...filter, after: query.get('after') ?? '', limit: 50 });
  const list = useLoad<List<DeliveryItem>>(path, 10_000);
  const tick = (id: string, isOn: boolean): void => {
    const next = new Set(ticked);
    if (isOn) next.add(id);
    else next.delete(id);
    setTicked(next);
  };
  const choice: Column<DeliveryItem> = {
    name: 'Choose',
    isNameHidden: true,
    cell: ({ id, state }) =>
      CHANGEABLE.has(state) && (
        <input
          type="checkbox"
          aria-label={`Choose delivery ${id}`}
          checked={ticked.has(id)}
          onChange={(event) => tick(id, event.currentTarget.checked)}
        />
      ),
  };
  const chosen = ticked.size > 0 ? { ids: [...ticked] } : filter;
  const isAny = Object.keys(chosen).length > 0;
  return (
    <>
      <Head
        title="Deliveries"
        lead="Scores that were promised to tools because OneRoster could not take them at once."
      >
        <ForOperator>
          <button type="button" disabled={!isAny} onClick={() => setBulk({ verb: 'retry', filter: chosen })}>
            Resend {ticked.size > 0 ? `${ticked.size} chosen` : 'all of these'} …
          </button>
          <button
            type="button"
            disabled={!isAny}
            onClick={() => setBulk({ verb: 'discard', filter: chosen })}
          >
            Discard …
          </button>
        </ForOperator>
      </Head>
      <Filters
        label="Filter the deliveries"
        query={query}
        filters={[
          { name: 'state', label: 'State', options: DELIVERY_STATES },
          { name: 'tool', label: 'Tool', options: names.tools },
          { name: 'context', label: 'Context', options: names.contexts },
          { name: 'upstream', label: 'OneRoster service', options: names.upstreams },
        ]}
      />
      <StateMeaning state={query.get('state')} />
      <ForOperator>
        {!isAny && <p class="hint">Choose deliveries, or filter, to resend or discard several at once.</p>}
      </ForOperator>
      <Loaded of={list} what="the deliveries">
        {({ items, next }) => (
          <>
            <Table
              caption="Deliveries"
              columns={role === 'operator' ? [choice, ...COLUMNS] : COLUMNS}
              rows={items}
              keyOf={({ id }) => id}
              isChosen={({ id }) => ticked.has(id)}
              empty={
                Object.keys(filter).length > 0
                  ? 'No delivery fits these filters.'
                  : 'Nothing had to be promised: every score went straight through.'
              }
            />
            <Pages
              isFirst={!query.has('after')}
              newestHref={queryHref({ after: undefined })}
              olderHref={next === undefined ? undefined : queryHref({ after: next })}
            />
          </>
        )}
      </Loaded>
      {bulk && (
        <Bulk
          request={bulk}
          close={() => {
            setBulk(undefined);
            setTicked(new Set());
            list.reload();
          }}
        />
      )}
    </>
  );
}

function StateMeaning({ state }: { readonly state: string | null }) {
  const known = DELIVERY_STATES.find((name) => name === state);
  return known === undefined ? null : (
    <p class="hint">
      <DeliveryBadge state={known} /> {DELIVERY_LOOKS[known].means}
    </p>
  );
}
