import { Menu } from '@base-ui/react/menu';
import { Check, Columns3 } from 'lucide-react';
import { pref, setPref } from '../../lib/prefs.ts';
import type { Column } from './columns.ts';

/** Which columns a table has; kept for this browser. */
export function Chooser<T>({
  table,
  columns,
  hidden,
}: {
  readonly table: string;
  readonly columns: readonly Column<T>[];
  readonly hidden: readonly string[];
}) {
  const choose = (id: string, show: boolean) =>
    setPref('hiddenColumns', { ...pref('hiddenColumns'), [table]: show ? hidden.filter((one) => one !== id) : [...hidden, id] });
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label="Choose columns"
        title="Choose columns"
        className="inline-flex size-6 items-center justify-center rounded-sm hover:bg-hover hover:text-ink"
      >
        <Columns3 aria-hidden size={14} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-50">
          <Menu.Popup className="appears min-w-44 rounded-lg border border-line bg-raised p-1 text-sm text-ink shadow-float outline-none">
            {columns
              .filter((column) => !column.main)
              .map((column) => (
                <Menu.CheckboxItem
                  key={column.id}
                  checked={!hidden.includes(column.id)}
                  onCheckedChange={(show) => choose(column.id, show)}
                  closeOnClick={false}
                  className="flex h-8 items-center gap-2 rounded-md px-2 outline-none data-highlighted:bg-hover"
                >
                  <span className="inline-flex w-4">
                    <Menu.CheckboxItemIndicator>
                      <Check aria-hidden size={14} />
                    </Menu.CheckboxItemIndicator>
                  </span>
                  {column.header}
                </Menu.CheckboxItem>
              ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
