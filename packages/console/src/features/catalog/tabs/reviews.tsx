import type { ReleaseDetailShown } from '@trapkey/contract/api/catalog.ts';
import { Check, CircleX, Eye } from 'lucide-react';
import { plain } from '../../../lib/format.ts';
import { StateChip } from '../../../ui/chip.tsx';
import { Card } from '../../../ui/page.tsx';
import { Time } from '../../../ui/time.tsx';
import { OpenCard } from '../acts/open.tsx';
import { SignCard } from '../acts/sign.tsx';
import { aspectWords } from '../words.ts';

const marks = {
  passed: [Check, 'text-good', 'Passed'],
  look: [Eye, 'text-wait', 'Look'],
  failed: [CircleX, 'text-bad', 'Failed'],
} as const;

/** The checklist that the scan filled, who signed what, and what this person may do about it. */
export function ReviewsTab({
  release,
  looked,
  onChanges,
}: {
  readonly release: ReleaseDetailShown;
  readonly looked: boolean;
  readonly onChanges: () => void;
}) {
  const { checklist, signOffs } = release;
  return (
    <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="flex flex-col gap-5">
        <Card title="Checklist" says="Filled from the scan; what failed bars the release, what says Look is for your eyes." flush>
          <ul className="divide-y divide-line border-t border-line text-sm">
            {checklist.map(({ item, state, says }) => {
              const [Icon, tone, word] = marks[state];
              return (
                <li key={item} className="grid grid-cols-[5rem_7rem_minmax(0,1fr)] gap-x-3 px-4 py-2 max-sm:grid-cols-[5rem_minmax(0,1fr)]">
                  <span className={`inline-flex items-center gap-1.5 self-start font-medium ${tone}`}>
                    <Icon aria-hidden size={14} /> {word}
                  </span>
                  <span className="font-medium">{item}</span>
                  <span className="text-soft max-sm:col-span-2">{plain(says)}</span>
                </li>
              );
            })}
          </ul>
        </Card>
        <Card title="Sign-offs" flush>
          {signOffs.length === 0 ? (
            <p className="px-4 pb-4 text-sm text-soft">Nobody signed it yet.</p>
          ) : (
            <ul className="divide-y divide-line border-t border-line text-sm">
              {signOffs.map(({ aspect, person, passed, note, atMs }) => (
                <li key={`${aspect} ${person}`} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
                  <StateChip state={passed ? 'done' : 'refused'} says={passed ? 'Passed' : 'Not passed'} />
                  <span className="font-medium">{aspectWords[aspect]}</span>
                  <span className="text-soft">{person}</span>
                  <span className="ml-auto text-soft">
                    <Time atMs={atMs} />
                  </span>
                  {note !== '' && <p className="basis-full text-soft">{plain(note)}</p>}
                </li>
              ))}
            </ul>
          )}
        </Card>
      </div>
      <div className="flex flex-col gap-5">
        <SignCard release={release} />
        <OpenCard release={release} looked={looked} onChanges={onChanges} />
        {(release.state === 'approved' || release.state === 'deprecated') && (
          <Card title="Reviewed">
            <p className="text-sm text-soft">
              {release.stateBy} decided on it <Time atMs={release.stateAtMs} />
              {release.reviewDueMs !== undefined && (
                <>
                  ; to be looked at again <Time atMs={release.reviewDueMs} />
                </>
              )}
              .
            </p>
          </Card>
        )}
      </div>
    </div>
  );
}
