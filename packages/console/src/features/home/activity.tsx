import type { Hour } from '@trapkey/contract/api/home.ts';
import { useState } from 'react';
import { count } from '../../lib/format.ts';
import { usePref } from '../../lib/prefs.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/page.tsx';

const series = [
  { key: 'allowed', word: 'Allowed', fill: 'fill-chart-still', swatch: 'bg-chart-still' },
  { key: 'held', word: 'Held', fill: 'fill-chart-wait', swatch: 'bg-chart-wait' },
  { key: 'denied', word: 'Refused', fill: 'fill-chart-bad', swatch: 'bg-chart-bad' },
] as const;

const [width, height] = [960, 120];

/** Calls of each hour by what was decided: as bars, or as the table that says the same. */
export function Activity({ hours }: { readonly hours: readonly Hour[] }) {
  const [table, setTable] = useState(false);
  const utc = usePref('utc');
  const name = (atMs: number) =>
    new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...(utc && { timeZone: 'UTC' }) }).format(
      atMs,
    );
  return (
    <Card
      title={`Decisions, ${hours.length} hours`}
      actions={
        <Button size="sm" look="ghost" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? 'As a picture' : 'As a table'}
        </Button>
      }
    >
      {table ? (
        <HourTable hours={hours} name={name} />
      ) : (
        <>
          <ul className="mb-2 flex gap-4 text-xs text-soft">
            {series.map(({ key, word, swatch }) => (
              <li key={key} className="flex items-center gap-1.5">
                <span aria-hidden className={`size-2.5 rounded-sm ${swatch}`} /> {word}{' '}
                {count(hours.reduce((sum, hour) => sum + hour[key], 0))}
              </li>
            ))}
          </ul>
          <Bars hours={hours} name={name} />
        </>
      )}
    </Card>
  );
}

interface Hours {
  readonly hours: readonly Hour[];
  readonly name: (atMs: number) => string;
}

function Bars({ hours, name }: Hours) {
  const most = Math.max(1, ...hours.map(({ allowed, held, denied }) => allowed + held + denied));
  const step = width / hours.length;
  return (
    <figure>
      <svg viewBox={`0 0 ${width} ${height}`} className="h-32 w-full" preserveAspectRatio="none" role="img">
        <title>{`Calls of each hour: at most ${count(most)}. The table says the same.`}</title>
        {hours.map((hour, at) => {
          let top = height;
          return series.map(({ key, fill }) => {
            const tall = (hour[key] / most) * (height - 4);
            top -= tall;
            return (
              <rect key={`${hour.atMs} ${key}`} x={at * step + 1.5} y={top} width={step - 3} height={tall} className={fill}>
                <title>{`${name(hour.atMs)}: ${count(hour[key])} ${key}`}</title>
              </rect>
            );
          });
        })}
        <line x1="0" x2={width} y1={height} y2={height} className="stroke-line-strong" />
      </svg>
      <figcaption className="mt-1 flex justify-between text-xs text-faint">
        {[0, 0.25, 0.5, 0.75].map((part) => (
          <span key={part}>{name(hours[Math.floor(part * hours.length)]?.atMs ?? 0)}</span>
        ))}
        <span>now</span>
      </figcaption>
    </figure>
  );
}

function HourTable({ hours, name }: Hours) {
  const head = ['Hour', 'Allowed', 'Refused', 'Held', 'Approved', 'Refused by a person'];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
    <section aria-label="Decisions by hour" tabIndex={0} className="max-h-72 overflow-auto">
      <table className="w-full text-sm">
        <thead>
          <tr className="text-left text-xs text-faint">
            {head.map((word, at) => (
              <th key={word} className={`sticky top-0 bg-surface py-1 pr-4 font-medium ${at > 0 ? 'text-right' : ''}`}>
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {hours.toReversed().map(({ atMs, allowed, denied, held, approved, refused }) => (
            <tr key={atMs} className="border-t border-line">
              <th scope="row" className="py-1 pr-4 text-left font-normal">
                {name(atMs)}
              </th>
              {Object.entries({ allowed, denied, held, approved, refused }).map(([key, value]) => (
                <td key={key} className={`py-1 pr-4 text-right ${value === 0 ? 'text-faint' : ''}`}>
                  {count(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
