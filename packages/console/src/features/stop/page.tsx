import { rehearsalList, type StopList, stopList } from '@trapkey/contract/api/stops.ts';
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
import { LimitsPanel } from './limits.tsx';
import { Rehearsals } from './rehearsals.tsx';

const filters = z.object({
  tab: z.enum(['now', 'limits', 'history', 'rehearsals']).default('now'),
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
      <Loaded query={inForce}>{(list) => <InForce list={list} />}</Loaded>
    </div>
  );
  const tabs = [
    { id: 'now', label: 'Now', count: inForce.data?.stops.length, panel: now },
    { id: 'limits', label: 'Limits', panel: <LimitsPanel /> },
    { id: 'history', label: 'History', panel: <Loaded query={history}>{({ stops }) => <HistoryTable stops={stops} />}</Loaded> },
    {
      id: 'rehearsals',
      label: 'Rehearsals',
      panel: <Loaded query={rehearsals}>{({ rehearsals: all }) => <Rehearsals rehearsals={all} />}</Loaded>,
    },
  ];
  return (
    <Page title="Stop" says={sentence(inForce.data, inForce.isError)}>
      {looks ? <Tabs label="Stops" tabs={tabs} tab={tab} onTab={(next) => set({ tab: next as typeof tab })} /> : now}
    </Page>
  );
}

/** Never that nothing is stopped unless that was just read. */
function sentence(list: StopList | undefined, failed: boolean): string {
  if (failed) return 'What is stopped could not be read just now.';
  if (!list) return 'What is stopped, and stopping something.';
  if (list.unreadable) return 'What is stopped cannot be read, so every call is refused.';
  return list.stops.length === 0 ? 'Nothing is stopped.' : `${many(list.stops.length, 'stop is', 'stops are')} in force.`;
}
