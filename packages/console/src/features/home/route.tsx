import { House } from 'lucide-react';
import { lazily, type Screen } from '../../lib/screen.ts';

/** Who is told how everything stands; others find what is theirs. */
export const lookers = ['viewer', 'operator', 'administrator', 'auditor', 'approver', 'owner'];

/** Is anything wrong right now? */
export const home: Screen = {
  id: 'home',
  title: 'Home',
  question: 'Is anything wrong right now?',
  icon: House,
  key: 'h',
  group: 'now',
  roles: lookers,
  pages: [{ path: '', load: lazily('HomePage', () => import('./page.tsx')) }],
};
