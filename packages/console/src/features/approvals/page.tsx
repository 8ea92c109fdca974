import { Page } from '../../ui/page.tsx';

/** What waits. */
export function ApprovalsPage() {
  return <Page title="Approvals">…</Page>;
}
