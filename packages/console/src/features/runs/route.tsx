import { Waypoints } from 'lucide-react';
import { lazily, type Screen } from '../../lib/screen.ts';

/** What agents did, run by run. */
export const runs: Screen = {
  id: 'runs',
  title: 'Runs',
  question: 'What did the agents do, and why did it take so long?',
  icon: Waypoints,
  key: 'r',
  group: 'now',
  pages: [
    { path: 'runs', load: lazily('RunsPage', () => import('./page.tsx')) },
    { path: 'runs/$run', load: lazily('RunPage', () => import('./run.tsx')) },
  ],
};
