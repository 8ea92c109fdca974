import { useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useMemo, useRef } from 'react';
import { usePref } from '../../lib/prefs.ts';
import { type Column, definitions, features } from './columns.ts';
import { download } from './export.ts';
import { Head } from './head.tsx';
import { TableRow } from './row.tsx';
import { useRowKeys } from './row-keys.ts';

const rowPx = 44;
const headPx = 40;

export interface TableProps<T extends object> {
  /** Under which the chosen columns are kept. */
  readonly id: string;
  readonly label: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly rowId: (row: T) => string;
  /** The row's own page. */
  readonly to: (row: T) => string;
  /** What `X` marks; unset: nothing can be marked. */
  readonly marked?: ReadonlySet<string>;
  readonly onMark?: (id: string) => void;
  /** Shown where there is no row. */
  readonly empty: ReactNode;
  /** CSS height that the rows scroll in. */
  readonly height?: string;
}

/** A list of any length: its head stays, its rows are made as they come into sight, and the keys J, K, Enter, X, Y work. */
export function Table<T extends object>(props: TableProps<T>) {
  const { id, label, rows, columns, rowId, to, marked, onMark, empty, height = 'calc(100dvh - 15rem)' } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const chosen = usePref('hiddenColumns')[id];
  const hidden = useMemo(() => chosen ?? columns.flatMap((column) => (column.startsHidden ? [column.id] : [])), [chosen, columns]);
  const table = useTable({
    features,
    columns: useMemo(() => definitions(columns), [columns]),
    data: rows,
    getRowId: rowId,
    state: { columnVisibility: useMemo(() => Object.fromEntries(hidden.map((one) => [one, false])), [hidden]) },
  });
  const shown = table.getRowModel().rows;
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 12,
    // Under the head that stays, a focused row would be hidden.
    scrollPaddingStart: headPx,
  });
  const active = useRowKeys({
    count: shown.length,
    scroller,
    show: (row) => virtual.scrollToIndex(row),
    mark: (row) => onMark?.(shown[row]?.id ?? ''),
  });
  const visible = columns.filter((column) => !hidden.includes(column.id));
  if (rows.length === 0) return empty;
  const items = virtual.getVirtualItems();
  const [before, after] = [items[0]?.start ?? 0, virtual.getTotalSize() - (items.at(-1)?.end ?? 0)];
  return (
    <div ref={scroller} className="relative overflow-auto" style={{ maxHeight: height }}>
      <table aria-label={label} aria-rowcount={shown.length + 1} className="w-full table-fixed border-separate border-spacing-0 text-sm">
        <Head
          {...{ table, columns, visible, id, hidden, markable: onMark !== undefined }}
          onDownload={(as) =>
            download(
              id,
              shown.map(({ original }) => original),
              visible,
              as,
            )
          }
        />
        <tbody>
          {before > 0 && <Gap px={before} />}
          {items.map(({ index }) => {
            const row = shown[index];
            if (!row) return null;
            return (
              <TableRow
                key={row.id}
                row={row.original}
                index={index}
                columns={visible}
                to={to(row.original)}
                measure={virtual.measureElement}
                onFocus={() => active.at(index)}
                {...(onMark && { marked: marked?.has(row.id) ?? false, onMark: () => onMark(row.id) })}
              />
            );
          })}
          {after > 0 && <Gap px={after} />}
        </tbody>
      </table>
    </div>
  );
}

function Gap({ px }: { readonly px: number }) {
  return (
    <tr>
      <td style={{ height: px }} />
    </tr>
  );
}
