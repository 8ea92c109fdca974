import { Layers } from 'lucide-react';
import { lazily, type Screen } from '../../lib/screen.ts';

/** Staged changes: proposed, audited by sample, applied in steps, taken back. */
export const batches: Screen = {
  id: 'batches',
  title: 'Batches',
  question: 'What would be changed, and is it right?',
  icon: Layers,
  key: 's',
  group: 'now',
  pages: [
    { path: 'batches', load: lazily('BatchesPage', () => import('./page.tsx')) },
    { path: 'batches/$batch', load: lazily('BatchPage', () => import('./batch.tsx')) },
    { path: 'undos/$undo', load: lazily('UndoPage', () => import('./undo.tsx')) },
  ],
};
