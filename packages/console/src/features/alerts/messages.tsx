import { Link } from '@tanstack/react-router';
import { type MessageShown, messageList, messageRetried } from '@trapkey/contract/api/messages.ts';
import { RotateCw, Send } from 'lucide-react';
import { count, many, plain } from '../../lib/format.ts';
import { useGet, usePost } from '../../lib/queries.ts';
import { useHasRole } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { StateChip } from '../../ui/chip.tsx';
import { Card } from '../../ui/page.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { tell, tellRefusal } from '../../ui/toast.tsx';

const shownMax = 100;
const looks = {
  waiting: ['held', 'Waits'],
  delivered: ['done', 'Delivered'],
  given_up: ['failed', 'Given up'],
} as const;

/** What people were to be told and did not hear yet, with why, and another try. */
export function Undelivered() {
  const query = useGet('/api/messages', messageList, { query: { state: 'undelivered' }, topics: ['alerts', 'approvals'] });
  return (
    <Loaded query={query}>
      {({ messages }) => (
        <Card
          title="Not delivered"
          says="Tickets, alerts and requests that did not reach whom they are for. Each is tried again by itself, until it is given up."
          flush
        >
          {messages.length === 0 ? (
            <Empty icon={Send} title="Every message was delivered">
              What waits for its next try, and what was given up, is listed here.
            </Empty>
          ) : (
            <ul className="divide-y divide-line border-t border-line">
              {messages.slice(0, shownMax).map((one) => (
                <Row key={one.id} message={one} />
              ))}
            </ul>
          )}
          {messages.length > shownMax && (
            <p className="border-t border-line px-4 py-2 text-sm text-soft">
              And {count(messages.length - shownMax)} more: <code className="font-mono text-xs">trapkey messages list</code>
            </p>
          )}
        </Card>
      )}
    </Loaded>
  );
}

function Row({ message: { id, state, path, channel, event, attempts, createdAtMs, nextAtMs, error } }: { readonly message: MessageShown }) {
  const mayRetry = useHasRole('operator', 'administrator');
  const post = usePost(`/api/messages/${id}/retry`, messageRetried, ['/api/messages', '/api/alerts']);
  const retry = () =>
    post
      .mutateAsync({})
      .then(() => tell('It is tried again now'))
      .catch(tellRefusal);
  const [look, word] = looks[state];
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-sm">
      <StateChip state={look} says={word} />
      <About path={path} words={event.replaceAll('_', ' ').replaceAll('.', ', ')} />
      <span className="text-soft">to {plain(channel)}</span>
      {mayRetry && (
        <Button size="sm" className="ml-auto" busy={post.isPending} aria-label={`Try again: message ${id}`} onClick={() => void retry()}>
          <RotateCw aria-hidden size={13} /> Try again
        </Button>
      )}
      <p className="basis-full text-soft">
        Written <Time atMs={createdAtMs} />, {attempts === 0 ? 'not tried yet' : `tried ${many(attempts, 'time')}`}
        {nextAtMs !== undefined && (
          <>
            , next <Time atMs={nextAtMs} />
          </>
        )}
        {error !== undefined && `: ${plain(error)}`}
      </p>
    </li>
  );
}

/** The page of what it tells of; some have one in the console. */
function About({ path, words }: { readonly path: string; readonly words: string }) {
  const look = 'inline-flex min-h-6 items-center font-medium hover:underline';
  const [, of, id] = /^\/(t|alerts|batches)\/([\w-]+)$/.exec(path) ?? [];
  if (of === undefined)
    return (
      <a href={path} className={look}>
        {words}
      </a>
    );
  return (
    <Link to={`/${of === 't' ? 'approvals' : of}/${id}`} className={look}>
      {words}
    </Link>
  );
}
