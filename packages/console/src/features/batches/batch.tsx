import { useParams } from '@tanstack/react-router';
import { type BatchDetail, batchDetail } from '@trapkey/contract/api/batches.ts';
import { z } from 'zod';
import { useFilters } from '../../lib/filters.ts';
import { count, many } from '../../lib/format.ts';
import { useGet } from '../../lib/queries.ts';
import { Id } from '../../ui/copy-link.tsx';
import { Page } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Acts } from './acts.tsx';
import { Changes } from './changes.tsx';
import { Progress } from './progress.tsx';
import { Proposal } from './proposal.tsx';
import { Sample } from './sample.tsx';
import { BatchState } from './state.tsx';
import { Statement } from './statement.tsx';

const filters = z.object({ tab: z.enum(['sample', 'proposal', 'changes']).default('sample') });

/** One batch: what it would change, its sample, and how far it has come. */
export function BatchPage() {
  const { batch = '' } = useParams({ strict: false });
  const query = useGet(`/api/batches/${batch}`, batchDetail, { topics: ['batches'] });
  return <Loaded query={query}>{(detail) => <Batch detail={detail} />}</Loaded>;
}

function Batch({ detail }: { readonly detail: BatchDetail }) {
  const [{ tab }, set] = useFilters(filters);
  const { batch, proposal } = detail;
  const started = ['applying', 'paused', 'applied', 'aborted'].includes(batch.state);
  const tabs = [
    { id: 'sample', label: 'Sample', count: batch.sample, panel: <Sample detail={detail} /> },
    {
      id: 'proposal',
      label: 'Proposal',
      panel: proposal ? <Proposal proposal={proposal} /> : <p className="text-sm text-soft">It is made when the batch is submitted.</p>,
    },
    { id: 'changes', label: 'Changes', count: batch.changes, panel: <Changes batch={batch} /> },
  ];
  return (
    <Page
      title={batch.tools.map(({ tool, count: times }) => `${count(times)} × ${tool}`).join(', ') || batch.id}
      trail={[{ to: '/batches', label: 'Batches' }]}
      says={`${batch.says} ${many(batch.reach, 'record')} of ${batch.person} with ${batch.release}${batch.attempt > 1 ? `; attempt ${batch.attempt}` : ''}.`}
      actions={
        <>
          <BatchState state={batch.state} />
          <Id id={batch.id} />
        </>
      }
      wide
    >
      {started && <Progress batch={batch} />}
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Tabs label="Parts of the batch" tabs={tabs} tab={tab} onTab={(next) => set({ tab: next as typeof tab })} />
        <div className="flex flex-col gap-5">
          <Acts detail={detail} />
          <Statement detail={detail} />
        </div>
      </div>
    </Page>
  );
}
