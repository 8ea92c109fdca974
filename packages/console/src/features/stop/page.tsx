import { rehearsalList, stopList } from '@trapkey/contract/api/stops.ts';
import { z } from 'zod';
import { useFilters } from '../../lib/filters.ts';
import { many } from '../../lib/format.ts';
import { useGet } from '../../lib/queries.ts';
import { useHasRole } from '../../lib/session.ts';
import { Page } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { EngageCard } from './engage.tsx';
import { HistoryTable } from './history.tsx';
import { InForce } from './in-force.tsx';
import { Rehearsals } from './rehearsals.tsx';

const filters = z.object({
  tab: z.enum(['now', 'history', 'rehearsals']).default('now'),
  kind: z.string().default('plugin'),
  id: z.string().default(''),
});

/** Stops: what is in force, a new one, what was, and how fast they work. */
export function StopPage() {
  const [{ tab, kind, id }, set] = useFilters(filters);
  const looks = useHasRole('viewer', 'approver', 'owner', 'operator', 'administrator', 'auditor');
  const inForce = useGet('/api/stops', stopList, { topics: ['stops'] });
  const history = useGet('/api/stops', stopList, { query: { state: 'all' }, topics: ['stops'], enabled: looks && tab === 'history' });
  const rehearsals = useGet('/api/rehearsals', rehearsalList, { topics: ['stops'], enabled: looks && tab === 'rehearsals' });
  const now = (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <EngageCard kind={kind} id={id} onScope={(scope) => set(scope)} />
      <Loaded query={inForce}>{({ stops }) => <InForce stops={stops} />}</Loaded>
    </div>
  );
  const count = inForce.data?.stops.length ?? 0;
  const tabs = [
    { id: 'now', label: 'Now', count, panel: now },
    { id: 'history', label: 'History', panel: <Loaded query={history}>{({ stops }) => <HistoryTable stops={stops} />}</Loaded> },
    {
      id: 'rehearsals',
      label: 'Rehearsals',
      panel: <Loaded query={rehearsals}>{({ rehearsals: all }) => <Rehearsals rehearsals={all} />}</Loaded>,
    },
  ];
  return (
    <Page title="Stop" says={count === 0 ? 'Nothing is stopped.' : `${many(count, 'stop is', 'stops are')} in force.`}>
      {looks ? <Tabs label="Stops" tabs={tabs} tab={tab} onTab={(next) => set({ tab: next as typeof tab })} /> : now}
    </Page>
  );
}
