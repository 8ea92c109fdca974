import { useParams } from '@tanstack/react-router';
import { type StopDetailShown, stopDetail } from '@trapkey/contract/api/stops.ts';
import { useState } from 'react';
import { useGet } from '../../lib/queries.ts';
import { useHasRole } from '../../lib/session.ts';
import { span } from '../../lib/time.ts';
import { Button } from '../../ui/button.tsx';
import { StateChip } from '../../ui/chip.tsx';
import { Id } from '../../ui/copy-link.tsx';
import { Card, Facts, Page } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { Brought } from './brought.tsx';
import { ReleaseDialog } from './in-force.tsx';
import { modeWords, scopeText } from './words.ts';

/** One stop: who, why, how far, and when each node had it. */
export function StopDetailPage() {
  const { stop = '' } = useParams({ strict: false });
  const query = useGet(`/api/stops/${stop}`, stopDetail, { topics: ['stops'] });
  return <Loaded query={query}>{(one) => <Detail stop={one} />}</Loaded>;
}

function Detail({ stop }: { readonly stop: StopDetailShown }) {
  const [releasing, setReleasing] = useState(false);
  const mayRelease = useHasRole('administrator') && stop.released === undefined;
  const { released, nodes } = stop;
  const confirmed = nodes.filter(({ confirmedAtMs }) => confirmedAtMs !== undefined).length;
  return (
    <Page
      title={scopeText(stop.scope)}
      trail={[{ to: '/stop', label: 'Stop' }]}
      says={released ? `Was stopped, and released by ${released.by}.` : `Stopped: ${modeWords[stop.mode].toLowerCase()}.`}
      actions={mayRelease && <Button onClick={() => setReleasing(true)}>Release</Button>}
    >
      <div className="grid items-start gap-5 lg:grid-cols-2">
        <Card title="The stop">
          <Facts
            facts={[
              ['Id', <Id key="id" id={stop.id} />],
              ['State', <StateChip key="state" state={released ? 'withdrawn' : 'stopped'} says={released ? 'Released' : 'In force'} />],
              ['Why', stop.reason],
              ['By', stop.by],
              ['When', <Time key="at" atMs={stop.atMs} />],
              ...(stop.untilMs === undefined ? [] : ([['Ends by itself', <Time key="until" atMs={stop.untilMs} />]] as const)),
              ['May release', stop.mayRelease],
              ['Records', stop.held ? 'Kept: no retention and no erasure touches them' : 'As retention says'],
              ...(stop.tokensRevoked ? ([['Tokens revoked', String(stop.tokensRevoked)]] as const) : []),
              ...(stop.also.length > 0 ? ([['In the same act', stop.also.map(({ scope }) => scopeText(scope)).join(', ')]] as const) : []),
              ...(released
                ? ([
                    ['Released', <Time key="released" atMs={released.atMs} />],
                    ['Why released', released.reason],
                  ] as const)
                : []),
            ]}
          />
        </Card>
        <Brought stop={stop} />
        <Card title="Nodes" says={`${confirmed} of ${nodes.length} confirmed that they refuse what it covers.`} flush>
          <ul className="divide-y divide-line border-t border-line text-sm">
            {nodes.map((node) => (
              <li key={node.node} className="flex flex-wrap items-center justify-between gap-2 px-4 py-2.5">
                <span>
                  {node.host} <span className="text-faint">process {node.pid}</span>
                </span>
                <span className="flex items-center gap-2">
                  {node.aborted > 0 && <span className="text-soft">{node.aborted} aborted</span>}
                  {node.confirmedAtMs === undefined ? (
                    <StateChip state="unknown" says="Not confirmed" />
                  ) : (
                    <StateChip
                      state="done"
                      says={`after ${node.afterMs === undefined ? '?' : node.afterMs < 1_000 ? `${node.afterMs} ms` : span(node.afterMs)}`}
                    />
                  )}
                </span>
              </li>
            ))}
          </ul>
        </Card>
      </div>
      {releasing && <ReleaseDialog stop={stop} onClose={() => setReleasing(false)} />}
    </Page>
  );
}
