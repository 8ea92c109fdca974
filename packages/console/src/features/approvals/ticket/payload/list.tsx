import type { PayloadList } from '@trapkey/contract/api/approvals.ts';
import { useState } from 'react';
import { count, many, plain } from '../../../../lib/format.ts';
import { ViewTabs } from '../../../../ui/view-tabs.tsx';

type Sample = 'first' | 'random' | 'last';

/** A long list among the arguments: a look at its ends and between, and where its addresses lead. */
export function PayloadListView({ list }: { readonly list: PayloadList }) {
  const [sample, setSample] = useState<Sample>('first');
  const shown = list[sample];
  const whole = list.length <= list.first.length;
  return (
    <section aria-label={list.argument} className="rounded-lg border border-line">
      <header className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-3 py-2">
        <h3 className="text-sm">
          <span className="font-mono text-xs">{list.argument}</span>{' '}
          <span className="font-normal text-soft">{many(list.length, 'item')}</span>
        </h3>
        {!whole && (
          <ViewTabs
            label={`Which of ${list.argument}`}
            view={sample}
            onView={setSample}
            views={[
              ['first', `First ${list.first.length}`],
              ['random', `Random ${list.random.length}`],
              ['last', `Last ${list.last.length}`],
            ]}
          />
        )}
      </header>
      <div className="grid gap-x-6 sm:grid-cols-[minmax(0,1fr)_minmax(0,14rem)]">
        <ol className="px-3 py-2 font-mono text-xs leading-6">
          {shown.map((item, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: items may be equal, and their place is what tells them apart
            <li key={at} className="truncate">
              {plain(typeof item === 'string' ? item : JSON.stringify(item))}
            </li>
          ))}
        </ol>
        {list.domains.length > 0 && <Domains list={list} />}
      </div>
    </section>
  );
}

function Domains({ list: { domains, domainsMore, length } }: { readonly list: PayloadList }) {
  const most = Math.max(...domains.map(({ count: size }) => size));
  return (
    <table className="m-3 h-fit text-xs" aria-label="Where the addresses lead">
      <tbody>
        {domains.map(({ domain, count: size }) => (
          <tr key={domain}>
            <th scope="row" className="relative py-1 pr-2 text-left font-normal">
              <span
                aria-hidden
                className="absolute inset-y-0.5 left-0 rounded-sm bg-note-ground"
                style={{ width: `${(size / most) * 100}%` }}
              />
              <span className="relative px-1.5">{plain(domain)}</span>
            </th>
            <td className="py-1 text-right text-soft">
              {count(size)} <span className="sr-only">of {count(length)}</span>
            </td>
          </tr>
        ))}
        {domainsMore > 0 && (
          <tr>
            <td colSpan={2} className="px-1.5 py-1 text-faint">
              and {many(domainsMore, 'more domain')}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}
