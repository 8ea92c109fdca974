import type { BatchChange } from '@trapkey/contract/api/batches.ts';
import { ArrowRight } from 'lucide-react';
import { plain } from '../../lib/format.ts';

/** What one change alters, field by field; beside it enough of the record to know which it is. */
export function Diff({ change }: { readonly change: BatchChange }) {
  const { diff, record } = change;
  if (diff === null) return <p className="text-sm text-soft">What it carries cannot be opened any more.</p>;
  return (
    <>
      <table className="w-full text-left text-sm">
        <caption className="sr-only">What change {change.n} alters</caption>
        <tbody>
          {diff.map(({ field, from, to }) => (
            <tr key={field} className="align-top">
              <th scope="row" className="w-32 py-0.5 pr-3 font-normal text-faint">
                {field}
              </th>
              <td className="py-0.5">
                <span className="inline-flex flex-wrap items-center gap-2">
                  {from !== undefined && (
                    <>
                      <del className="rounded-sm bg-bad-ground px-1 text-bad">{textOf(from)}</del>
                      <ArrowRight aria-label="becomes" size={12} className="text-faint" />
                    </>
                  )}
                  <ins className="rounded-sm bg-good-ground px-1 text-good no-underline">{textOf(to)}</ins>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {record !== undefined && record !== null && (
        <p className="mt-2 truncate text-xs text-faint" title={textOf(record)}>
          {summaryOf(record)}
        </p>
      )}
    </>
  );
}

function textOf(value: unknown): string {
  return value === undefined ? 'nothing' : plain(typeof value === 'string' ? value : JSON.stringify(value));
}

function summaryOf(record: unknown): string {
  if (typeof record !== 'object' || record === null) return textOf(record);
  return Object.entries(record)
    .map(([name, value]) => `${name} ${textOf(value)}`)
    .join(' · ');
}
