import type { SessionList } from '@trapkey/contract/api/session.ts';
import { StateChip } from '../../ui/chip.tsx';
import type { Column } from '../../ui/table/columns.ts';
import { Time } from '../../ui/time.tsx';
import { EndSession } from './end.tsx';

/** One open session, as far as lists tell. */
export type SessionRow = SessionList['sessions'][number];

/** Sessions; `ends` says whose may be ended by whoever looks. */
export function columnsFor(ends: (row: SessionRow) => boolean): readonly Column<SessionRow>[] {
  return [
    { id: 'person', header: 'Person', main: true, cell: (one) => one.person, sortBy: (one) => one.person },
    { id: 'roles', header: 'Roles', width: '13rem', from: 'lg', cell: (one) => one.roles.join(', ') || 'no role' },
    { id: 'via', header: 'Signed in by', width: '9rem', from: 'md', cell: (one) => one.via, sortBy: (one) => one.via },
    {
      id: 'fresh',
      header: 'Just proved',
      width: '7rem',
      from: 'lg',
      cell: (one) => (one.fresh ? <StateChip state="done" says="Yes" /> : <span className="text-faint">no</span>),
      text: (one) => (one.fresh ? 'yes' : 'no'),
    },
    when('began', 'Began', 'sm', (one) => one.created_at_ms),
    when('seen', 'Last seen', 'sm', (one) => one.seen_at_ms),
    when('ends', 'Ends', 'xl', (one) => one.expires_at_ms),
    { id: 'end', header: 'End it', width: '8rem', align: 'right', cell: (one) => ends(one) && <EndSession session={one} /> },
  ];
}

function when(id: string, header: string, from: 'sm' | 'xl', atMs: (row: SessionRow) => number): Column<SessionRow> {
  return { id, header, width: '7rem', from, cell: (one) => <Time inRow atMs={atMs(one)} />, sortBy: atMs };
}
