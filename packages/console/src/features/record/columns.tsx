import type { RecordEntry } from '@trapkey/contract/api/record.ts';
import { count } from '../../lib/format.ts';
import { StateChip } from '../../ui/chip.tsx';
import type { Column } from '../../ui/table/columns.ts';
import { TierMark } from '../../ui/tier.tsx';
import { Time } from '../../ui/time.tsx';

/** What an entry is about, in a word. */
export function aboutOf({ connector, tool, action, subject }: RecordEntry): string {
  if (connector !== undefined) return tool === undefined ? connector : `${connector}.${tool}`;
  return [action, subject].filter(Boolean).join(' ');
}

/** The list of entries. */
export const columns: readonly Column<RecordEntry>[] = [
  {
    id: 'entry',
    header: 'Entry',
    width: '4.5rem',
    align: 'right',
    from: 'sm',
    cell: (one) => <span className="text-faint">{count(one.entry)}</span>,
  },
  { id: 'at', header: 'When', width: '5.5rem', cell: (one) => <Time inRow atMs={Date.parse(one.timestamp)} /> },
  { id: 'kind', header: 'Kind', width: '6rem', cell: (one) => one.kind },
  {
    id: 'verdict',
    header: 'Verdict',
    width: '7rem',
    cell: (one) =>
      one.outcome !== undefined ? <StateChip state={one.outcome} /> : one.verdict === undefined ? null : <StateChip state={one.verdict} />,
  },
  { id: 'what', header: 'What', main: true, cell: aboutOf },
  { id: 'code', header: 'Code', width: '9.5rem', from: 'xl', cell: (one) => <span className="font-mono text-xs">{one.code}</span> },
  { id: 'person', header: 'Person', width: '11rem', from: 'md', cell: (one) => one.on_behalf_of ?? one.actor },
  { id: 'plugin', header: 'Plugin', width: '11rem', startsHidden: true, cell: (one) => one.plugin },
  {
    id: 'tier',
    header: 'Tier',
    width: '6rem',
    startsHidden: true,
    cell: (one) => one.tier !== undefined && <TierMark tier={one.tier as 'low'} />,
  },
  {
    id: 'reach',
    header: 'Reach',
    width: '5rem',
    align: 'right',
    from: 'lg',
    startsHidden: true,
    cell: (one) => (one.reach == null ? '' : count(one.reach)),
  },
  { id: 'call', header: 'Call', width: '15rem', startsHidden: true, cell: (one) => <span className="font-mono text-xs">{one.call}</span> },
];
