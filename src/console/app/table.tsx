import type { ComponentChildren } from 'preact';

export interface Column<Row> {
  readonly name: string;
  readonly cell: (row: Row) => ComponentChildren;
  readonly isNumber?: boolean;
  /** Whether the name is only for those who hear the page. */
  readonly isNameHidden?: boolean;
}

interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly isChosen?: (row: Row) => boolean;
  /** What is shown in place of a table with no rows. */
  readonly empty: ComponentChildren;
}

/** A table; on a phone each row is a card. The roles are said, because a browser forgets them when the cells are laid out anew. */
export function Table<Row>({ caption, columns, rows, keyOf, isChosen, empty }: TableProps<Row>) {
  if (rows.length === 0) return <div class="empty">{empty}</div>;
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: they are not redundant once the cells are blocks
    <table role="table">
      <caption class="sr-only">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ name, isNumber, isNameHidden }) => (
            <th key={name} role="columnheader" scope="col" class={isNumber ? 'number' : ''}>
              {isNameHidden ? <span class="sr-only">{name}</span> : name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row" class={isChosen?.(row) ? 'chosen' : ''}>
            {columns.map(({ name, cell, isNumber, isNameHidden }) => (
              <td
                key={name}
                role="cell"
                class={isNumber ? 'number' : ''}
                data-label={isNameHidden ? '' : name}
              >
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: they are not redundant once the cells are blocks
  );
}

interface OlderProps {
  readonly newestHref: string;
  readonly olderHref: string | undefined;
  readonly isFirst: boolean;
}

/** From one page of a list to another. */
export function Pages({ newestHref, olderHref, isFirst }: OlderProps) {
  if (isFirst && olderHref === undefined) return null;
  return (
    <nav class="pages" aria-label="Pages of the list">
      {!isFirst && <a href={newestHref}>Newest</a>}
      {olderHref !== undefined && <a href={olderHref}>Older</a>}
    </nav>
  );
}
