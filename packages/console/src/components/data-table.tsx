import {
  type ColumnDef,
  type RowData,
  type RowSelectionState,
  rowSelectionFeature,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import styles from './data-table.module.css';
import { useIsNarrow } from './use-media.ts';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  /** As in `grid-template-columns`. */
  readonly width: string;
  readonly cell: (row: Row) => ReactNode;
  readonly isRight?: boolean;
  /** Where it goes on a phone: on the first line, the second, or nowhere. */
  readonly narrow?: 'first' | 'second' | 'hidden';
}

interface Selection {
  readonly selected: RowSelectionState;
  readonly onChange: (selected: RowSelectionState) => void;
  readonly labelOf: (id: string) => string;
}

/** Rows by their places: an array, or what can be read like one. */
interface Rows<Row> {
  readonly length: number;
  at(index: number): Row | undefined;
}

const features = tableFeatures({ rowSelectionFeature });
const rowHeight = 40;
const narrowRowHeight = 62;

/** A table of any length, of which only the rows in sight exist. */
export function DataTable<Row extends RowData & { readonly id: string }>({
  label,
  columns,
  rows,
  total,
  selection,
  onReachEnd,
  onTopChange,
  footer,
}: {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: Rows<Row>;
  /** How many rows there are, if that is known. */
  readonly total: number | undefined;
  readonly selection?: Selection;
  readonly onReachEnd?: () => void;
  /** Told whether the first rows are in sight. */
  readonly onTopChange?: (isAtTop: boolean) => void;
  readonly footer?: ReactNode;
}) {
  const isNarrow = useIsNarrow();
  const scroller = useRef<HTMLDivElement>(null);
  const definitions = useMemo(
    () =>
      columns.map((column): ColumnDef<typeof features, Row> => ({
        id: column.id,
        header: column.header,
        cell: ({ row }) => column.cell(row.original),
      })),
    [columns],
  );
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isNarrow ? narrowRowHeight : rowHeight),
    overscan: 12,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, isNarrow]);
  const items = virtualizer.getVirtualItems();
  const firstShown = items[0]?.index ?? 0;
  const lastShown = items.at(-1)?.index ?? -1;
  // The table knows the rows in sight: a hundred thousand are not put together for each page that is read.
  const data = useMemo(
    () => rowsBetween(rows, firstShown, lastShown),
    [rows, firstShown, lastShown],
  );
  const table = useTable({
    features,
    columns: definitions,
    data,
    getRowId: (row: Row) => row.id,
    state: { rowSelection: selection?.selected ?? {} },
    onRowSelectionChange: (change) => {
      if (selection === undefined) return;
      selection.onChange(typeof change === 'function' ? change(selection.selected) : change);
    },
  });
  const shown = table.getRowModel().rows;
  useEffect(() => {
    if (lastShown >= rows.length - 20) onReachEnd?.();
  }, [lastShown, rows.length, onReachEnd]);

  const isAtTop = (virtualizer.scrollOffset ?? 0) < rowHeight * 4;
  useEffect(() => onTopChange?.(isAtTop), [isAtTop, onTopChange]);

  const template = [
    ...(selection === undefined ? [] : ['1.75rem']),
    ...columns.map(({ width }) => width),
  ].join(' ');
  const columnOf = new Map(columns.map((column) => [column.id, column]));
  return (
    <div ref={scroller} className={styles['scroller']} tabIndex={-1}>
      <div
        role="table"
        aria-label={label}
        aria-rowcount={total === undefined ? -1 : total + 1}
        className={styles['table']}
        data-narrow={isNarrow || undefined}
        data-selects={selection !== undefined || undefined}
        style={{ '--columns': template } as React.CSSProperties}
      >
        <div role="rowgroup" className={styles['head']}>
          {table.getHeaderGroups().map((group) => (
            <div key={group.id} role="row" aria-rowindex={1} className={styles['headRow']}>
              {selection !== undefined && (
                <div role="columnheader" className={styles['check']}>
                  <input
                    type="checkbox"
                    aria-label="Select all that are loaded"
                    checked={areAllSelected(rows, selection.selected)}
                    onChange={({ target }) => selection.onChange(target.checked ? allOf(rows) : {})}
                  />
                </div>
              )}
              {group.headers.map((header) => (
                <div
                  key={header.id}
                  role="columnheader"
                  data-right={columnOf.get(header.column.id)?.isRight || undefined}
                >
                  <table.FlexRender header={header} />
                </div>
              ))}
            </div>
          ))}
        </div>
        <div
          role="rowgroup"
          className={styles['body']}
          style={{ height: `${virtualizer.getTotalSize()}px` }}
        >
          {items.map((item) => {
            const row = shown[item.index - firstShown];
            if (row === undefined) return null;
            return (
              <div
                key={row.id}
                role="row"
                aria-rowindex={item.index + 2}
                className={styles['row']}
                data-selected={row.getIsSelected() || undefined}
                style={{ height: `${item.size}px`, transform: `translateY(${item.start}px)` }}
              >
                {selection !== undefined && (
                  <div role="cell" className={styles['check']}>
                    <input
                      type="checkbox"
                      aria-label={selection.labelOf(row.id)}
                      checked={row.getIsSelected()}
                      onChange={row.getToggleSelectedHandler()}
                    />
                  </div>
                )}
                {row.getAllCells().map((cell) => {
                  const column = columnOf.get(cell.column.id);
                  return (
                    <div
                      key={cell.id}
                      role="cell"
                      className={styles['cell']}
                      data-right={column?.isRight || undefined}
                      data-at={column?.narrow ?? 'second'}
                    >
                      <table.FlexRender cell={cell} />
                    </div>
                  );
                })}
              </div>
            );
          })}
        </div>
      </div>
      {footer}
    </div>
  );
}

function rowsBetween<Row>(rows: Rows<Row>, first: number, last: number): Row[] {
  const between: Row[] = [];
  for (let index = first; index <= last; index += 1) {
    const row = rows.at(index);
    if (row !== undefined) between.push(row);
  }
  return between;
}

function allOf(rows: Rows<{ readonly id: string }>): RowSelectionState {
  const all = rowsBetween(rows, 0, rows.length - 1);
  return Object.fromEntries(all.map(({ id }) => [id, true]));
}

/** Looks at as many rows as it must: at the first only, while nothing is selected. */
function areAllSelected(rows: Rows<{ readonly id: string }>, selected: RowSelectionState): boolean {
  for (let index = 0; index < rows.length; index += 1) {
    if (selected[rows.at(index)?.id ?? ''] !== true) return false;
  }
  return rows.length > 0;
}
