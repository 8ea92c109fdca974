import { type RehearsalShown, rehearsalBegun } from '@trapkey/contract/api/stops.ts';
import { Timer } from 'lucide-react';
import { usePost } from '../../lib/queries.ts';
import { useHasRole } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { StateChip } from '../../ui/chip.tsx';
import { Card } from '../../ui/page.tsx';
import { ScrollBox } from '../../ui/scroll-box.tsx';
import { Empty } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';
import { RehearsalBars } from './rehearsal-bars.tsx';

const seconds = (ms: number | undefined) => (ms === undefined ? '–' : `${(ms / 1_000).toFixed(2)} s`);
const slowestMs = ({ paths }: RehearsalShown) => Math.max(0, ...paths.map(({ refusedAfterMs }) => refusedAfterMs ?? 0));

/** Fire drills: how long a stop took to reach every node on every way in. */
export function Rehearsals({ rehearsals }: { readonly rehearsals: readonly RehearsalShown[] }) {
  const mayBegin = useHasRole('operator', 'administrator');
  const post = usePost('/api/rehearsals', rehearsalBegun, ['/api/rehearsals']);
  const begin = () =>
    post
      .mutateAsync({})
      .then(() => tell('A rehearsal has begun'))
      .catch(tellRefusal);
  const button = mayBegin && (
    <Button look="primary" busy={post.isPending} onClick={() => void begin()}>
      <Timer aria-hidden size={14} /> Rehearse now
    </Button>
  );
  if (rehearsals.length === 0)
    return (
      <Card>
        <Empty icon={Timer} title="No stop was rehearsed yet">
          A rehearsal stops a canary plugin and measures the seconds to the first refusal, on every node and way in. {button}
        </Empty>
      </Card>
    );
  return (
    <div className="flex flex-col gap-5">
      <Card title="Seconds to the first refusal" says="The slowest way in of each rehearsal." actions={button}>
        <RehearsalBars
          bars={rehearsals
            .slice(0, 30)
            .map((one) => ({ id: one.id, atMs: one.startedAtMs, ms: slowestMs(one), ok: one.state === 'passed' }))
            .reverse()}
        />
      </Card>
      {rehearsals.slice(0, 20).map((one) => (
        <Card
          key={one.id}
          title={one.says}
          says={
            <>
              {one.by}, <Time atMs={one.startedAtMs} />
            </>
          }
          actions={<StateChip state={one.state === 'passed' ? 'done' : one.state === 'failed' ? 'failed' : 'running'} />}
        >
          <ScrollBox label={`Ways in of ${one.id}`}>
            <table className="w-full text-left text-sm">
              <thead className="text-xs text-faint">
                <tr>
                  {['Node', 'Way in', 'First refusal', 'In flight ended', 'Back'].map((head) => (
                    <th key={head} className="py-1 pr-4 font-medium">
                      {head}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {one.paths.map((path) => (
                  <tr key={`${path.node} ${path.path}`} className="border-t border-line">
                    <td className="py-1.5 pr-4">{path.node}</td>
                    <td className="py-1.5 pr-4">{path.path}</td>
                    <td className="py-1.5 pr-4">
                      {path.state === 'failed' || path.state === 'unmeasured' ? path.says : seconds(path.refusedAfterMs)}
                    </td>
                    <td className="py-1.5 pr-4">{seconds(path.abortedAfterMs)}</td>
                    <td className="py-1.5">{seconds(path.backAfterMs)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollBox>
        </Card>
      ))}
    </div>
  );
}
