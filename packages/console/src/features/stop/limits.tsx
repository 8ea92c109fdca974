import { type LimitShown, limitList, limitTrips } from '@trapkey/contract/api/limits.ts';
import { Gauge } from 'lucide-react';
import { useGet } from '../../lib/queries.ts';
import { useHasRole } from '../../lib/session.ts';
import { StateChip } from '../../ui/chip.tsx';
import { Card } from '../../ui/page.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/columns.ts';
import { Table } from '../../ui/table/table.tsx';
import { Trips } from './trips.tsx';
import { amountText } from './words.ts';

const shareOf = ({ used, max }: LimitShown) => (max === 0 ? 1 : Math.min(1, used / max));

const columns: readonly Column<LimitShown>[] = [
  { id: 'limit', header: 'Limit', main: true, cell: (one) => nameOf(one), sortBy: nameOf },
  { id: 'who', header: 'For', width: '16rem', from: 'md', cell: (one) => one.who, sortBy: (one) => one.who },
  {
    id: 'used',
    header: 'Used',
    width: '14rem',
    cell: (one) => <Used limit={one} />,
    sortBy: shareOf,
    text: (one) => `${amountText(one.measure, one.used)} of ${amountText(one.measure, one.max)}`,
  },
  {
    id: 'state',
    header: 'State',
    width: '7rem',
    cell: (one) => <StateChip state={one.open ? 'stopped' : 'done'} says={one.open ? 'Tripped' : 'Within'} />,
    sortBy: (one) => (one.open ? 0 : 1),
  },
  { id: 'rule', header: 'Where it is written', width: '18rem', from: 'xl', cell: (one) => <code className="text-xs">{one.rule}</code> },
];

function nameOf({ measure, text }: LimitShown): string {
  return `${measure.replaceAll('_', ' ')}: ${text}`;
}

/** Breakers: which tripped, and how near the others are to their threshold. */
export function LimitsPanel() {
  const looks = useHasRole('viewer', 'operator', 'administrator', 'auditor');
  const trips = useGet('/api/limits/trips', limitTrips, { query: { state: 'open' }, topics: ['stops'] });
  const limits = useGet('/api/limits', limitList, { topics: ['stops', 'runs'], enabled: looks });
  return (
    <div className="flex flex-col gap-5">
      <Loaded query={trips}>{({ trips: open }) => <Trips trips={open} />}</Loaded>
      {looks && (
        <Loaded query={limits}>
          {({ limits: all }) => (
            <Card title="Limits in use" says="At its threshold a limit trips by itself, and stops what it stands on." flush>
              <Table
                id="limits"
                label="Limits, the fullest first"
                rows={all.toSorted((a, b) => Number(b.open !== undefined) - Number(a.open !== undefined) || shareOf(b) - shareOf(a))}
                columns={columns}
                rowId={({ key }) => key}
                to={({ open, rule }) =>
                  open?.stop ? `/stop/${open.stop}` : `/record?q=${encodeURIComponent(`rule:${JSON.stringify(rule)}`)}`
                }
                height="26rem"
                empty={
                  <Empty icon={Gauge} title="No limit counts anything yet">
                    Set them in policy: <code className="font-mono text-xs">limits: {'{ sends: 200 per 1d }'}</code>
                  </Empty>
                }
              />
            </Card>
          )}
        </Loaded>
      )}
    </div>
  );
}

function Used({ limit }: { readonly limit: LimitShown }) {
  const share = shareOf(limit);
  return (
    <span className="block">
      <span className="tabular-nums">
        {amountText(limit.measure, limit.used)} of {amountText(limit.measure, limit.max)}
      </span>
      <span aria-hidden className="mt-0.5 block h-1 overflow-hidden rounded-full bg-still-ground">
        <span
          className={`block h-full rounded-full ${limit.open ? 'bg-bad' : share >= 0.8 ? 'bg-wait' : 'bg-accent'}`}
          style={{ width: `${share * 100}%` }}
        />
      </span>
    </span>
  );
}
