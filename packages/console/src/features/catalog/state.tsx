import type { CatalogSubject } from '@trapkey/contract/api/catalog.ts';
import { ScrollText } from 'lucide-react';
import { Chip, StateChip } from '../../ui/chip.tsx';

/** How a plugin or connector stands. */
export function SubjectState({ state }: { readonly state: CatalogSubject['state'] }) {
  if (state !== 'policy') return <StateChip state={state} />;
  return (
    <Chip icon={ScrollText} title="No release of it was decided on; it runs as policy names it">
      By policy
    </Chip>
  );
}
