import { Link, useParams } from '@tanstack/react-router';
import { type GrantShown, grantList } from '@trapkey/contract/api/grants.ts';
import { count, plain } from '../../../lib/format.ts';
import { useGet } from '../../../lib/queries.ts';
import { useHasRole, useSession } from '../../../lib/session.ts';
import { StateChip } from '../../../ui/chip.tsx';
import { Id } from '../../../ui/copy-link.tsx';
import { Card, Facts, Page } from '../../../ui/page.tsx';
import { Code } from '../../../ui/quote.tsx';
import { Loaded, Problem } from '../../../ui/states.tsx';
import { Time } from '../../../ui/time.tsx';
import { GrantActs } from './acts.tsx';
import { chipOf, usedOf } from './words.ts';

const trail = [
  { to: '/approvals', label: 'Approvals' },
  { to: '/approvals/grants', label: 'Grants' },
];

/** One grant: its terms, what was used of it, and how it ends. */
export function GrantPage() {
  const { grant: id = '' } = useParams({ strict: false }) as { readonly grant?: string };
  const query = useGet('/api/grants', grantList, { query: { state: 'all' }, topics: ['approvals'] });
  const around = (children: React.ReactNode) => (
    <Page title={`Grant ${id}`} trail={trail}>
      {children}
    </Page>
  );
  return (
    <Loaded query={query} around={around}>
      {({ grants }) => {
        const grant = grants.find((one) => one.id === id);
        return grant ? (
          <Grant grant={grant} />
        ) : (
          around(<Problem error={new Error('There is no such grant, or it is not for you to see.')} />)
        );
      }}
    </Loaded>
  );
}

function Grant({ grant }: { readonly grant: GrantShown }) {
  const { person } = useSession();
  const decides = useHasRole('approver', 'operator', 'administrator');
  const administers = useHasRole('administrator');
  const mine = grant.madeBy.toLowerCase() === person.toLowerCase();
  return (
    <Page
      title={plain(`${grant.connector}.${grant.tool} with ${grant.plugin}@${grant.version}`)}
      trail={trail}
      tab={`${grant.id} · Grants`}
      says={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1 pt-1 text-sm">
          <StateChip {...chipOf(grant.state)} /> “{plain(grant.because)}” · {plain(grant.madeBy)}, <Time atMs={grant.createdAtMs} />{' '}
          <Id id={grant.id} />
        </span>
      }
    >
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Terms grant={grant} />
        {grant.state === 'live' && (decides || mine) && <GrantActs grant={grant} mayReview={mine || administers} />}
      </div>
    </Page>
  );
}

function Terms({ grant }: { readonly grant: GrantShown }) {
  const { fromTicket, reviewedAtMs, lastUsedAtMs } = grant;
  return (
    <Card title="What it lets run without asking">
      <div className="flex flex-col gap-4">
        <Code label="Only where" text={grant.bounds} />
        <Facts
          facts={[
            ['For', grant.person === undefined ? 'whoever uses the release' : plain(grant.person)],
            ['Each reaches', grant.reachMax === undefined ? 'any number' : `at most ${count(grant.reachMax)}`],
            ['Used', `${usedOf(grant)}${grant.periodMs === undefined ? '' : `, ${count(grant.usedEver)} in all`}`],
            ['Last used', lastUsedAtMs === undefined ? 'never' : <Time key="last" atMs={lastUsedAtMs} />],
            ['Ends', <Time key="ends" atMs={grant.expiresAtMs} />],
            ['Owner', plain(grant.owner)],
            ['Reviewed', reviewedAtMs === undefined ? 'not yet' : <Time key="reviewed" atMs={reviewedAtMs} />],
            ...(grant.revokedBy === undefined ? [] : ([['Revoked by', plain(grant.revokedBy)]] as const)),
            ...(fromTicket === undefined
              ? []
              : ([
                  [
                    'Made from',
                    <Link key="ticket" to={`/approvals/${fromTicket}`} className="font-mono text-xs text-accent hover:underline">
                      {fromTicket}
                    </Link>,
                  ],
                ] as const)),
          ]}
        />
        <p className="text-sm text-soft">Another release, or another definition of the tool, does not inherit it.</p>
      </div>
    </Card>
  );
}
