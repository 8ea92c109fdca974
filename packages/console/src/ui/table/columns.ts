import {
  type ColumnDef,
  columnVisibilityFeature,
  createSortedRowModel,
  rowSortingFeature,
  sortFn_basic,
  tableFeatures,
} from '@tanstack/react-table';
import type { ReactNode } from 'react';

/** One column of a list. */
export interface Column<T> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: T) => ReactNode;
  /** What it is sorted by; unset: it is not. */
  readonly sortBy?: (row: T) => string | number;
  /** Its value in a file; unset: what it is sorted by. */
  readonly text?: (row: T) => string | number;
  /** A CSS width. One column has none and takes what is left. */
  readonly width?: string;
  readonly align?: 'right';
  /** Its cell leads to the row's own page. One column of a table is. */
  readonly main?: true;
  /** What else the main cell has that can be pressed: it stands beside the link, not in it. */
  readonly beside?: (row: T) => ReactNode;
  /** Only where there is room for it. */
  readonly from?: 'sm' | 'md' | 'lg' | 'xl';
  /** Hidden until somebody chooses it. */
  readonly startsHidden?: true;
}

export const features = tableFeatures({
  columnVisibilityFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { basic: sortFn_basic },
});

/** Our columns as the table library takes them. */
export function definitions<T extends object>(columns: readonly Column<T>[]): ColumnDef<typeof features, T>[] {
  return columns.map(({ id, header, sortBy, main }) => ({
    id,
    header,
    accessorFn: (row: T) => sortBy?.(row) ?? null,
    enableSorting: sortBy !== undefined,
    enableHiding: main !== true,
    sortFn: 'basic' as const,
  }));
}

const shownFrom = { sm: 'max-sm:hidden', md: 'max-md:hidden', lg: 'max-lg:hidden', xl: 'max-xl:hidden' } as const;

/** Classes of every cell of a column. */
export function cellClasses<T>({ from, align }: Column<T>): string {
  return `${from ? shownFrom[from] : ''} ${align === 'right' ? 'text-right' : 'text-left'}`;
}
