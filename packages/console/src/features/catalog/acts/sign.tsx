import type { ReleaseDetailShown, ReviewAspectShown } from '@trapkey/contract/api/catalog.ts';
import { useState } from 'react';
import { useHasRole, useSession } from '../../../lib/session.ts';
import { Button } from '../../../ui/button.tsx';
import { SelectField, TextArea } from '../../../ui/field.tsx';
import { Card } from '../../../ui/page.tsx';
import { aspectWords, capabilityWords } from '../words.ts';
import { useAct } from './act.ts';

const looksAt: Readonly<Record<ReviewAspectShown, readonly string[]>> = {
  security: ['changes', 'contacts', 'destroys', 'runs_code', 'untrusted'],
  data: ['reads', 'contacts'],
  blast_radius: [],
};

/** One reviewer's word on a release, or why this person gives none. */
export function SignCard({ release }: { readonly release: ReleaseDetailShown }) {
  const { person } = useSession();
  const reviews = useHasRole('approver', 'administrator');
  const [chosen, setAspect] = useState<ReviewAspectShown>('security');
  const [note, setNote] = useState('');
  const { act, busy, dialog } = useAct(release);
  const { state, proposedBy, signOffs, over, capabilities, version } = release;
  if (state === 'proposed') return <StartReview release={release} />;
  if (state !== 'in review' && state !== 'canary') return null;
  const same = (one: string) => one.toLowerCase() === person.toLowerCase();
  const mine = signOffs.find((one) => same(one.person));
  const why = same(proposedBy)
    ? 'You proposed it; its review is for somebody else.'
    : !reviews && !over
      ? 'A review is signed by somebody with the role approver or administrator.'
      : undefined;
  if (why !== undefined)
    return (
      <Card title="Your word">
        <p className="text-sm text-soft">{why}</p>
      </Card>
    );
  const aspect = mine?.aspect ?? chosen;
  const aspects = (['security', 'data', ...(over ? (['blast_radius'] as const) : [])] as const).map(
    (one) => [one, aspectWords[one]] as const,
  );
  const covers = capabilities.filter(({ capability }) => looksAt[aspect].includes(capability)).map(({ capability }) => capability);
  const sign = async (passed: boolean) => {
    const done = `${passed ? 'Passed' : 'Not passed'}: the ${aspectWords[aspect].toLowerCase()} review of ${version}`;
    if (await act({ act: 'sign', aspect, passed, reason: note }, done)) setNote('');
  };
  return (
    <Card
      title={mine ? 'Your word, again' : 'Your word'}
      says={
        covers.length > 0
          ? `It approves: ${covers.map((one) => (capabilityWords[one] ?? one).toLowerCase()).join(', ')}.`
          : 'It approves what was looked at.'
      }
    >
      <div className="flex flex-col gap-3">
        <SelectField
          label="Review"
          value={aspect}
          disabled={mine !== undefined}
          options={aspects}
          help={mine ? 'One person does one of the reviews.' : undefined}
          onChange={({ target }) => setAspect(target.value as ReviewAspectShown)}
        />
        <TextArea label="What you found" value={note} maxLength={4_000} onChange={({ target }) => setNote(target.value)} />
        <div className="flex flex-wrap gap-2">
          <Button look="primary" busy={busy} onClick={() => void sign(true)}>
            It passes
          </Button>
          <Button look="danger-quiet" busy={busy} disabled={note.trim() === ''} onClick={() => void sign(false)}>
            It does not pass
          </Button>
        </div>
      </div>
      {dialog}
    </Card>
  );
}

function StartReview({ release }: { readonly release: ReleaseDetailShown }) {
  const { act, busy, dialog } = useAct(release);
  const may = useHasRole('approver', 'administrator', 'owner');
  return (
    <Card title="Nobody looks at it yet" says={`${release.proposedBy} proposed it.`}>
      {may ? (
        <Button look="primary" busy={busy} onClick={() => void act({ act: 'review', reason: '' }, `${release.version} is in review`)}>
          Start the review
        </Button>
      ) : (
        <p className="text-sm text-soft">A review is started by its owner, an approver or an administrator.</p>
      )}
      {dialog}
    </Card>
  );
}
