import { useParams } from '@tanstack/react-router';
import { type RunDetail, runCalls, runDetail } from '@trapkey/contract/api/runs.ts';
import { OctagonX } from 'lucide-react';
import { z } from 'zod';
import { useFilters } from '../../lib/filters.ts';
import { count, many } from '../../lib/format.ts';
import { useGet } from '../../lib/queries.ts';
import { span } from '../../lib/time.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { CoverageChip } from '../../ui/chip.tsx';
import { Id } from '../../ui/copy-link.tsx';
import { Card, Facts, Page } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Time } from '../../ui/time.tsx';
import { UndoButton } from '../../ui/undo-button.tsx';
import { useCalls } from './calls.ts';
import { AgentTree } from './tree.tsx';
import { Waterfall } from './waterfall.tsx';

const filters = z.object({ view: z.enum(['waterfall', 'agents']).default('waterfall'), call: z.string().optional() });

/** One run: its calls in time, its agents, and what it cost. */
export function RunPage() {
  const { run = '' } = useParams({ strict: false });
  const query = useGet(`/api/runs/${run}`, runDetail, { topics: ['runs'] });
  return <Loaded query={query}>{(one) => <Run run={one} />}</Loaded>;
}

function Run({ run }: { readonly run: RunDetail }) {
  const [{ view, call }, set] = useFilters(filters);
  const calls = useCalls(run.id, runCalls);
  const tabs = [
    {
      id: 'waterfall',
      label: 'Calls',
      count: run.calls,
      panel: (
        <Loaded query={calls.query}>
          {() => (
            <Waterfall
              calls={calls.calls}
              chosen={call}
              onChoose={(next) => set({ call: next }, 'step')}
              {...(calls.query.hasNextPage && { onMore: () => void calls.query.fetchNextPage() })}
            />
          )}
        </Loaded>
      ),
    },
    { id: 'agents', label: 'Agents', count: run.agents, panel: <AgentTree tree={run.tree} person={run.person} /> },
  ];
  return (
    <Page
      title={run.person}
      trail={[{ to: '/runs', label: 'Runs' }]}
      says={`${many(run.calls, 'call')} with ${run.release} in ${span(run.lastAtMs - run.startedAtMs)}; ${count(run.held)} held, ${count(run.refused)} refused.`}
      actions={
        <>
          <UndoButton kind="run" id={run.id} />
          <ButtonLink look="danger-quiet" to={`/stop?kind=run&id=${run.id}`}>
            <OctagonX aria-hidden size={14} /> Stop this run
          </ButtonLink>
        </>
      }
      wide
    >
      <Card>
        <Facts
          facts={[
            ['Run', <Id key="id" id={run.id} />],
            ['Began', <Time key="began" atMs={run.startedAtMs} />],
            [
              'Seen by',
              <span key="by" className="flex gap-1">
                {run.coverage.map((by) => (
                  <CoverageChip key={by} coverage={by} />
                ))}
              </span>,
            ],
            ['Session', run.session === undefined ? 'nobody said' : `${run.session}${run.proved ? '' : ' (claimed)'}`],
            ...(run.profile === undefined ? [] : ([['Profile', run.profile]] as const)),
            ['Models', `$${(run.spend.microUsd / 1e6).toFixed(2)}, ${count(run.spend.tokens)} tokens`],
            ...(run.bypassed > 0 ? ([['Past the gateway', many(run.bypassed, 'tool call')]] as const) : []),
            ...(run.missing > 0 ? ([['Missing', `${many(run.missing, 'event')} of its telemetry never came`]] as const) : []),
          ]}
        />
      </Card>
      <Tabs label="Parts of the run" tabs={tabs} tab={view} onTab={(next) => set({ view: next as typeof view })} />
    </Page>
  );
}
