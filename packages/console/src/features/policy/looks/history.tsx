import { type PolicyNow, policyHistory, policySet } from '@trapkey/contract/api/policy.ts';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useGet, useGetPages } from '../../../lib/queries.ts';
import { useHasRole } from '../../../lib/session.ts';
import { Button } from '../../../ui/button.tsx';
import { StateChip } from '../../../ui/chip.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Card } from '../../../ui/page.tsx';
import { ShowMore } from '../../../ui/show-more.tsx';
import { Loaded } from '../../../ui/states.tsx';
import { Time } from '../../../ui/time.tsx';
import { runningOf, type Texts, textsOf } from '../draft.ts';
import { Changes } from '../edit/changes.tsx';
import { type Meant, usePolicyAct } from '../waiting/act.ts';
import { FileDiffs } from './file-diffs.tsx';

type Stored = ReturnType<typeof policyHistory.parse>['sets'][number];
const states = { published: 'done', proposed: 'proposed', refused: 'withdrawn' } as const;
const stateWords = { published: 'Published', proposed: 'Proposed', refused: 'Withdrawn' } as const;

/** Every set there was. One can be looked at, and taken up again as a draft; the one before comes back with one act. */
export function History({ now, onRestore }: { readonly now: PolicyNow; readonly onRestore: (texts: Texts) => void }) {
  const query = useGetPages('/api/policy/history', policyHistory, { topics: ['policy'], whenNew: 'refresh' });
  const [shown, setShown] = useState<Stored>();
  const [back, setBack] = useState(false);
  const may = useHasRole('administrator');
  const sets = query.data?.pages.flatMap((page) => page.sets) ?? [];
  return (
    <Card
      title="Sets of policy"
      says="Newest first, each by its digest."
      actions={
        may &&
        now.running.previous !== null && (
          <Button look="danger-quiet" onClick={() => setBack(true)}>
            <RotateCcw aria-hidden size={14} /> Go back to the one before
          </Button>
        )
      }
      flush
    >
      <Loaded query={query}>
        {() => (
          <ul className="divide-y divide-line border-t border-line text-sm">
            {sets.map((one) => (
              <li key={`${one.digest} ${one.atMs}`} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
                <StateChip state={one.runs ? 'enforce' : states[one.state]} says={one.runs ? 'Runs' : stateWords[one.state]} />
                <span className="font-mono text-xs">{one.digest.slice(0, 19)}</span>
                <span className="min-w-0 flex-1 basis-40">{one.note}</span>
                <span className="text-soft">
                  {one.by}, <Time atMs={one.atMs} />
                </span>
                {!one.runs && (
                  <Button size="sm" aria-label={`Look at ${one.digest.slice(0, 19)}`} onClick={() => setShown(one)}>
                    Look at it
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <ShowMore query={query} />
      {shown && <SetDialog stored={shown} now={now} onRestore={onRestore} onClose={() => setShown(undefined)} />}
      {back && now.running.previous !== null && (
        <BackDialog meant={{ digest: now.running.previous, running: runningOf(now) }} onClose={() => setBack(false)} />
      )}
    </Card>
  );
}

function SetDialog({
  stored,
  now,
  onRestore,
  onClose,
}: {
  readonly stored: Stored;
  readonly now: PolicyNow;
  readonly onRestore: (texts: Texts) => void;
  readonly onClose: () => void;
}) {
  const query = useGet(`/api/policy/sets/${encodeURIComponent(stored.digest)}`, policySet);
  return (
    <Dialog
      open
      onClose={onClose}
      width="max-w-4xl"
      title={stored.digest.slice(0, 19)}
      says={`${stored.by}: ${stored.note}. Compared with what runs.`}
      foot={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button look="primary" disabled={!query.data} onClick={() => query.data && onRestore(textsOf(query.data.files))}>
            Take it up as a draft
          </Button>
        </>
      }
    >
      <Loaded query={query}>
        {({ files, diff }) => (
          <div className="flex flex-col gap-5">
            <Changes diff={diff} />
            <FileDiffs was={textsOf(now.files)} now={textsOf(files)} />
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}

function BackDialog({ meant, onClose }: { readonly meant: Meant; readonly onClose: () => void }) {
  // What was looked at when this was opened; after another policy ran, the server says so.
  const [held] = useState(meant);
  const { act, busy, dialog } = usePolicyAct();
  return (
    <Dialog
      open
      onClose={onClose}
      title="Go back to the set before"
      says="It is a change like any other: where policy asks for two administrators, it waits for the second."
      foot={
        <>
          <Button onClick={onClose}>Leave it as it is</Button>
          <Button look="danger" busy={busy} onClick={() => void act('rollback', held).then((done) => done && onClose())}>
            Go back
          </Button>
        </>
      }
    >
      <p className="text-sm text-soft">What runs now stays in the history and can be taken up again.</p>
      {dialog}
    </Dialog>
  );
}
