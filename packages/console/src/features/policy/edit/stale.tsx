import { type PolicyNow, policySet } from '@trapkey/contract/api/policy.ts';
import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { listed } from '../../../lib/format.ts';
import { useGet } from '../../../lib/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { Loaded } from '../../../ui/states.tsx';
import { type Draft, type Texts, textsOf } from '../draft.ts';
import { FileDiffs } from '../looks/file-diffs.tsx';

/** Says that another policy runs than the draft was begun over, what changed since, and goes on from there when asked to. */
export function Stale({ draft, now }: { readonly draft: Draft; readonly now: PolicyNow }) {
  const [open, setOpen] = useState(false);
  const [digest = ''] = draft.over.split('#');
  const query = useGet(`/api/policy/sets/${encodeURIComponent(digest)}`, policySet, { enabled: open });
  return (
    <section
      role="alert"
      aria-label="Another policy runs"
      className="flex flex-col gap-3 rounded-lg border border-line bg-bad-ground p-4 text-sm"
    >
      <p className="flex items-start gap-2">
        <TriangleAlert aria-hidden size={16} className="mt-0.5 shrink-0 text-bad" />
        <span>
          <span className="font-medium">
            {now.running.by === 'policy folder' ? 'The policy folder' : now.running.by} published another policy
          </span>{' '}
          since you began this draft. Proposed as it is, it could take that back, so it cannot be proposed before you looked.
        </span>
      </p>
      <div className="flex flex-wrap gap-2">
        <Button aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? 'Hide' : 'Show'} what changed since
        </Button>
        <Button look="primary" disabled={!query.data} onClick={draft.goOn}>
          Go on from the new one
        </Button>
      </div>
      {open && (
        <Loaded query={query}>{({ files }) => <Since was={textsOf(files)} now={textsOf(now.files)} changed={draft.changed} />}</Loaded>
      )}
    </section>
  );
}

function Since({ was, now, changed }: { readonly was: Texts; readonly now: Texts; readonly changed: readonly string[] }) {
  const both = changed.filter((file) => was[file] !== now[file] && !/\.cases\.ya?ml$/.test(file));
  return (
    <div className="flex flex-col gap-3">
      <p>
        {both.length === 0
          ? 'Your draft touches none of these files: they stay as they were published.'
          : `Your draft has its own ${listed(both)}: what was published there goes unless you write it in.`}
      </p>
      <FileDiffs was={was} now={now} />
    </div>
  );
}
