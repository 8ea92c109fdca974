import { Link, useParams } from '@tanstack/react-router';
import { type AlertDetailShown, alertDetail } from '@trapkey/contract/api/alerts.ts';
import { isOurs } from '../../lib/address.ts';
import { count } from '../../lib/format.ts';
import { useGet } from '../../lib/queries.ts';
import { StateChip } from '../../ui/chip.tsx';
import { Id } from '../../ui/copy-link.tsx';
import { Card, Facts, Page } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { Acts } from './acts.tsx';
import { AlertState } from './state.tsx';

/** One alert: what happened, who was told, and what a person does about it. */
export function AlertPage() {
  const { alert = '' } = useParams({ strict: false });
  const query = useGet(`/api/alerts/${alert}`, alertDetail, { topics: ['alerts'] });
  return <Loaded query={query}>{(one) => <Detail alert={one} />}</Loaded>;
}

function Detail({ alert }: { readonly alert: AlertDetailShown }) {
  const { deliveries } = alert;
  return (
    <Page title={alert.title} trail={[{ to: '/alerts', label: 'Alerts' }]} says={alert.says} actions={<AlertState alert={alert} />}>
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex flex-col gap-5">
          <Card title="What is known">
            <Facts
              facts={[
                ['Id', <Id key="id" id={alert.id} />],
                ['About', alert.scope],
                ['Times', count(alert.count)],
                ['First', <Time key="first" atMs={alert.firstAtMs} />],
                ['Last', <Time key="last" atMs={alert.lastAtMs} />],
                ['For', alert.owner ? `${alert.audiences.join(', ')} (${alert.owner})` : alert.audiences.join(', ')],
                ...(alert.mutedUntilMs === undefined ? [] : ([['Muted until', <Time key="muted" atMs={alert.mutedUntilMs} />]] as const)),
                ...(alert.by === undefined ? [] : ([['Last act', `${alert.by}: ${alert.reason ?? ''}`]] as const)),
                ...(alert.call === undefined ? [] : ([['Call', <CallLink key="call" call={alert.call} />]] as const)),
                ...(alert.link === undefined
                  ? []
                  : ([
                      [
                        'Where',
                        isOurs(alert.link) ? (
                          <a key="link" href={alert.link} className="text-accent hover:underline">
                            {alert.link}
                          </a>
                        ) : (
                          alert.link
                        ),
                      ],
                    ] as const)),
              ]}
            />
            {alert.facts.length > 0 && (
              <ul className="mt-4 list-disc space-y-1 pl-5 text-sm text-soft">
                {alert.facts.map((fact) => (
                  <li key={fact}>{fact}</li>
                ))}
              </ul>
            )}
          </Card>
          <Card title="Who was told" flush>
            {deliveries.length === 0 ? (
              <p className="px-4 pb-4 text-sm text-soft">Nobody: no channel is set for it under `alerts` of the organization.</p>
            ) : (
              <ul className="divide-y divide-line border-t border-line text-sm">
                {deliveries.map((one) => (
                  <li key={`${one.channel} ${one.atMs} ${one.event}`} className="flex flex-wrap items-center gap-x-3 px-4 py-2">
                    <StateChip
                      state={one.state === 'delivered' ? 'done' : one.state === 'given_up' ? 'failed' : 'running'}
                      says={one.state}
                    />
                    <span>{one.channel}</span>
                    <span className="text-faint">{one.error ?? `${one.attempts} tries`}</span>
                    <span className="ml-auto text-soft">
                      <Time atMs={one.atMs} />
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </Card>
        </div>
        {alert.state !== 'resolved' && <Acts alert={alert} />}
      </div>
    </Page>
  );
}

function CallLink({ call }: { readonly call: string }) {
  return (
    <Link to="/record" search={{ q: `call:${call}` } as never} className="font-mono text-xs text-accent hover:underline">
      {call}
    </Link>
  );
}
