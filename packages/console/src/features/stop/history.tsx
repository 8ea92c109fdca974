import type { StopShown } from '@trapkey/contract/api/stops.ts';
import { History } from 'lucide-react';
import { span } from '../../lib/time.ts';
import { StateChip } from '../../ui/chip.tsx';
import { Card } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/columns.ts';
import { Table } from '../../ui/table/table.tsx';
import { Time } from '../../ui/time.tsx';
import { modeWords, scopeText } from './words.ts';

const columns: readonly Column<StopShown>[] = [
  { id: 'scope', header: 'Scope', main: true, cell: (one) => scopeText(one.scope), sortBy: (one) => scopeText(one.scope) },
  {
    id: 'state',
    header: 'State',
    width: '9rem',
    cell: (one) => (one.released ? <StateChip state="withdrawn" says="Released" /> : <StateChip state="stopped" says="In force" />),
  },
  { id: 'mode', header: 'How far', width: '8rem', from: 'lg', cell: (one) => modeWords[one.mode] },
  { id: 'by', header: 'By', width: '14rem', from: 'md', cell: (one) => one.by, sortBy: (one) => one.by },
  { id: 'reason', header: 'Why', width: '18rem', from: 'lg', cell: (one) => one.reason },
  { id: 'at', header: 'When', width: '8rem', cell: (one) => <Time inRow atMs={one.atMs} />, sortBy: (one) => one.atMs },
  {
    id: 'lasted',
    header: 'Lasted',
    width: '6rem',
    from: 'md',
    align: 'right',
    cell: (one) => (one.released ? span(one.released.atMs - one.atMs) : '–'),
  },
];

/** Every stop that there was. */
export function HistoryTable({ stops }: { readonly stops: readonly StopShown[] }) {
  return (
    <Card flush>
      <Table
        id="stops"
        label="Stops, newest first"
        rows={stops}
        columns={columns}
        rowId={({ id }) => id}
        to={({ id }) => `/stop/${id}`}
        empty={
          <Empty icon={History} title="Nothing was ever stopped">
            A rehearsal shows how fast a stop would work.
          </Empty>
        }
      />
    </Card>
  );
}
