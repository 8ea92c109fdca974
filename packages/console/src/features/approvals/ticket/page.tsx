import { Page } from '../../../ui/page.tsx';

/** One ticket. */
export function TicketPage() {
  return <Page title="Ticket">…</Page>;
}
