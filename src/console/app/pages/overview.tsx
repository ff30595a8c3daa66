import { Badge, DeliveryBadge } from '../badge.tsx';
import type { LatencyMinute, Minute, Overview as OverviewAnswer, UpstreamState } from '../contract.ts';
import { Icon } from '../icon.tsx';
import { Loaded, useLoad } from '../load.tsx';
import { href } from '../place.ts';
import { LatencyPlot, RequestsPlot } from '../plot.tsx';
import { Head } from '../shell.tsx';
import { Table } from '../table.tsx';
import { When } from '../when.tsx';

/** What needs somebody, first; then how things go. */
export function Overview() {
  const overview = useLoad<OverviewAnswer>('/overview', 10_000);
  return (
    <>
      <Head title="Overview" lead="What needs you comes first." />
      <Loaded of={overview} what="the overview">
        {(value) => (
          <>
            <Attention {...value} />
            <Upstreams upstreams={value.upstreams} />
            <ToolSeries tools={value.tools} />
            <Waiting deliveries={value.deliveries} />
            <Revision revision={value.revision} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Attention({ attention }: Pick<OverviewAnswer, 'attention'>) {
  const sorted = [...attention].sort((a, b) => Number(b.level === 'red') - Number(a.level === 'red'));
  return (
    <section aria-labelledby="attention">
      <h2 id="attention" class="sr-only">
        What needs you
      </h2>
      {sorted.length === 0 ? (
        <p class="notice green">
          <Icon name="ok" /> Nothing needs you. Every grade that was promised has arrived or is on its way.
        </p>
      ) : (
        <ul class="attention">
          {sorted.map(({ level, text, href: to }) => (
            <li key={text}>
              <a class={`notice ${level}`} href={to}>
                <Icon name={level === 'red' ? 'wrong' : 'warning'} />
                <span>
                  <span class="sr-only">{level === 'red' ? 'Wrong: ' : 'To look at: '}</span>
                  {text}
                </span>
                <Icon name="moving" />
              </a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const sum = <Item,>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

function Upstreams({ upstreams }: Pick<OverviewAnswer, 'upstreams'>) {
  return (
    <section aria-labelledby="upstreams">
      <h2 id="upstreams">OneRoster services</h2>
      <div class="cards">
        {upstreams.map((upstream) => (
          <article key={upstream.name} class="card">
            <h3>
              {upstream.name}{' '}
              {upstream.profile !== upstream.name && <span class="muted">{upstream.profile}</span>}
            </h3>
            <UpstreamBadge {...upstream} />
            <LatencyPlot series={upstream.latency} />
            <p class="muted">{latencyText(upstream.latency)}</p>
          </article>
        ))}
      </div>
    </section>
  );
}

function UpstreamBadge({ reachable, circuit, code }: UpstreamState) {
  if (reachable && circuit === 'closed')
    return (
      <Badge tone="green" icon="ok">
        reachable
      </Badge>
    );
  const text = circuit === 'open' ? 'not answering; being left alone for a moment' : 'not reachable';
  return (
    <p>
      <Badge tone="red" icon="wrong">
        {text}
      </Badge>{' '}
      {code && <code>{code}</code>}
    </p>
  );
}

function latencyText(series: readonly LatencyMinute[]): string {
  const busy = series.filter(({ count }) => count > 0);
  const last = busy.at(-1);
  if (last === undefined) return 'Nothing was asked of it in the last hour.';
  const errors = sum(series, (minute) => minute.errors);
  const calls = sum(series, ({ count }) => count);
  return `Last: half within ${ms(last.p50)}, 95 % within ${ms(last.p95)}. ${calls} calls in an hour, ${errors} failed.`;
}

function ms(value: number): string {
  return value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${Math.round(value)} ms`;
}

function ToolSeries({ tools }: Pick<OverviewAnswer, 'tools'>) {
  return (
    <section aria-labelledby="tools">
      <h2 id="tools">Tools</h2>
      {tools.length === 0 && <p class="empty">No tool has sent anything in the last hour.</p>}
      <div class="cards">
        {tools.map(({ tool, series }) => (
          <article key={tool} class="card">
            <h3>
              <a href={href('traffic', undefined, { tool })}>{tool}</a>
            </h3>
            <RequestsPlot series={series} />
            <p class="muted">{requestsText(series)}</p>
          </article>
        ))}
      </div>
    </section>
  );
}

function requestsText(series: readonly Minute[]): string {
  const requests = sum(series, (minute) => minute.requests);
  const errors = sum(series, (minute) => minute.errors);
  const failed = errors === 0 ? 'none failed' : `${errors} failed (marked below the line)`;
  return `${requests} requests in an hour, ${failed}.`;
}

function Waiting({ deliveries }: Pick<OverviewAnswer, 'deliveries'>) {
  return (
    <section aria-labelledby="deliveries">
      <h2 id="deliveries">Deliveries</h2>
      <Table
        caption="Deliveries by state"
        rows={deliveries}
        keyOf={({ upstream, state }) => `${upstream} ${state}`}
        empty="Nothing is waiting to be delivered."
        columns={[
          { name: 'State', cell: ({ state }) => <DeliveryBadge state={state} /> },
          { name: 'OneRoster service', cell: ({ upstream }) => upstream },
          {
            name: 'How many',
            isNumber: true,
            cell: ({ upstream, state, count }) => (
              <a href={href('deliveries', undefined, { state, upstream })}>{count}</a>
            ),
          },
          { name: 'Oldest', cell: ({ oldest }) => <When at={oldest} /> },
        ]}
      />
    </section>
  );
}

function Revision({ revision }: Pick<OverviewAnswer, 'revision'>) {
  const { id, file, loadedAt, isCurrent, problem } = revision;
  return (
    <section aria-labelledby="configuration">
      <h2 id="configuration">Configuration</h2>
      <p>
        {isCurrent ? (
          <Badge tone="green" icon="ok">
            running what the file says
          </Badge>
        ) : (
          <Badge tone="amber" icon="warning">
            the file has changed since it was loaded
          </Badge>
        )}{' '}
        Revision <code>{id}</code>, loaded <When at={loadedAt} /> from <code class="path">{file}</code>.{' '}
        <a href={href('configuration')}>Look at it</a>
      </p>
      {problem && (
        <p class="notice amber">
          <Icon name="warning" /> {problem}
        </p>
      )}
    </section>
  );
}
