import { BellRing } from 'lucide-react';
import { lazily, type Screen } from '../../lib/screen.ts';

/** What somebody must hear, and who is at it. */
export const alerts: Screen = {
  id: 'alerts',
  title: 'Alerts',
  question: 'What needs somebody to look?',
  icon: BellRing,
  key: 't',
  group: 'now',
  pages: [
    { path: 'alerts', load: lazily('AlertsPage', () => import('./page.tsx')) },
    { path: 'alerts/$alert', load: lazily('AlertPage', () => import('./detail.tsx')) },
  ],
};
