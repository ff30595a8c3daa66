import { useEffect, useState } from 'preact/hooks';
import { withQuery } from '../api.ts';
import { Badge, StatusBadge } from '../badge.tsx';
import type { ExchangeItem, List } from '../contract.ts';
import { Filters } from '../filters.tsx';
import { Loaded, useLoad } from '../load.tsx';
import { useNames } from '../names.ts';
import { titleOf } from '../operations.ts';
import { href, queryHref, setQuery } from '../place.ts';
import { Head } from '../shell.tsx';
import { type Column, Pages, Table } from '../table.tsx';
import { When } from '../when.tsx';

/** The most rows that the live tail keeps. */
const MOST = 200;

const COLUMNS: readonly Column<ExchangeItem>[] = [
  { name: 'When', cell: ({ at }) => <When at={at} isExact /> },
  {
    name: 'Request',
    cell: ({ id, method, operation, route }) => (
      <a href={href('traffic', id)}>
        <span class="strong">{titleOf({ operation, method, route })}</span>
        {operation && (
          <span class="muted block">
            {method} {route}
          </span>
        )}
      </a>
    ),
  },
  { name: 'Tool', cell: ({ tool, context }) => (tool ? `${tool} in ${context ?? '–'}` : '–') },
  {
    name: 'Answer',
    cell: ({ status, code }) => (
      <>
        <StatusBadge status={status} /> {code && <code class="block">{code}</code>}
      </>
    ),
  },
  { name: 'Took', isNumber: true, cell: ({ milliseconds }) => `${Math.round(milliseconds)} ms` },
  { name: 'Calls to OneRoster', isNumber: true, cell: ({ upstreamCalls }) => upstreamCalls },
];

/** Every request, newest first. */
export function Traffic({ query }: { readonly query: URLSearchParams }) {
  const names = useNames();
  const filter = Object.fromEntries(
    ['search', 'tool', 'context', 'status', 'after'].map((name) => [name, query.get(name) ?? '']),
  );
  const list = useLoad<List<ExchangeItem>>(withQuery('/traffic', { ...filter, limit: 50 }));
  const isFiltered = Object.values(filter).some((value) => value !== '');
  const isLive = query.get('live') !== 'off' && !isFiltered;
  const tail = useTail(isLive);
  const rows = (items: readonly ExchangeItem[]): readonly ExchangeItem[] => {
    const known = new Set(tail.items.map(({ id }) => id));
    return [...tail.items, ...items.filter(({ id }) => !known.has(id))].slice(0, MOST);
  };
  return (
    <>
      <Head
        title="Traffic"
        lead="What tools have asked, and what became of it. Search takes any id of either side."
      >
        <LiveSwitch isLive={isLive} isFiltered={isFiltered} isConnected={tail.isConnected} />
      </Head>
      <Filters
        label="Filter the traffic"
        query={query}
        filters={[
          {
            name: 'search',
            label: 'Any id',
            isWide: true,
            placeholder: 'request, line item, sourcedId, student …',
          },
          { name: 'tool', label: 'Tool', options: names.tools },
          { name: 'context', label: 'Context', options: names.contexts },
          { name: 'status', label: 'Answer', options: ['2xx', '4xx', '5xx'] },
        ]}
      />
      <Loaded of={list} what="the traffic">
        {({ items, next }) => (
          <>
            <Table
              caption="Requests"
              columns={COLUMNS}
              rows={isLive ? rows(items) : items}
              keyOf={({ id }) => id}
              empty={
                isFiltered
                  ? 'No recorded request fits. Only the last ones are kept; try fewer filters.'
                  : 'No request has come in yet. They appear here as they arrive.'
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
    </>
  );
}

interface LiveProps {
  readonly isLive: boolean;
  readonly isFiltered: boolean;
  readonly isConnected: boolean;
}

function LiveSwitch({ isLive, isFiltered, isConnected }: LiveProps) {
  if (isFiltered) return <span class="muted">New requests are not added while you filter.</span>;
  return (
    <>
      {isLive && (
        <Badge tone={isConnected ? 'green' : 'amber'} icon={isConnected ? 'moving' : 'waiting'}>
          {isConnected ? 'live' : 'connecting …'}
        </Badge>
      )}
      <button
        type="button"
        aria-pressed={!isLive}
        onClick={() => setQuery({ live: isLive ? 'off' : undefined }, { replace: true })}
      >
        {isLive ? 'Pause' : 'Go on'}
      </button>
    </>
  );
}

/** Requests as they are answered, newest first. The browser connects anew by itself. */
function useTail(isOn: boolean): { readonly items: readonly ExchangeItem[]; readonly isConnected: boolean } {
  const [items, setItems] = useState<readonly ExchangeItem[]>([]);
  const [isConnected, setConnected] = useState(false);
  useEffect(() => {
    if (!isOn) return;
    const source = new EventSource('/admin/v1/traffic/stream');
    source.addEventListener('open', () => setConnected(true));
    source.addEventListener('error', () => setConnected(false));
    source.addEventListener('exchange', ({ data }: MessageEvent<string>) => {
      const item = JSON.parse(data) as ExchangeItem;
      setItems((before) => [item, ...before.filter(({ id }) => id !== item.id)].slice(0, MOST));
    });
    return () => source.close();
  }, [isOn]);
  return { items, isConnected };
}
