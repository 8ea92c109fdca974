import { Navigate } from '@tanstack/react-router';
import { type Home, home } from '@trapkey/contract/api/home.ts';
import { many } from '../../lib/format.ts';
import { useNow } from '../../lib/now.ts';
import { useGet } from '../../lib/queries.ts';
import { useHasRole } from '../../lib/session.ts';
import { span } from '../../lib/time.ts';
import { ButtonLink } from '../../ui/button.tsx';
import { Page } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Activity } from './activity.tsx';
import { Attention } from './attention.tsx';
import { Figures } from './figures.tsx';
import { FirstSteps } from './first-steps.tsx';
import { lookers } from './lookers.ts';
import { Plugins } from './plugins.tsx';

/** Is anything wrong right now? */
export function HomePage() {
  const looks = useHasRole(...lookers);
  const query = useGet('/api/home', home, { topics: ['approvals', 'stops', 'alerts', 'runs', 'policy', 'catalog'], enabled: looks });
  if (!looks) return <Navigate to="/mine" replace />;
  return (
    <Loaded query={query} around={(inner) => <Page title="Home">{inner}</Page>}>
      {(data) => (
        <Page
          title="Home"
          says={<Says home={data} />}
          actions={
            data.held.count > 0 && (
              <ButtonLink to="/approvals" look="primary">
                Review what is held
              </ButtonLink>
            )
          }
        >
          {!(data.steps.plugins && data.steps.called && data.steps.enforced) && <FirstSteps steps={data.steps} />}
          <Figures home={data} />
          <Attention home={data} />
          <Activity hours={data.hours} />
          <Plugins home={data} />
        </Page>
      )}
    </Loaded>
  );
}

/** The answer in one sentence: the worst of it first. */
function Says({ home: { held, stops, alerts, silent } }: { readonly home: Home }) {
  const now = useNow();
  if (stops.unreadable) return <strong className="text-bad">The stops cannot be read, so every call is refused.</strong>;
  const wrong = [
    ...(stops.count > 0 ? [`${many(stops.count, 'stop')} in force`] : []),
    ...(alerts.count > 0 ? [`${many(alerts.count, 'alert')} open`] : []),
    ...(silent.length > 0 ? [`${many(silent.length, 'source')} silent`] : []),
  ];
  const waits =
    held.count === 0
      ? 'Nothing waits for a person.'
      : `${many(held.count, 'call waits', 'calls wait')} for a person${held.oldestAtMs === null ? '' : `, the oldest for ${span(now - held.oldestAtMs)}`}.`;
  return wrong.length === 0 ? `Nothing is wrong. ${waits}` : `${wrong.join(', ')}. ${waits}`;
}
