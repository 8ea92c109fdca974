import { OctagonX } from 'lucide-react';
import { lazily, type Screen } from '../../lib/screen.ts';

/** Stopping what agents do, from one run to everything, and releasing it again. */
export const stop: Screen = {
  id: 'stop',
  title: 'Stop',
  question: 'What is stopped, and how fast does a stop work?',
  icon: OctagonX,
  key: 'k',
  group: 'now',
  pages: [
    { path: 'stop', load: lazily('StopPage', () => import('./page.tsx')) },
    { path: 'stop/$stop', load: lazily('StopDetailPage', () => import('./detail.tsx')) },
  ],
};
