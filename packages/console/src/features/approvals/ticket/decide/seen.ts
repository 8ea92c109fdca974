import type { TicketDetail } from '@trapkey/contract/api/approvals.ts';
import { useState } from 'react';

/**
 * Which payload a form is about: the one that was shown when it was opened. What somebody else changes meanwhile is another
 * one, and a form that was opened before is never sent for it.
 */
export function useSeen({ carries }: Pick<TicketDetail, 'carries'>): { readonly seen: string | undefined; readonly changed: boolean } {
  const [seen] = useState(carries);
  return { seen, changed: carries !== seen };
}
