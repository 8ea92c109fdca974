import { sessionList } from '@trapkey/contract/api/session.ts';
import { KeyRound } from 'lucide-react';
import { useMemo } from 'react';
import { z } from 'zod';
import { useFilters } from '../../lib/filters.ts';
import { many } from '../../lib/format.ts';
import { useGet } from '../../lib/queries.ts';
import { useHasRole, useSession } from '../../lib/session.ts';
import { Card, Page } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { Table } from '../../ui/table/table.tsx';
import { columnsFor, type SessionRow } from './columns.tsx';

const filters = z.object({ q: z.string().default('') });

/** Open sessions: everybody's for administrators and auditors, one's own for others. */
export function SessionsPage() {
  const [{ q }, set] = useFilters(filters);
  const all = useHasRole('administrator', 'auditor');
  const administrator = useHasRole('administrator');
  const { person } = useSession();
  const query = useGet('/api/sessions', sessionList, { query: all ? { of: 'all' } : {} });
  const columns = useMemo(() => columnsFor((row) => administrator || row.person === person), [administrator, person]);
  return (
    <Page
      title="Sessions"
      wide
      says={query.data ? sentence(query.data.sessions, all) : 'Who is signed in.'}
      actions={
        <a href="/account" className="inline-flex min-h-6 items-center text-sm text-accent hover:underline">
          Your passkeys
        </a>
      }
    >
      {all && <SearchField label="Person" placeholder="Person" value={q} onValue={(value) => set({ q: value })} />}
      <Loaded query={query}>
        {({ sessions }) => (
          <Card flush>
            <Table
              id="sessions"
              label="Open sessions, newest first"
              rows={sessions.filter((one) => one.person.includes(q.toLowerCase()))}
              columns={columns}
              rowId={({ id }) => id}
              to={({ person: whose }) => `/record?q=${encodeURIComponent(`kind:admin subject:${JSON.stringify(`person:${whose}`)}`)}`}
              empty={<Empty icon={KeyRound} title="Nobody of that name is signed in" />}
            />
          </Card>
        )}
      </Loaded>
    </Page>
  );
}

function sentence(sessions: readonly SessionRow[], all: boolean): string {
  const people = new Set(sessions.map(({ person }) => person)).size;
  return all
    ? `${many(people, 'person is', 'people are')} signed in, in ${many(sessions.length, 'session')}.`
    : `You are signed in, in ${many(sessions.length, 'session')}.`;
}
