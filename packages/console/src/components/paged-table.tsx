import type { RowData } from '@tanstack/react-table';
import type { Pages } from '../api/pages.ts';
import { type Column, DataTable } from './data-table.tsx';
import { ShowMore } from './show-more.tsx';

/** A table of a list that goes on: its next page is read when the last rows come into sight. */
export function PagedTable<Row extends RowData & { readonly id: string }>({
  label,
  columns,
  pages,
}: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly pages: Pages<Row>;
}) {
  const { data: rows = [], hasMore, hasFailed, readMore } = pages;
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={rows}
      total={hasMore ? undefined : rows.length}
      {...(!hasFailed && { onReachEnd: readMore })}
      footer={<ShowMore pages={pages} />}
    />
  );
}
