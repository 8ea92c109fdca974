import { Link } from '@tanstack/react-router';
import type { Home } from '@trapkey/contract/api/home.ts';
import { Gauge, OctagonX, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { count, plain } from '../../lib/format.ts';
import { Card } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';

/** What a person should look at: stops, alerts, budgets that are nearly used. Nothing where there is nothing. */
export function Attention({ home: { stops, alerts, budgets } }: { readonly home: Home }) {
  if (stops.newest.length === 0 && alerts.newest.length === 0 && budgets.length === 0) return null;
  const both = budgets.length > 0 && stops.newest.length + alerts.newest.length > 0;
  return (
    <div className={`grid gap-5 ${both ? 'lg:grid-cols-2' : ''}`}>
      {(stops.newest.length > 0 || alerts.newest.length > 0) && (
        <Card title="Needs a look">
          <ul className="flex flex-col text-sm">
            {stops.newest.map(({ id, scope, mode, by, atMs }) => (
              <Item key={id} to={`/stop/${id}`} icon={<OctagonX aria-hidden size={15} className="text-bad" />} atMs={atMs}>
                <strong className="font-medium">{plain(scope)} stopped</strong> by {plain(by)}
                {mode === 'full' ? ', reads too' : ', reads stay on'}
              </Item>
            ))}
            {alerts.newest.map(({ id, title, says, lastAtMs }) => (
              <Item key={id} to={`/alerts/${id}`} icon={<TriangleAlert aria-hidden size={15} className="text-wait" />} atMs={lastAtMs}>
                <strong className="font-medium">{plain(title)}</strong> <span className="text-soft">{plain(says)}</span>
              </Item>
            ))}
          </ul>
        </Card>
      )}
      {budgets.length > 0 && (
        <Card title="Nearly used up">
          <ul className="flex flex-col gap-3 text-sm">
            {budgets.map((budget) => (
              <Budget key={budget.key} budget={budget} />
            ))}
          </ul>
        </Card>
      )}
    </div>
  );
}

function Item({
  to,
  icon,
  atMs,
  children,
}: {
  readonly to: string;
  readonly icon: ReactNode;
  readonly atMs: number;
  readonly children: ReactNode;
}) {
  return (
    <li className="border-t border-line first:border-0">
      <Link to={to} className="-mx-2 flex items-start gap-2.5 rounded-md px-2 py-2 hover:bg-hover">
        <span className="mt-0.5 shrink-0">{icon}</span>
        <span className="line-clamp-2 min-w-0 flex-1">{children}</span>
        <span className="shrink-0 text-xs text-faint">
          <Time atMs={atMs} inRow />
        </span>
      </Link>
    </li>
  );
}

function Budget({ budget: { text, who, used, max, open } }: { readonly budget: Home['budgets'][number] }) {
  const share = max === 0 ? 1 : Math.min(1, used / max);
  const full = open || share >= 1;
  return (
    <li>
      <div className="flex items-baseline justify-between gap-3">
        <span className="min-w-0">
          <Gauge aria-hidden size={13} className={`mr-1.5 inline ${full ? 'text-bad' : 'text-wait'}`} />
          {plain(text)} <span className="text-soft">{plain(who)}</span>
        </span>
        <span className={`shrink-0 tabular-nums ${full ? 'text-bad' : 'text-soft'}`}>
          {count(used)} of {count(max)}
          {open && ', tripped'}
        </span>
      </div>
      <div className="mt-1 h-1.5 overflow-hidden rounded-full bg-still-ground">
        <div className={`h-full rounded-full ${full ? 'bg-bad' : 'bg-wait'}`} style={{ width: `${share * 100}%` }} />
      </div>
    </li>
  );
}
