import { Button } from '../../ui/button.tsx';
import { FilterSelect } from '../../ui/field.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { ViewTabs } from '../../ui/view-tabs.tsx';
import type { TicketFilter } from './tickets.ts';

/** Which tickets are listed. */
export function FilterBar({
  filters: { view, tier, person, group, rule },
  set,
}: {
  readonly filters: TicketFilter;
  readonly set: (change: Partial<TicketFilter>) => void;
}) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <ViewTabs
        label="Which tickets"
        view={view}
        onView={(next) => set({ view: next, group: undefined })}
        views={[
          ['waiting', 'Waiting'],
          ['mine', 'Asked by me'],
          ['decided', 'Decided'],
        ]}
      />
      {view !== 'mine' && (
        <SearchField label="Asked for by" placeholder="Person who asked" value={person ?? ''} onValue={(value) => set({ person: value })} />
      )}
      <FilterSelect
        label="Tier"
        value={tier ?? ''}
        onValue={(value) => set({ tier: value === '' ? undefined : (value as 'low') })}
        options={[
          ['', 'Every tier'],
          ['high', 'High'],
          ['medium', 'Medium'],
          ['low', 'Low'],
        ]}
      />
      {rule !== undefined && (
        <Button size="sm" onClick={() => set({ rule: undefined })}>
          Only of rule {rule} · show all
        </Button>
      )}
      {group !== undefined && (
        <Button size="sm" onClick={() => set({ group: undefined })}>
          Only those alike · show all
        </Button>
      )}
    </div>
  );
}
