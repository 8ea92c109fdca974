import { quality, type RuleQuality } from '@trapkey/contract/api/quality.ts';
import { Gauge } from 'lucide-react';
import { z } from 'zod';
import { useFilters } from '../../../lib/filters.ts';
import { count, many } from '../../../lib/format.ts';
import { useGet } from '../../../lib/queries.ts';
import { span } from '../../../lib/time.ts';
import { Card, Page } from '../../../ui/page.tsx';
import { Empty, Loaded } from '../../../ui/states.tsx';
import type { Column } from '../../../ui/table/columns.ts';
import { Table } from '../../../ui/table/table.tsx';
import { ViewTabs } from '../../../ui/view-tabs.tsx';
import { decidedUnder, looksEmpty, share } from './shares.ts';
import { Suggestion } from './suggestion.tsx';

const filter = z.object({ days: z.enum(['7', '30', '90']).default('30') });
const trail = [{ to: '/approvals', label: 'Approvals' }];

/** How well people decide, rule by rule: a rule that is always granted asks for nothing. */
export function QualityPage() {
  const [{ days }, set] = useFilters(filter);
  const query = useGet('/api/quality', quality, { query: { days: Number(days) }, topics: ['approvals'] });
  const asks = query.data?.rules.reduce((sum, rule) => sum + rule.asks, 0) ?? 0;
  return (
    <Page
      title="Approval quality"
      trail={trail}
      says={`People were asked ${asks === 1 ? 'once' : `${count(asks)} times`} in ${days} days. What is always granted, or faster than anybody reads, protects nobody.`}
      actions={
        <ViewTabs
          label="Over how long"
          view={days}
          onView={(next) => set({ days: next })}
          views={[
            ['7', '7 days'],
            ['30', '30 days'],
            ['90', '90 days'],
          ]}
        />
      }
    >
      <Loaded query={query}>
        {({ rules, drills, more }) => (
          <>
            {rules.filter(looksEmpty).map((rule) => (
              <Suggestion key={rule.rule} rule={rule} />
            ))}
            <Card title="By rule" flush {...(more && { says: 'There were more tickets; these are the newest.' })}>
              <Table
                id="quality"
                label="Rules"
                rows={rules}
                columns={columns}
                rowId={({ rule }) => rule}
                to={({ rule }) => decidedUnder(rule)}
                empty={<Empty icon={Gauge} title="Nobody was asked." />}
              />
            </Card>
            {drills.asks > 0 && (
              <Card title="Drills" says="Questions that could never run, to see whether somebody reads.">
                <p className="text-sm">
                  Of {many(drills.asks, 'question')}, {drills.granted === 0 ? 'none was granted' : `${count(drills.granted)} granted`},{' '}
                  {count(drills.refused)} refused, {count(drills.undecided)} left undecided.
                </p>
              </Card>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

const columns: readonly Column<RuleQuality>[] = [
  {
    id: 'rule',
    header: 'Rule',
    main: true,
    cell: ({ rule }) => <span className="font-mono text-xs">{rule}</span>,
    sortBy: ({ rule }) => rule,
  },
  { id: 'asks', header: 'Asked', width: '6rem', align: 'right', cell: ({ asks }) => count(asks), sortBy: ({ asks }) => asks },
  {
    id: 'granted',
    header: 'Granted',
    width: '12rem',
    from: 'sm',
    cell: (rule) => <Share part={rule.granted} whole={rule.granted + rule.refused} />,
    sortBy: ({ granted, refused }) => share(granted, granted + refused),
  },
  {
    id: 'undecided',
    header: 'Undecided',
    width: '7rem',
    from: 'lg',
    align: 'right',
    cell: ({ undecided }) => count(undecided),
    sortBy: ({ undecided }) => undecided,
  },
  {
    id: 'median',
    header: 'Median time',
    width: '8rem',
    from: 'md',
    align: 'right',
    cell: ({ medianMs }) => (medianMs === undefined ? '—' : span(medianMs)),
    sortBy: ({ medianMs }) => medianMs ?? -1,
  },
  {
    id: 'fast',
    header: 'Under 3 s',
    width: '12rem',
    cell: (rule) => <Share part={rule.underThreeSeconds} whole={rule.granted + rule.refused} bad />,
    sortBy: (rule) => share(rule.underThreeSeconds, rule.granted + rule.refused),
  },
];

function Share({ part, whole, bad = false }: { readonly part: number; readonly whole: number; readonly bad?: boolean }) {
  if (whole === 0) return <span className="text-faint">—</span>;
  const percent = Math.round(share(part, whole) * 100);
  return (
    <span className="flex items-center gap-2">
      <span className="w-10 shrink-0 text-right">{percent} %</span>
      <span aria-hidden className="h-1.5 flex-1 overflow-hidden rounded-full bg-still-ground">
        <span
          className={`block h-full rounded-full ${bad && percent >= 50 ? 'bg-chart-bad' : 'bg-chart-note'}`}
          style={{ width: `${percent}%` }}
        />
      </span>
    </span>
  );
}
