import { Link } from '@tanstack/react-router';
import type { Home } from '@trapkey/contract/api/home.ts';
import { Ban, Hand, type LucideIcon, OctagonX, Radio, Timer, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { count } from '../../lib/format.ts';
import { useNow } from '../../lib/now.ts';
import { span } from '../../lib/time.ts';

interface Figure {
  readonly icon: LucideIcon;
  readonly word: string;
  readonly value: string;
  readonly says: ReactNode;
  readonly to: string;
  /** Something that a person should look at. */
  readonly tone?: 'wait' | 'bad';
}

const tones = { wait: 'text-wait', bad: 'text-bad' } as const;

/** How everything stands, as numbers that lead to what they count. */
export function Figures({ home: { held, lastDay, stops, alerts, silent, rehearsal } }: { readonly home: Home }) {
  const now = useNow();
  const figures: readonly Figure[] = [
    {
      ...{ icon: Hand, word: 'Held now', value: count(held.count), to: '/approvals' },
      says:
        held.count === 0
          ? 'nobody is asked'
          : `${count(held.yours)}${held.yoursMore ? '+' : ''} for you${held.oldestAtMs === null ? '' : ` · oldest ${span(now - held.oldestAtMs)}`}`,
      ...(held.count > 0 && { tone: 'wait' as const }),
    },
    {
      ...{ icon: Ban, word: 'Refused, 24 h', value: count(lastDay.denied), to: '/record' },
      says: `of ${count(lastDay.denied + lastDay.allowed + lastDay.held)} calls`,
    },
    {
      ...{ icon: OctagonX, word: 'Stops in force', value: stops.unreadable ? 'all' : count(stops.count), to: '/stop' },
      says: stops.unreadable
        ? 'they cannot be read'
        : stops.count === 0
          ? 'nothing is stopped'
          : stops.newest.map(({ scope }) => scope).join(', '),
      ...((stops.count > 0 || stops.unreadable) && { tone: 'bad' as const }),
    },
    {
      ...{ icon: TriangleAlert, word: 'Open alerts', value: count(alerts.count), to: '/alerts' },
      says: alerts.newest[0]?.title ?? 'nothing to look at',
      ...(alerts.count > 0 && { tone: 'wait' as const }),
    },
    {
      ...{ icon: Radio, word: 'Silent sources', value: count(silent.length), to: '/clients' },
      says: silent.length === 0 ? 'all are heard' : (silent[0]?.scope ?? ''),
      ...(silent.length > 0 && { tone: 'wait' as const }),
    },
    {
      ...{ icon: Timer, word: 'Last rehearsal', value: rehearsal === null ? 'never' : `${span(now - rehearsal.atMs)} ago`, to: '/stop' },
      says:
        rehearsal === null
          ? 'a stop was not tried yet'
          : rehearsal.refusedAfterMs === null
            ? rehearsal.says
            : `${(rehearsal.refusedAfterMs / 1000).toFixed(1)} s to the first refusal`,
      ...((rehearsal === null || rehearsal.refusedAfterMs === null) && { tone: 'wait' as const }),
    },
  ];
  return (
    <ul className="grid grid-cols-2 overflow-hidden rounded-xl border border-line bg-line shadow-lift [gap:1px] md:grid-cols-3 xl:grid-cols-6">
      {figures.map(({ icon: Icon, word, value, says, to, tone }) => (
        <li key={word} className="bg-surface">
          <Link to={to} className="flex h-full flex-col gap-0.5 px-4 py-3 hover:bg-hover">
            <span className="flex items-center gap-1.5 text-sm text-soft">
              <Icon aria-hidden size={14} className={tone ? tones[tone] : 'text-faint'} /> {word}
            </span>
            <span className={`text-2xl font-semibold tracking-tight tabular-nums ${tone === 'bad' ? 'text-bad' : ''}`}>{value}</span>
            <span className="line-clamp-2 text-xs text-faint">{says}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
