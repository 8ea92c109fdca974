import type { ClientRow } from '@trapkey/contract/api/clients.ts';
import { count } from '../../lib/format.ts';
import { CoverageChip, StateChip } from '../../ui/chip.tsx';
import type { Column } from '../../ui/table/columns.ts';
import { Time } from '../../ui/time.tsx';

const at = (ms: number | null) => (ms === null ? <span className="text-faint">never</span> : <Time inRow atMs={ms} />);

/** One person a row. */
export const columns: readonly Column<ClientRow>[] = [
  { id: 'person', header: 'Person', main: true, cell: (one) => one.person, sortBy: (one) => one.person },
  { id: 'clients', header: 'Clients (as they say)', width: '10rem', from: 'lg', cell: (one) => one.clients.join(', ') || '–' },
  {
    id: 'plugins',
    header: 'Plugins',
    width: '12rem',
    from: 'xl',
    cell: (one) => one.plugins.map(({ plugin, version }) => `${plugin}@${version}`).join(', '),
  },
  { id: 'calls', header: 'Calls', width: '5rem', align: 'right', cell: (one) => count(one.calls), sortBy: (one) => one.calls },
  { id: 'gateway', header: 'Gateway', width: '5.5rem', cell: (one) => at(one.gatewayAtMs), sortBy: (one) => one.gatewayAtMs ?? 0 },
  { id: 'hook', header: 'Hook', width: '5.5rem', from: 'md', cell: (one) => at(one.hookAtMs), sortBy: (one) => one.hookAtMs ?? 0 },
  {
    id: 'telemetry',
    header: 'Telemetry',
    width: '7rem',
    from: 'md',
    cell: (one) => at(one.telemetryAtMs),
    sortBy: (one) => one.telemetryAtMs ?? 0,
  },
  {
    id: 'coverage',
    header: 'Seen by',
    width: '13rem',
    from: 'lg',
    cell: (one) =>
      one.silentSinceMs === null ? (
        <span className="flex flex-wrap gap-1">
          {one.coverage.length === 0 ? (
            <CoverageChip coverage="not covered" />
          ) : (
            one.coverage.map((by) => <CoverageChip key={by} coverage={by} />)
          )}
        </span>
      ) : (
        <StateChip state="unknown" says="Silent" />
      ),
  },
];
