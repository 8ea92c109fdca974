import { House } from 'lucide-react';
import { lazily, type Screen } from '../../lib/screen.ts';
import { lookers } from './lookers.ts';

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
