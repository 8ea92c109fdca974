import { z } from 'zod';
import { FilterSelect } from '../../ui/field.tsx';
import { SearchField } from '../../ui/search-field.tsx';

/** Which runs are listed; kept in the address. */
export const filters = z.object({
  person: z.string().optional(),
  plugin: z.string().optional(),
  outcome: z.enum(['refused', 'held']).optional(),
  tier: z.enum(['low', 'medium', 'high']).optional(),
  coverage: z.enum(['gateway', 'hook']).optional(),
  since: z.string().default('24h'),
});

type Asked = z.output<typeof filters>;

/** What the list of runs is narrowed by. */
export function FilterBar({
  asked,
  plugins,
  onFilter,
}: {
  readonly asked: Asked;
  readonly plugins: readonly string[];
  readonly onFilter: (change: Partial<z.input<typeof filters>>) => void;
}) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <SearchField label="Person" placeholder="Person" value={asked.person ?? ''} onValue={(person) => onFilter({ person })} />
      <FilterSelect
        label="Plugin"
        value={asked.plugin ?? ''}
        options={[['', 'Every plugin'], ...plugins.map((one) => [one, one] as const)]}
        onValue={(plugin) => onFilter({ plugin: plugin || undefined })}
      />
      <FilterSelect
        label="What came of it"
        value={asked.outcome ?? ''}
        options={[
          ['', 'Whatever came of it'],
          ['held', 'Something was held'],
          ['refused', 'Something was refused'],
        ]}
        onValue={(outcome) => onFilter({ outcome: (outcome || undefined) as typeof asked.outcome })}
      />
      <FilterSelect
        label="Highest tier"
        value={asked.tier ?? ''}
        options={[
          ['', 'Any tier'],
          ['high', 'Up to high'],
          ['medium', 'Up to medium'],
          ['low', 'Low alone'],
        ]}
        onValue={(tier) => onFilter({ tier: (tier || undefined) as typeof asked.tier })}
      />
      <FilterSelect
        label="Seen by"
        value={asked.coverage ?? ''}
        options={[
          ['', 'Seen by anything'],
          ['gateway', 'Gateway'],
          ['hook', 'Hook'],
        ]}
        onValue={(coverage) => onFilter({ coverage: (coverage || undefined) as typeof asked.coverage })}
      />
      <FilterSelect
        label="Since"
        value={asked.since}
        options={[
          ['24h', 'Last 24 hours'],
          ['1h', 'Last hour'],
          ['7d', 'Last 7 days'],
          ['30d', 'Last 30 days'],
        ]}
        onValue={(since) => onFilter({ since })}
      />
    </div>
  );
}
