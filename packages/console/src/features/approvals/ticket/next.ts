import { useNavigate } from '@tanstack/react-router';
import { approvalList } from '@trapkey/contract/api/approvals.ts';
import { useGet } from '../../../lib/queries.ts';
import { tell } from '../../../ui/toast.tsx';

/** Goes to the most urgent other ticket that waits, those first that this person can decide. */
export function useGoToNext(id: string): () => void {
  const navigate = useNavigate();
  const { data } = useGet('/api/approvals', approvalList, { query: { state: 'held', sort: 'urgent', max: 50 }, topics: ['approvals'] });
  return () => {
    const others = data?.tickets.filter((ticket) => ticket.id !== id) ?? [];
    const next = others.find(({ eligible }) => eligible.may) ?? others[0];
    if (next) void navigate({ to: `/approvals/${next.id}` });
    else {
      tell('Nothing else is waiting.');
      void navigate({ to: '/approvals' });
    }
  };
}
