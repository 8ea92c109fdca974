import { Radar } from 'lucide-react';
import { lazily, type Screen } from '../../lib/screen.ts';

/** Whose clients are covered, by what, and what nobody sees. */
export const clients: Screen = {
  id: 'clients',
  title: 'Clients',
  question: 'Whose agents are covered, and what can we not see?',
  icon: Radar,
  key: 'x',
  group: 'what exists',
  roles: ['viewer', 'approver', 'owner', 'operator', 'administrator', 'auditor'],
  pages: [{ path: 'clients', load: lazily('ClientsPage', () => import('./page.tsx')) }],
};
