import type { ReactTable } from '@tanstack/react-table';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { Chooser } from './chooser.tsx';
import { type Column, cellClasses, type features } from './columns.ts';

interface HeadProps<T extends object> {
  readonly table: ReactTable<typeof features, T>;
  readonly columns: readonly Column<T>[];
  readonly visible: readonly Column<T>[];
  readonly id: string;
  readonly hidden: readonly string[];
  readonly markable: boolean;
  readonly onDownload: (as: 'csv' | 'json') => void;
}

const head = 'sticky top-0 z-10 h-9 border-b border-line bg-surface px-3 text-xs font-medium text-faint first:pl-4 last:pr-4';

/** The head of a table: it stays in sight, sorts, and its last cell chooses columns. */
export function Head<T extends object>({ table, columns, visible, id, hidden, markable, onDownload }: HeadProps<T>) {
  return (
    <thead>
      <tr>
        {markable && (
          <th className={`${head} z-20 w-9`}>
            <span className="sr-only">Marked</span>
          </th>
        )}
        {visible.map((column, at) => {
          const sorted = table.getColumn(column.id)?.getIsSorted() ?? false;
          return (
            <th
              key={column.id}
              scope="col"
              aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined}
              className={`${head} ${cellClasses(column)}`}
              style={column.width === undefined ? {} : { width: column.width }}
            >
              <span className="inline-flex items-center gap-1">
                {column.sortBy ? (
                  <button
                    type="button"
                    onClick={() => table.getColumn(column.id)?.toggleSorting()}
                    className="inline-flex h-6 items-center gap-1 rounded-sm hover:text-ink"
                  >
                    {column.header}
                    {sorted === 'asc' && <ArrowUp aria-hidden size={12} />}
                    {sorted === 'desc' && <ArrowDown aria-hidden size={12} />}
                  </button>
                ) : (
                  column.header
                )}
                {at === visible.length - 1 && <Chooser table={id} columns={columns} hidden={hidden} onDownload={onDownload} />}
              </span>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}
