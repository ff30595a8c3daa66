import { useState } from 'preact/hooks';
import { announce } from '../announce.tsx';
import { call, type Failure } from '../api.ts';
import { Badge } from '../badge.tsx';
import { AskReason } from '../dialog.tsx';
import type { LawResult, MappingDetail, MappingVersion, Problem } from '../mapping-contract.ts';
import { queryHref } from '../place.ts';
import { ForOperator } from '../session.tsx';
import { Table } from '../table.tsx';
import { When } from '../when.tsx';
import { diff, shortened } from './diff.ts';
import { parsed, pretty, textInUse } from './draft.ts';
import { CounterExample } from './laws.tsx';
import { movesBetween } from './moves.ts';

interface VersionsProps {
  readonly detail: MappingDetail;
  /** The version that is looked at. */
  readonly chosen: string | null;
  readonly changed: () => void;
  /** Puts the text of a version into the editor. */
  readonly edit: (text: string) => void;
}

/** What there was, is and may be: who, when, why; and what would change. */
export function Versions({ detail, chosen, changed, edit }: VersionsProps) {
  const { name, versions } = detail;
  const text = textInUse(detail);
  const [asked, setAsked] = useState<'activate' | 'rollback'>();
  const version = versions.find((each) => String(each.version) === chosen);
  const path = `/mappings/${encodeURIComponent(name)}`;
  const act = async (to: string, why: string, said: string): Promise<void> => {
    await call('POST', path + to, { body: { why } });
    announce(said);
    changed();
  };
  return (
    <section aria-labelledby="versions">
      <div class="head">
        <h2 id="versions">Versions</h2>
        <ForOperator>
          {versions.some(({ state }) => state !== 'draft') && (
            <button type="button" onClick={() => setAsked('rollback')}>
              Roll back …
            </button>
          )}
        </ForOperator>
      </div>
      <VersionTable versions={versions} chosen={chosen} />
      {version && (
        <section aria-labelledby="diff">
          <div class="head">
            <h3 id="diff">
              {version.state === 'active'
                ? `Version ${version.version} is active`
                : `What version ${version.version} would change`}
            </h3>
            <div class="actions">
              <button type="button" onClick={() => edit(version.text)}>
                Open in the editor
              </button>
              <ForOperator>
                {version.state !== 'active' && (
                  <button type="button" class="primary" onClick={() => setAsked('activate')}>
                    Activate version {version.version} …
                  </button>
                )}
              </ForOperator>
            </div>
          </div>
          {version.state !== 'active' && <Diff before={text} after={version.text} />}
        </section>
      )}
      {asked === 'activate' && version && (
        <AskReason
          title={`Activate version ${version.version}`}
          verb="Activate"
          hint="The laws are proved first. From then on every request goes by it; you can roll back."
          close={() => setAsked(undefined)}
          explain={(failure) => <Refusal failure={failure} />}
          act={(why) =>
            act(
              `/versions/${encodeURIComponent(version.version)}/activate`,
              why,
              `Version ${version.version} is active.`,
            )
          }
        />
      )}
      {asked === 'rollback' && (
        <AskReason
          title={`Roll back ${name}`}
          verb="Roll back"
          hint="What was active before is active again: the version before, or in the end the file that the mapping came from."
          close={() => setAsked(undefined)}
          explain={(failure) => <Refusal failure={failure} />}
          act={(why) => act('/rollback', why, 'The version before is active again.')}
        />
      )}
    </section>
  );
}

const STATES = {
  draft: ['amber', 'waiting', 'draft'],
  active: ['green', 'ok', 'active'],
  retired: ['calm', 'skipped', 'retired'],
} as const;

function VersionTable({
  versions,
  chosen,
}: {
  readonly versions: readonly MappingVersion[];
  readonly chosen: string | null;
}) {
  return (
    <Table
      caption="Versions of this mapping"
      rows={versions}
      keyOf={({ version }) => String(version)}
      isChosen={({ version }) => String(version) === chosen}
      empty="It is as it came. A draft that you save is its first version."
      columns={[
        {
          name: 'Version',
          cell: ({ version }) => <a href={queryHref({ version: String(version) })}>Version {version}</a>,
        },
        {
          name: 'State',
          cell: ({ state }) => {
            const [tone, icon, text] = STATES[state];
            return (
              <Badge tone={tone} icon={icon}>
                {text}
              </Badge>
            );
          },
        },
        { name: 'Who', cell: ({ who }) => who ?? <span class="muted">comes with Gradebridge</span> },
        { name: 'When', cell: ({ when }) => <When at={when} isExact /> },
        { name: 'Why', cell: ({ why }) => why ?? <span class="muted">–</span> },
      ]}
    />
  );
}

/** Compared as JSON is printed, so that only what is said differently counts. */
function normal(text: string): string {
  const value = parsed(text);
  return value === undefined ? text : pretty(value);
}

export function Diff({ before, after }: { readonly before: string; readonly after: string }) {
  const lines = diff(normal(before), normal(after));
  const [added, removed] = (['+', '−'] as const).map(
    (sign) => lines.filter((line) => line.sign === sign).length,
  );
  if (added === 0 && removed === 0) return <p class="empty">It says the same as what is active.</p>;
  return (
    <>
      <p class="muted">
        {added} lines more (+), {removed} lines less (−)
      </p>
      <Moves before={before} after={after} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="json" aria-label="What would change" tabIndex={0}>
        {shortened(lines).map((line, index) => (
          <div
            // lines have no other identity
            key={index}
            class={`line ${line === undefined ? 'left-out' : line.sign === '+' ? 'green' : line.sign === '−' ? 'red' : ''}`}
          >
            <span class="sign">{line?.sign}</span>
            <code>{line === undefined ? '…' : line.text}</code>
          </div>
        ))}
      </section>
    </>
  );
}

/** What a change means for documents that stand: they are read all the same, and their next write moves the value. */
function Moves({ before, after }: { readonly before: string; readonly after: string }) {
  const moves = movesBetween(before, after);
  if (moves.length === 0) return null;
  return (
    <>
      <p>What is written already is read as before, and its next write moves it:</p>
      <ul>
        {moves.map(({ ags, from, to }) => (
          <li key={ags}>
            <code>{ags}</code> from <code>{from}</code> to <code>{to}</code>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Why the gateway does not take a version: the law that it breaks, or what is wrong with the text. */
function Refusal({ failure: { problem } }: { readonly failure: Failure }) {
  const law = problem['law'] as LawResult | undefined;
  const problems = (problem['problems'] ?? []) as readonly Problem[];
  return (
    <>
      {law && typeof law === 'object' && <CounterExample law={law} />}
      {problems.map(({ place, message }) => (
        <p key={place + message}>
          <code>{place}</code> {message}
        </p>
      ))}
    </>
  );
}
