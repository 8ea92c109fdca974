import type { ListedTicket } from '@trapkey/contract/api/approvals.ts';
import { Inbox } from 'lucide-react';
import { many } from '../../lib/format.ts';
import { useNow } from '../../lib/now.ts';
import { useHasRole } from '../../lib/session.ts';
import { span } from '../../lib/time.ts';
import { Empty } from '../../ui/states.tsx';

/** The one sentence: how much waits, for how long, and how much of it is yours; no more than was read and asked for. */
export function Says({
  tickets,
  filtered,
  more,
}: {
  /** undefined: not read yet, or not of those that wait. */
  readonly tickets: readonly ListedTicket[] | undefined;
  readonly filtered: boolean;
  /** There are pages that were not read. */
  readonly more: boolean;
}) {
  const now = useNow();
  const looks = useHasRole('viewer', 'operator', 'administrator', 'auditor');
  if (tickets === undefined) return 'What agents asked for, and what became of it.';
  const held = tickets.filter(({ state }) => state === 'held');
  if (held.length === 0 && (filtered || more))
    return `None of those ${more ? 'read so far' : 'that the filter lets through'} waits for a person.`;
  if (held.length === 0) return looks ? 'Nothing waits for a person.' : 'Nothing waits that concerns you.';
  const oldest = Math.min(...held.map(({ createdAtMs }) => createdAtMs));
  const yours = held.filter(({ eligible }) => eligible.may).length;
  const mine = yours === 0 ? 'None of them is for you.' : `You can decide ${yours === held.length ? 'each of them' : `${yours} of them`}.`;
  const waits = `${more ? 'At least ' : ''}${many(held.length, 'call waits', 'calls wait')} for a person${filtered ? ', of those that the filter lets through' : ''}`;
  return `${waits}; the oldest${more ? ' read so far' : ''} for ${span(now - oldest)}. ${mine}`;
}

/** An empty list, which says that nothing waits only where that is so. */
export function Nothing({ waiting, more }: { readonly waiting: boolean; readonly more: boolean }) {
  if (more)
    return (
      <Empty icon={Inbox} title="None so far.">
        There is more to look through: what concerns others is passed over.
      </Empty>
    );
  return (
    <Empty icon={Inbox} title={waiting ? 'Nothing is waiting.' : 'There is no such ticket.'}>
      {waiting ? 'What policy holds for a person appears here as it happens.' : 'Other filters may find some.'}
    </Empty>
  );
}
