import { Badge } from '../badge.tsx';
import type { List } from '../contract.ts';
import { Loaded, useLoad } from '../load.tsx';
import type { MappingItem } from '../mapping-contract.ts';
import { href } from '../place.ts';
import { Head } from '../shell.tsx';
import { Table } from '../table.tsx';

const SOURCES: Readonly<Record<MappingItem['source'], string>> = {
  shipped: 'comes with Gradebridge',
  folder: 'a file of yours',
  console: 'made here',
};

/** The mappings, each a door to its workbench. */
export function Mappings() {
  const list = useLoad<List<MappingItem>>('/mappings');
  return (
    <>
      <Head title="Mappings" lead="How a document of a tool becomes one of OneRoster, and back." />
      <Loaded of={list} what="the mappings">
        {({ items }) => (
          <Table
            caption="Mappings"
            rows={items}
            keyOf={({ name }) => name}
            empty="There are no mappings."
            columns={[
              {
                name: 'Mapping',
                cell: ({ name }) => (
                  <a class="strong" href={href('mappings', name)}>
                    {name}
                  </a>
                ),
              },
              { name: 'For', cell: ({ resource }) => <code>{resource}</code> },
              { name: 'Source', cell: ({ source }) => SOURCES[source] },
              {
                name: 'Active',
                cell: ({ active }) =>
                  active === null ? (
                    <span class="muted">as it came</span>
                  ) : (
                    <Badge tone="green" icon="ok">{`version ${active}`}</Badge>
                  ),
              },
              {
                name: 'Used by',
                cell: ({ usedBy }) =>
                  usedBy.length === 0 ? <span class="muted">nobody</span> : usedBy.join(', '),
              },
              { name: 'Versions', isNumber: true, cell: ({ versions }) => versions },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}
