import { KeyRound } from 'lucide-react';
import { lazily, type Screen } from '../../lib/screen.ts';

/** Who is signed in where, and ending that. */
export const sessions: Screen = {
  id: 'sessions',
  title: 'Sessions',
  question: 'Who is signed in, how did they prove it, and who must not be any more?',
  icon: KeyRound,
  group: 'you',
  pages: [{ path: 'sessions', load: lazily('SessionsPage', () => import('./page.tsx')) }],
};
