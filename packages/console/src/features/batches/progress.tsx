import type { BatchSummary } from '@trapkey/contract/api/batches.ts';
import { count } from '../../lib/format.ts';
import { Card } from '../../ui/page.tsx';

const parts = [
  ['done', 'Done', 'bg-good'],
  ['unknown', 'Unknown', 'bg-wait'],
  ['conflicts', 'Changed by others', 'bg-bad'],
  ['failed', 'Failed', 'bg-bad'],
  ['refused', 'Refused', 'bg-bad'],
] as const;

/** How far applying has come, as a bar and in numbers. */
export function Progress({ batch }: { readonly batch: BatchSummary }) {
  const { progress, changes, paused_for, frozen } = batch;
  const ended = parts.reduce((sum, [name]) => sum + progress[name], 0);
  return (
    <Card
      title={`${count(ended)} of ${count(changes)} changes have ended`}
      says={frozen?.says ?? paused_for ?? `Step ${progress.step}: up to ${count(progress.target)} changes, then it looks again.`}
    >
      <div aria-hidden className="flex h-3 overflow-hidden rounded-sm bg-sunken">
        {parts.map(([name, , tone]) => (
          <div key={name} className={tone} style={{ width: `${(progress[name] / Math.max(1, changes)) * 100}%` }} />
        ))}
      </div>
      <div role="status">
        <ul className="mt-2 flex flex-wrap gap-x-5 gap-y-1 text-sm">
          {parts.map(([name, word]) => (
            <li key={name} className={progress[name] > 0 ? '' : 'text-faint'}>
              {word} {count(progress[name])}
            </li>
          ))}
        </ul>
      </div>
    </Card>
  );
}
