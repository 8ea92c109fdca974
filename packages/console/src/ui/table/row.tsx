import { Link } from '@tanstack/react-router';
import { addressed } from '../../lib/address.ts';
import { classes } from '../classes.ts';
import { type Column, cellClasses } from './columns.ts';

interface RowProps<T> {
  readonly row: T;
  readonly index: number;
  readonly columns: readonly Column<T>[];
  readonly to: string;
  readonly measure: (element: Element | null) => void;
  readonly onFocus: () => void;
  readonly marked?: boolean;
  readonly onMark?: () => void;
}

/** One row: all of it leads to its page, and one link in it says so to the keyboard. */
export function TableRow<T>({ row, index, columns, to, measure, onFocus, marked, onMark }: RowProps<T>) {
  return (
    <tr
      ref={measure}
      data-index={index}
      data-row={index}
      aria-rowindex={index + 2}
      onFocus={onFocus}
      className={classes(
        'group relative hover:bg-hover focus-within:bg-selected has-[a[data-open]:focus-visible]:outline-2 has-[a[data-open]:focus-visible]:-outline-offset-2 has-[a[data-open]:focus-visible]:outline-accent',
        marked && 'bg-selected',
      )}
    >
      {onMark && (
        <td className="relative z-10 w-9 border-b border-line pl-4 group-last:border-0">
          <input type="checkbox" aria-label={`Mark row ${index + 1}`} checked={marked} onChange={onMark} className="size-4 accent-accent" />
        </td>
      )}
      {columns.map((column) => (
        <td
          key={column.id}
          className={classes(
            'h-11 border-b border-line px-3 py-1.5 align-middle first:pl-4 last:pr-4 group-last:border-0',
            cellClasses(column),
          )}
        >
          {column.main ? (
            <span className="flex items-center gap-3">
              <Link {...addressed(to)} data-open="" className="min-w-0 flex-1 outline-none after:absolute after:inset-0">
                {column.cell(row)}
              </Link>
              {column.beside && <span className="relative z-10 shrink-0">{column.beside(row)}</span>}
            </span>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
    </tr>
  );
}
