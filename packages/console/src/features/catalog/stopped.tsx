import type { CatalogSubject } from '@trapkey/contract/api/catalog.ts';
import { stopList } from '@trapkey/contract/api/stops.ts';
import { useGet } from '../../lib/queries.ts';
import { StateChip } from '../../ui/chip.tsx';

/** Says that nothing of it runs now, whatever its release is; all rows share one look at the stops. */
export function Stopped({ kind, id, version }: Pick<CatalogSubject, 'kind' | 'id' | 'version'>) {
  const { data } = useGet('/api/stops', stopList, { topics: ['stops'] });
  const stop = data?.stops.find(
    ({ scope }) =>
      scope.kind === 'everything' ||
      (scope.kind === kind && scope.id === id) ||
      (kind === 'plugin' && scope.kind === 'release' && scope.id === `${id}@${version}`),
  );
  if (!data?.unreadable && !stop) return null;
  return stop?.mode === 'freeze' && !data?.unreadable ? <StateChip state="frozen" /> : <StateChip state="stopped" />;
}
