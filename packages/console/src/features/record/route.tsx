import { ScrollText } from 'lucide-react';
import { lazily, type Screen } from '../../lib/screen.ts';

/** Everything that happened, and the proof that it is as it was written. */
export const record: Screen = {
  id: 'record',
  title: 'Record',
  question: 'What happened, and can I prove it?',
  icon: ScrollText,
  key: 'l',
  group: 'evidence',
  roles: ['viewer', 'operator', 'administrator', 'auditor'],
  pages: [
    { path: 'record', load: lazily('RecordPage', () => import('./page.tsx')) },
    { path: 'record/$id', load: lazily('EntryPage', () => import('./entry.tsx')) },
  ],
};
