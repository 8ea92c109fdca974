import { useInfiniteQuery } from '@tanstack/react-query';
import { type UndoItem, type UndoSummary, undoItemPage, undoItemState } from '@trapkey/contract/api/undo.ts';
import { z } from 'zod';
import { get } from '../../lib/api.ts';
import { useFilters } from '../../lib/filters.ts';
import { count } from '../../lib/format.ts';
import { useHasRole } from '../../lib/session.ts';
import { FilterSelect } from '../../ui/field.tsx';
import { Card } from '../../ui/page.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { Loaded } from '../../ui/states.tsx';
import { SettleUndo } from './settle.tsx';
import { BatchState, wordOf } from './state.tsx';
import { useUndoAct } from './undo-act.ts';
import { WithReason } from './with-reason.tsx';

const filters = z.object({ state: z.enum(['', ...undoItemState.options]).default('') });

/** Each change of an undo, page by page, the newest first; and what a person can say of it. */
export function UndoItems({ undo }: { readonly undo: UndoSummary }) {
  const [{ state }, set] = useFilters(filters);
  const path = `/api/undos/${undo.id}/items`;
  const query = useInfiniteQuery({
    queryKey: [path, 'pages', state],
    queryFn: ({ signal, pageParam }) => get(path, undoItemPage, { state: state || undefined, after: pageParam }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    meta: { topics: ['batches'], whenNew: 'refresh' },
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const states = undoItemState.options.filter((one) => one === state || (undo.counts[one] ?? 0) > 0);
  return (
    <Card
      title={`${count(undo.items)} changes, the newest first`}
      flush
      actions={
        <FilterSelect
          label="Which changes"
          value={state}
          options={[['', 'Every change'], ...states.map((one) => [one, `${wordOf(one)}: ${count(undo.counts[one] ?? 0)}`] as const)]}
          onValue={(value) => set({ state: value as typeof state })}
        />
      }
    >
      <Loaded query={query}>
        {() =>
          items.length === 0 ? (
            <p className="border-t border-line px-4 py-3 text-sm text-soft">None is like that.</p>
          ) : (
            <ol className="divide-y divide-line border-t border-line text-sm">
              {items.map((item) => (
                <Line key={item.n} undo={undo} item={item} />
              ))}
            </ol>
          )
        }
      </Loaded>
      <ShowMore query={query} />
    </Card>
  );
}

function Line({ undo, item }: { readonly undo: UndoSummary; readonly item: UndoItem }) {
  const may = useHasRole('operator', 'administrator');
  const { act, busy, dialog } = useUndoAct(undo.id);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
      <span className="text-xs text-faint">#{item.n}</span>
      <BatchState state={item.state} />
      <span className="font-medium">
        {item.connector}.{item.tool}
      </span>
      {item.says !== null && <span className="text-soft">{item.says}</span>}
      {item.included !== null && (
        <span className="text-soft">
          Overwritten all the same: “{item.included.because}” ({item.included.by})
        </span>
      )}
      {may && undo.state === 'looked' && item.state === 'conflict' && (
        <span className="ml-auto">
          <WithReason
            label="Overwrite"
            says={`Somebody else changed it since. Change ${item.n} is then put back over what they wrote.`}
            size="sm"
            busy={busy}
            act={(because) => act('include', `Change ${item.n} will be overwritten`, { n: item.n, because })}
          />
        </span>
      )}
      {may && item.state === 'unknown' && <SettleUndo undo={undo.id} n={item.n} />}
      {dialog}
    </li>
  );
}
