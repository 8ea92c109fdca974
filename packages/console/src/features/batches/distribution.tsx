import type { BatchProposal } from '@trapkey/contract/api/batches.ts';
import { count, plain } from '../../lib/format.ts';
import { Card } from '../../ui/page.tsx';

/** How often one field goes from what to what: a bar for each, with its number. */
export function Distribution({ field }: { readonly field: BatchProposal['fields'][number] }) {
  const top = Math.max(1, ...field.values.map((one) => one.count));
  return (
    <Card title={field.field} says={`${field.tool}, ${count(field.kinds)} kinds of change`}>
      <table className="w-full text-left text-sm">
        <caption className="sr-only">How often {field.field} changes from what to what</caption>
        <thead className="sr-only">
          <tr>
            <th>From and to</th>
            <th>How often</th>
          </tr>
        </thead>
        <tbody>
          {field.values.map(({ from, to, count: times }) => (
            <tr key={`${from} ${to}`}>
              <td className="w-2/5 truncate py-0.5 pr-3">
                {from === null ? '' : `${plain(from)} → `}
                {to === null ? 'nothing' : plain(to)}
              </td>
              <td className="py-0.5">
                <span className="flex items-center gap-2">
                  <span aria-hidden className="h-3 rounded-xs bg-accent" style={{ width: `${(times / top) * 80}%` }} />
                  <span className="text-xs text-soft">{count(times)}</span>
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {field.rest > 0 && <p className="mt-1 text-xs text-faint">and {count(field.rest)} others</p>}
    </Card>
  );
}
