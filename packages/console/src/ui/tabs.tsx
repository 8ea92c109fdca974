import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly count?: number | undefined;
  readonly panel: ReactNode;
}

/** Parts of one thing, one at a time; which one is kept in the address by whoever uses it. */
export function Tabs({
  tabs,
  tab,
  onTab,
  label,
}: {
  readonly tabs: readonly Tab[];
  readonly tab: string;
  readonly onTab: (id: string) => void;
  readonly label: string;
}) {
  return (
    <Base.Root value={tab} onValueChange={(value) => onTab(String(value))}>
      <Base.List aria-label={label} className="relative flex gap-1 overflow-x-auto border-b border-line">
        {tabs.map(({ id, label: word, count }) => (
          <Base.Tab
            key={id}
            value={id}
            className="-mb-px inline-flex h-9 items-center gap-1.5 border-b-2 border-transparent px-2.5 text-sm font-medium whitespace-nowrap text-soft hover:text-ink data-active:border-accent data-active:text-ink"
          >
            {word}
            {count !== undefined && <span className="rounded-sm bg-still-ground px-1 text-xs text-still">{count}</span>}
          </Base.Tab>
        ))}
      </Base.List>
      {tabs.map(({ id, panel }) => (
        <Base.Panel key={id} value={id} className="pt-4 outline-none focus-visible:outline-2">
          {panel}
        </Base.Panel>
      ))}
    </Base.Root>
  );
}
