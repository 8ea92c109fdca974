import type { PayloadChange } from '@trapkey/contract/api/approvals.ts';
import type { ReactNode } from 'react';
import { plain } from '../../../../lib/format.ts';
import { Card } from '../../../../ui/page.tsx';

const signs = { added: '+', removed: '−', changed: '≠' } as const;

/** What differs between two payloads, field by field. */
export function Differences({
  title,
  says,
  changes,
  words,
  more = false,
}: {
  readonly title: string;
  readonly says: ReactNode;
  readonly changes: readonly PayloadChange[];
  /** What the two sides are called. */
  readonly words: readonly [string, string];
  readonly more?: boolean;
}) {
  return (
    <Card title={title} says={says}>
      {changes.length === 0 ? (
        <p className="text-sm text-soft">Nothing differs.</p>
      ) : (
        <table className="w-full text-sm">
          <thead>
            <tr className="text-left text-xs text-faint">
              <th className="py-1 pr-4 font-medium">Field</th>
              <th className="py-1 pr-4 font-medium">{words[0]}</th>
              <th className="py-1 font-medium">{words[1]}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ path, kind, before, after }) => (
              <tr key={path} className="border-t border-line align-top">
                <th scope="row" className="py-1.5 pr-4 text-left font-mono text-xs font-normal">
                  <span aria-hidden className="mr-1.5 text-faint">
                    {signs[kind]}
                  </span>
                  <span className="sr-only">{kind} </span>
                  {path}
                </th>
                <td className="py-1.5 pr-4 text-soft">{before === undefined ? '—' : <Side value={before} />}</td>
                <td className="py-1.5">{after === undefined ? '—' : <Side value={after} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {more && <p className="mt-2 text-xs text-faint">There are more; these are the first.</p>}
    </Card>
  );
}

const shownMax = 400;

function Side({ value }: { readonly value: unknown }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return <span className="line-clamp-6 whitespace-pre-wrap">{plain(text.length > shownMax ? `${text.slice(0, shownMax)}…` : text)}</span>;
}
