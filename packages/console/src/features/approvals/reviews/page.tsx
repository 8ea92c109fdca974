import { Link } from '@tanstack/react-router';
import { glassUse, type ListedUse, reviewList } from '@trapkey/contract/api/reviews.ts';
import { ShieldCheck } from 'lucide-react';
import { useState } from 'react';
import { many, plain } from '../../../lib/format.ts';
import { useGet, usePost } from '../../../lib/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { StateChip } from '../../../ui/chip.tsx';
import { TextArea } from '../../../ui/field.tsx';
import { Card, Page } from '../../../ui/page.tsx';
import { Empty, Loaded } from '../../../ui/states.tsx';
import { Time } from '../../../ui/time.tsx';
import { tell, tellRefusal } from '../../../ui/toast.tsx';

const trail = [{ to: '/approvals', label: 'Approvals' }];

/** What somebody let run alone in an emergency, and the second look at it. */
export function ReviewsPage() {
  const query = useGet('/api/reviews', reviewList, { topics: ['approvals'] });
  const due = query.data?.reviews.filter(({ review }) => review === undefined).length ?? 0;
  return (
    <Page
      title="Break-glass reviews"
      trail={trail}
      says={
        due === 0
          ? 'Nothing waits for a review.'
          : `${many(due, 'call that somebody let run alone waits', 'calls that somebody let run alone wait')} for a review.`
      }
    >
      <Loaded query={query}>
        {({ reviews }) =>
          reviews.length === 0 ? (
            <Card flush>
              <Empty icon={ShieldCheck} title="Nobody broke the glass.">
                Policy names who may, under `break_glass` of the organization.
              </Empty>
            </Card>
          ) : (
            reviews.map((use) => <Use key={use.ticket} use={use} />)
          )
        }
      </Loaded>
    </Page>
  );
}

function Use({ use }: { readonly use: ListedUse }) {
  const { ticket, review } = use;
  return (
    <article className="flex flex-col gap-2 rounded-xl border border-line bg-surface p-4 shadow-lift">
      <h2 className="text-base">
        <Link to={`/approvals/${ticket}`} className="hover:underline">
          {plain(use.sentence)}
        </Link>
      </h2>
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-soft">
        <StateChip state={review ? 'ok' : 'held'} says={review ? 'Reviewed' : 'Waits for a review'} />
        <StateChip state={use.state} />
        <span>
          {plain(use.by)} let it run alone <Time atMs={use.atMs} />; {plain(use.person)} had asked for it
        </span>
      </p>
      {use.reason !== undefined && (
        <p className="text-sm">
          Why it could not wait: <q className="text-soft">{plain(use.reason)}</q>
        </p>
      )}
      {review && (
        <p className="text-sm">
          {plain(review.person)}, <Time atMs={review.atMs} />: <q className="text-soft">{plain(review.note)}</q>
        </p>
      )}
      {!review && !use.may && <p className="text-sm text-soft">{use.says}</p>}
      {use.may && <ReviewForm ticket={ticket} />}
    </article>
  );
}

function ReviewForm({ ticket }: { readonly ticket: string }) {
  const [note, setNote] = useState('');
  const { mutateAsync, isPending } = usePost(`/api/reviews/${ticket}/review`, glassUse, ['/api/reviews', '/api/alerts', '/api/home']);
  const commit = () =>
    mutateAsync({ note })
      .then(() => tell(`Reviewed: ${ticket}`))
      .catch(tellRefusal);
  return (
    <form
      aria-label={`Review ${ticket}`}
      onSubmit={(event) => {
        event.preventDefault();
        void commit();
      }}
      className="flex flex-col gap-2"
    >
      <TextArea
        label="What you looked at, and what comes of it"
        required
        rows={2}
        maxLength={1_000}
        value={note}
        onChange={({ target }) => setNote(target.value)}
      />
      <Button type="submit" look="primary" busy={isPending} disabled={note.trim() === ''} className="self-start">
        Reviewed
      </Button>
    </form>
  );
}
