import { type Mine, mine } from '@trapkey/contract/api/mine.ts';
import { many } from '../../lib/format.ts';
import { useGet } from '../../lib/queries.ts';
import { Card, Page } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Access } from './access.tsx';
import { OwnStop } from './own-stop.tsx';
import { Refused } from './refused.tsx';
import { Requests } from './requests.tsx';
import { OwnRuns } from './runs.tsx';
import { Tickets } from './tickets.tsx';

/** The employee's page: what their agents did, what waits and why, what they asked for, and their own stop. */
export function MinePage() {
  const query = useGet('/api/mine', mine, { topics: ['approvals', 'runs', 'stops'] });
  return (
    <Page
      title="My agents"
      says={query.data ? sentence(query.data) : 'What your agents did.'}
      actions={query.data && <OwnStop mine={query.data} />}
    >
      <Loaded query={query}>
        {(found) => (
          <>
            {found.stops.length > 0 && (
              <Card title="Stopped">
                <ul className="space-y-1 text-sm">
                  {found.stops.map(({ id, scope, by, reason }) => (
                    <li key={id}>
                      {scope} was stopped by {by}: “{reason}”. Nothing of it runs until it is released.
                    </li>
                  ))}
                </ul>
              </Card>
            )}
            <div className="grid items-start gap-5 lg:grid-cols-2">
              <Tickets title="Waits for a person" tickets={found.waiting} none="Nothing of yours waits." />
              <Refused calls={found.refused} more={found.refusedMore} />
              <Tickets title="Decided" tickets={found.decided} none="Nothing of yours was decided yet." />
              <Requests requests={found.requests} toAnswer={found.toAnswer} />
              <OwnRuns runs={found.runs} />
              <Access mine={found} />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function sentence({ waiting, refused, stops }: Mine): string {
  if (stops.length > 0) return 'Your agents are stopped.';
  const parts = [
    waiting.length > 0 ? `${many(waiting.length, 'call waits', 'calls wait')} for a person` : '',
    refused.length > 0 ? `${many(refused.length, 'call was', 'calls were')} refused in the last seven days` : '',
  ].filter(Boolean);
  return parts.length === 0 ? 'Your agents work, and nothing waits.' : `${parts.join('; ')}.`;
}
