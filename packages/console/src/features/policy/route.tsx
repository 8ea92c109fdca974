import { Scale } from 'lucide-react';
import { lazily, type Screen } from '../../lib/screen.ts';

/** The rules: what runs, what somebody changes, what that would do, and who agrees. */
export const policy: Screen = {
  id: 'policy',
  title: 'Policy',
  question: 'Which rules run, and what would a change do?',
  icon: Scale,
  key: 'p',
  group: 'rules',
  roles: ['viewer', 'approver', 'owner', 'operator', 'administrator', 'auditor'],
  pages: [{ path: 'policy', load: lazily('PolicyPage', () => import('./page.tsx')) }],
};
