import type { BatchDetail } from '@trapkey/contract/api/batches.ts';
import { Dices } from 'lucide-react';
import { ShowMore } from '../../ui/show-more.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { ChangeCard } from './change-card.tsx';
import { useChanges } from './changes-query.ts';

/** The changes that were drawn by lot, to be marked one by one; then those that are shown beside them and never counted. */
export function Sample({ detail }: { readonly detail: BatchDetail }) {
  const { batch, eligible } = detail;
  const drawn = useChanges(batch.id, 'sample');
  const extra = useChanges(batch.id, 'extra');
  if (batch.state === 'open')
    return (
      <Empty icon={Dices} title="Nothing is drawn yet">
        When the agent submits the batch, changes are drawn by lot for a person to look at.
      </Empty>
    );
  const mayMark = eligible.may && batch.state === 'proposed';
  return (
    <div className="flex flex-col gap-4">
      {!eligible.may && <p className="text-sm text-soft">{eligible.says}</p>}
      <Loaded query={drawn.query}>
        {() => (
          <ol className="flex flex-col gap-3">
            {drawn.changes.map((change) => (
              <li key={change.n}>
                <ChangeCard batch={batch.id} change={change} mayMark={mayMark} />
              </li>
            ))}
          </ol>
        )}
      </Loaded>
      <ShowMore query={drawn.query} label="Show more of the sample" />
      {extra.changes.length > 0 && (
        <section aria-label="Shown beside the sample" className="flex flex-col gap-3 border-t border-line pt-4">
          <h2 className="text-base">Shown beside the sample, and not counted</h2>
          {extra.changes.map((change) => (
            <ChangeCard key={change.n} batch={batch.id} change={change} mayMark={mayMark} />
          ))}
        </section>
      )}
    </div>
  );
}
