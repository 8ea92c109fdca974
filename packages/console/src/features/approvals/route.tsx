import { Stamp } from 'lucide-react';
import { lazily, type Screen } from '../../lib/screen.ts';

/** What waits for a person, and what they decide. */
export const approvals: Screen = {
  id: 'approvals',
  title: 'Approvals',
  question: 'May the agent do this?',
  icon: Stamp,
  key: 'a',
  group: 'now',
  pages: [
    { path: 'approvals', load: lazily('ApprovalsPage', () => import('./page.tsx')) },
    { path: 'approvals/quality', load: lazily('QualityPage', () => import('./quality/page.tsx')), key: 'g q', title: 'Approval quality' },
    { path: 'approvals/grants', load: lazily('GrantsPage', () => import('./grants/page.tsx')), title: 'Standing grants' },
    { path: 'approvals/grants/$grant', load: lazily('GrantPage', () => import('./grants/grant.tsx')) },
    { path: 'approvals/reviews', load: lazily('ReviewsPage', () => import('./reviews/page.tsx')), title: 'Break-glass reviews' },
    { path: 'approvals/$ticket', load: lazily('TicketPage', () => import('./ticket/page.tsx')) },
  ],
};
