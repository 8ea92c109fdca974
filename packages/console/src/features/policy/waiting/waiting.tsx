import { type PolicyNow, policySet } from '@trapkey/contract/api/policy.ts';
import { CircleCheck, PenLine, Undo2, Upload } from 'lucide-react';
import { useState } from 'react';
import { useGet } from '../../../lib/queries.ts';
import { useHasRole, useSession } from '../../../lib/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Chip } from '../../../ui/chip.tsx';
import { Id } from '../../../ui/copy-link.tsx';
import { Card, Facts } from '../../../ui/page.tsx';
import { Empty, Loaded } from '../../../ui/states.tsx';
import { Time } from '../../../ui/time.tsx';
import { runningOf, type Texts, textsOf } from '../draft.ts';
import { Changes } from '../edit/changes.tsx';
import { FileDiffs } from '../looks/file-diffs.tsx';
import { type Meant, usePolicyAct } from './act.ts';

type Change = NonNullable<PolicyNow['waiting']>;

/** The change that waits: what it does, its texts, who signed it, and what this person may do with it. */
export function Waiting({ now, base }: { readonly now: PolicyNow; readonly base: Texts }) {
  const { waiting, running } = now;
  const meant = waiting ? { digest: waiting.digest, running: runningOf(now) } : undefined;
  // What stood here first is what buttons mean: news must not change it under the pointer.
  const [held, setHeld] = useState(meant);
  if ((held === undefined) !== (meant === undefined)) setHeld(meant);
  if (!waiting || !meant)
    return (
      <Card>
        <Empty icon={CircleCheck} title="No change waits">
          A change is written under Rules, or in the policy folder; it waits here until it is published.
        </Empty>
      </Card>
    );
  return (
    <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="flex min-w-0 flex-col gap-5">
        <Card title="What it changes" says={`Against generation ${running.generation}, which runs.`}>
          <Changes diff={waiting.diff} />
        </Card>
        <TextsOf change={waiting} base={base} />
      </div>
      <Deciding
        change={waiting}
        held={held?.digest === meant.digest && held.running === meant.running ? held : undefined}
        onLook={() => setHeld(meant)}
      />
    </div>
  );
}

function TextsOf({ change, base }: { readonly change: Change; readonly base: Texts }) {
  const [open, setOpen] = useState(false);
  const query = useGet(`/api/policy/sets/${encodeURIComponent(change.digest)}`, policySet, { enabled: open });
  return (
    <Card
      title="As it is written"
      actions={
        <Button aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide' : 'Show'} the texts
        </Button>
      }
    >
      {open ? (
        <Loaded query={query}>{({ files }) => <FileDiffs was={base} now={textsOf(files)} />}</Loaded>
      ) : (
        <p className="text-sm text-soft">File by file, line by line.</p>
      )}
    </Card>
  );
}

function Deciding({
  change,
  held,
  onLook,
}: {
  readonly change: Change;
  /** Undefined: what waits is not what was looked at. */
  readonly held: Meant | undefined;
  readonly onLook: () => void;
}) {
  const { person } = useSession();
  const administers = useHasRole('administrator');
  const { act, busy, dialog } = usePolicyAct();
  const { by, note, atMs, digest, signed, diff } = change;
  const own = by === person;
  const tightens = diff?.tightens === true;
  return (
    <Card title="Publish it">
      <Facts
        facts={[
          ['By', by],
          ['When', <Time key="at" atMs={atMs} />],
          ['Note', note || 'None'],
          ['Digest', <Id key="digest" id={digest} />],
          [
            'Signed',
            signed.length === 0 ? (diff?.signOff ? 'Nobody yet' : 'Nobody has to') : signed.map((one) => <Chip key={one}>{one}</Chip>),
          ],
        ]}
      />
      <div className="mt-4 flex flex-col gap-3 border-t border-line pt-4">
        {!held && (
          <div role="status" className="flex flex-wrap items-center gap-3 rounded-lg bg-wait-ground px-3 py-2 text-sm">
            Another change waits now. <Button onClick={onLook}>Look at it</Button>
          </div>
        )}
        {held && administers && own && !tightens && (
          <p className="text-sm text-soft">You proposed it. Another administrator publishes it, where policy asks for two.</p>
        )}
        {!administers && <p className="text-sm text-soft">An administrator publishes or withdraws it.</p>}
        {held && (
          <div className="flex flex-wrap gap-2">
            {administers && (
              <Button look="primary" busy={busy} onClick={() => void act('publish', held)}>
                <Upload aria-hidden size={14} /> Publish
              </Button>
            )}
            {diff?.signOff !== undefined && (
              <Button busy={busy} onClick={() => void act('sign', { digest: held.digest })}>
                <PenLine aria-hidden size={14} /> Sign
              </Button>
            )}
            {administers && (
              <Button look="danger-quiet" busy={busy} onClick={() => void act('withdraw', { digest: held.digest })}>
                <Undo2 aria-hidden size={14} /> Withdraw
              </Button>
            )}
          </div>
        )}
      </div>
      {dialog}
    </Card>
  );
}
