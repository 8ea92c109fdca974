import type { BatchChange, BatchSummary } from '@trapkey/contract/api/batches.ts';
import { z } from 'zod';
import { useFilters } from '../../lib/filters.ts';
import { FilterSelect } from '../../ui/field.tsx';
import { Card } from '../../ui/page.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { Loaded } from '../../ui/states.tsx';
import { useChanges } from './changes-query.ts';
import { Diff } from './diff.tsx';
import { Settle } from './settle.tsx';
import { BatchState } from './state.tsx';

const choices = [
  ['all', 'Every change'],
  ['unknown', 'Unknown'],
  ['conflict', 'Changed by others'],
  ['failed', 'Failed'],
  ['refused', 'Refused'],
  ['wrong', 'Marked wrong'],
  ['done', 'Done'],
  ['staged', 'Staged'],
] as const;

const filters = z.object({
  changes: z.enum(['all', 'unknown', 'conflict', 'failed', 'refused', 'wrong', 'done', 'staged']).default('all'),
});

/** Each change of the batch, page by page, with what became of it. */
export function Changes({ batch }: { readonly batch: BatchSummary }) {
  const [{ changes: state }, set] = useFilters(filters);
  const { query, changes } = useChanges(batch.id, state);
  return (
    <div className="flex flex-col gap-3">
      <div>
        <FilterSelect label="Which changes" value={state} options={choices} onValue={(value) => set({ changes: value as typeof state })} />
      </div>
      <Loaded query={query}>
        {() =>
          changes.length === 0 ? (
            <p className="text-sm text-soft">None is like that.</p>
          ) : (
            <Card flush>
              <ol className="divide-y divide-line">
                {changes.map((change) => (
                  <Line key={change.n} batch={batch} change={change} />
                ))}
              </ol>
            </Card>
          )
        }
      </Loaded>
      <ShowMore query={query} />
    </div>
  );
}

function Line({ batch, change }: { readonly batch: BatchSummary; readonly change: BatchChange }) {
  return (
    <li className="px-4 py-2.5">
      <div className="mb-1 flex items-center gap-2 text-sm">
        <span className="text-xs text-faint">#{change.n}</span>
        <BatchState state={change.state} />
        <span className="font-medium">
          {change.connector}.{change.tool}
        </span>
        {change.code !== null && <span className="font-mono text-xs text-faint">{change.code}</span>}
      </div>
      <Diff change={change} />
      {change.state === 'unknown' && <Settle batch={batch.id} n={change.n} />}
    </li>
  );
}
