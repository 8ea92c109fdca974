import { Link } from '@tanstack/react-router';
import type { PolicyReplay } from '@trapkey/contract/api/policy.ts';
import { ArrowRight, History } from 'lucide-react';
import { useState } from 'react';
import { count, many, plain } from '../../../lib/format.ts';
import { useHasRole } from '../../../lib/session.ts';
import { Button } from '../../../ui/button.tsx';
import { StateChip } from '../../../ui/chip.tsx';
import { FilterSelect } from '../../../ui/field.tsx';
import { Problem } from '../../../ui/states.tsx';
import { useReplay } from '../checking.ts';
import type { Texts } from '../draft.ts';

const lasts = ['100', '1000', '5000'] as const;

/** What the last calls would have been under these texts: how many turn from what into what, and which. */
export function Replay({ texts, ready }: { readonly texts: Texts; readonly ready: boolean }) {
  const [last, setLast] = useState('1000');
  const replay = useReplay();
  const of = replay.variables?.texts;
  const may = useHasRole('operator', 'administrator', 'auditor');
  if (!may)
    return (
      <p className="text-sm text-soft">
        Calls are decided again by what was sealed with them, so operators, administrators and auditors ask for it, and the record says who
        did.
      </p>
    );
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <FilterSelect
          label="How many calls"
          value={last}
          options={lasts.map((one) => [one, `The last ${count(Number(one))} calls`] as const)}
          onValue={setLast}
        />
        <Button disabled={!ready} busy={replay.isPending} onClick={() => replay.mutate({ texts, last: Number(last) })}>
          <History aria-hidden size={14} /> Decide them again
        </Button>
      </div>
      {replay.error && <Problem error={replay.error} />}
      <div role="status">
        {replay.data && of !== texts && <p className="text-sm text-wait">The texts changed since; decide them again.</p>}
        {replay.data && <Result replay={replay.data} />}
      </div>
    </div>
  );
}

function Result({ replay }: { readonly replay: PolicyReplay }) {
  const { replayed, same, unreadable, transitions, changed, more, cut } = replay;
  const turns = Object.entries(transitions);
  return (
    <div className="flex flex-col gap-3 text-sm">
      <p>
        {turns.length === 0
          ? `${many(replayed, 'call')} decided again: each as it was.`
          : `${many(replayed, 'call')} decided again; ${count(same)} as they were.`}
        {unreadable > 0 && ` ${count(unreadable)} could not be read any more.`}
        {cut && ' The time was over before all of them.'}
      </p>
      {turns.length > 0 && (
        <ul aria-label="What turns into what" className="flex flex-wrap gap-2">
          {turns.map(([turn, calls]) => {
            const [was = '', now = ''] = turn.split(/\s*(?:→|->|:)\s*/);
            return (
              <li key={turn} className="inline-flex items-center gap-1.5 rounded-md border border-line px-2 py-1">
                <StateChip state={was} /> <ArrowRight aria-label="becomes" role="img" size={13} /> <StateChip state={now} />
                <span className="font-medium">{count(calls)}</span>
              </li>
            );
          })}
        </ul>
      )}
      {changed.length > 0 && (
        <ul className="max-h-96 divide-y divide-line overflow-y-auto border-y border-line">
          {changed.map((one) => (
            <li key={one.call} className="py-2">
              <span className="flex flex-wrap items-center gap-x-2">
                <StateChip state={one.was} /> <ArrowRight aria-label="becomes" role="img" size={13} /> <StateChip state={one.now} />
                <Link to={`/record/${one.call}`} className="inline-flex min-h-6 items-center font-mono text-xs text-accent hover:underline">
                  {one.call}
                </Link>
              </span>
              <p className="text-soft">
                {plain(one.says)} <span className="font-mono text-xs text-faint">{one.rule}</span>
              </p>
            </li>
          ))}
        </ul>
      )}
      {more && <p className="text-xs text-faint">There are more; these are the newest.</p>}
    </div>
  );
}
