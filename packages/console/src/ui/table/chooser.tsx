import { Menu } from '@base-ui/react/menu';
import { Check, Columns3, Download } from 'lucide-react';
import { pref, setPref } from '../../lib/prefs.ts';
import type { Column } from './columns.ts';

const item = 'flex h-8 items-center gap-2 rounded-md px-2 outline-none data-highlighted:bg-hover';

/** Which columns a table has, kept for this browser, and what it shows as a file. */
export function Chooser<T>({
  table,
  columns,
  hidden,
  onDownload,
}: {
  readonly table: string;
  readonly columns: readonly Column<T>[];
  readonly hidden: readonly string[];
  readonly onDownload: (as: 'csv' | 'json') => void;
}) {
  const choose = (id: string, show: boolean) =>
    setPref('hiddenColumns', { ...pref('hiddenColumns'), [table]: show ? hidden.filter((one) => one !== id) : [...hidden, id] });
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label="Columns and download"
        title="Columns and download"
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
                  className={item}
                >
                  <span className="inline-flex w-4">
                    <Menu.CheckboxItemIndicator>
                      <Check aria-hidden size={14} />
                    </Menu.CheckboxItemIndicator>
                  </span>
                  {column.header}
                </Menu.CheckboxItem>
              ))}
            <Menu.Separator className="my-1 h-px bg-line" />
            {(['csv', 'json'] as const).map((as) => (
              <Menu.Item key={as} className={item} onClick={() => onDownload(as)}>
                <Download aria-hidden size={14} className="mx-px" /> What is shown, as {as.toUpperCase()}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
