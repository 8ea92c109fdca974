import { type TicketDetail, ticketDetail } from '@trapkey/contract/api/approvals.ts';
import { useEffect } from 'react';
import { useGet } from '../../../lib/queries.ts';

/**
 * One ticket, kept up to date. What it carries is read once, because each look at that is on record; it is read again when
 * somebody changed it, which its digest says.
 */
export function useTicket(id: string) {
  const path = `/api/approvals/${id}`;
  const whole = useGet(path, ticketDetail, { whenNew: 'never' });
  const live = useGet(path, ticketDetail, { query: { payload: 'no' }, topics: ['approvals', 'stops'], enabled: whole.data !== undefined });
  const { refetch } = whole;
  const carries = live.data?.carries;
  const changed = carries !== undefined && whole.data !== undefined && carries !== whole.data.carries;
  useEffect(() => {
    if (changed) void refetch();
  }, [changed, refetch]);
  return { error: whole.error, refetch, data: whole.data && merged(whole.data, live.data) };
}

function merged(whole: TicketDetail, live: TicketDetail | undefined): TicketDetail {
  if (!live) return whole;
  const { payload, payloadCut, lists, bound, edits, similar, pieces, carries } = whole;
  // The digest stays that of the payload that is shown: what is decided is decided about that.
  return { ...live, payload, payloadCut, lists, bound, edits, similar, pieces, ...(carries !== undefined && { carries }) };
}
