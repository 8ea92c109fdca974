import { Library } from 'lucide-react';
import { lazily, type Screen } from '../../lib/screen.ts';

/** Plugins and connectors: what there is, what it can do, what changed, who looked at it. */
export const catalog: Screen = {
  id: 'catalog',
  title: 'Catalog',
  question: 'Which plugins and connectors are there, and who looked at them?',
  icon: Library,
  key: 'c',
  group: 'what exists',
  roles: ['viewer', 'approver', 'owner', 'operator', 'administrator', 'auditor'],
  pages: [
    { path: 'catalog', load: lazily('CatalogPage', () => import('./page.tsx')) },
    { path: 'catalog/$kind/$id', load: lazily('SubjectPage', () => import('./subject.tsx')) },
  ],
};
