import { Network } from 'lucide-react';
import { lazily, type Screen } from '../../lib/screen.ts';

/** How much goes wrong at most before a person looks. */
export const blast: Screen = {
  id: 'blast',
  title: 'Blast radius',
  question: 'How bad can it get before a person looks?',
  icon: Network,
  key: 'b',
  group: 'what exists',
  roles: ['viewer', 'approver', 'owner', 'operator', 'administrator', 'auditor'],
  pages: [{ path: 'blast', load: lazily('BlastPage', () => import('./page.tsx')) }],
};
