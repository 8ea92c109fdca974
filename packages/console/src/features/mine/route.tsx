import { UserRound } from 'lucide-react';
import { lazily, type Screen } from '../../lib/screen.ts';

/** What one's own agents did, and what became of it. */
export const mine: Screen = {
  id: 'mine',
  title: 'My agents',
  question: 'What did my agents do, and who decides what waits?',
  icon: UserRound,
  key: 'm',
  group: 'you',
  pages: [{ path: 'mine', load: lazily('MinePage', () => import('./page.tsx')) }],
};
