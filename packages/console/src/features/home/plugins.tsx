import type { Home } from '@trapkey/contract/api/home.ts';
import { Package } from 'lucide-react';
import { plain } from '../../lib/format.ts';
import { StateChip } from '../../ui/chip.tsx';
import { Card } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';
import type { Column } from '../../ui/table/columns.ts';
import { Table } from '../../ui/table/table.tsx';

type Plugin = Home['plugins'][number];

const columns: readonly Column<Plugin>[] = [
  {
    id: 'plugin',
    header: 'Plugin',
    main: true,
    cell: ({ plugin, version }) => <span className="font-medium">{`${plain(plugin)}@${version}`}</span>,
    sortBy: ({ plugin }) => plugin,
  },
  { id: 'owner', header: 'Owner', width: '16rem', from: 'sm', cell: ({ owner }) => plain(owner), sortBy: ({ owner }) => owner },
  { id: 'mode', header: 'Policy', width: '9rem', cell: ({ mode }) => <StateChip state={mode} />, sortBy: ({ mode }) => mode },
  {
    id: 'stopped',
    header: 'Stop',
    width: '8rem',
    from: 'sm',
    cell: ({ stopped }) => (stopped ? <StateChip state="stopped" /> : <span className="text-faint">—</span>),
    sortBy: ({ stopped }) => Number(stopped),
  },
];

/** Every plugin, and whether its rules are enforced. */
export function Plugins({ home: { plugins } }: { readonly home: Home }) {
  return (
    <Card title="Plugins" says="Whether their rules refuse, warn or only watch." flush>
      <Table
        id="home-plugins"
        label="Plugins"
        rows={plugins}
        columns={columns}
        rowId={({ plugin, version }) => `${plugin}@${version}`}
        to={({ plugin }) => `/catalog/plugin/${plugin}`}
        height="24rem"
        empty={<Empty icon={Package} title="No plugin has rules yet." />}
      />
    </Card>
  );
}
