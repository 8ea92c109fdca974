import type { CatalogSubject } from '@trapkey/contract/api/catalog.ts';
import { listed, nameOf } from '../../lib/format.ts';
import { Chip, CoverageChip, StateChip } from '../../ui/chip.tsx';
import type { Column } from '../../ui/table/columns.ts';
import { TierMark } from '../../ui/tier.tsx';
import { Time } from '../../ui/time.tsx';
import { SubjectState } from './state.tsx';
import { Stopped } from './stopped.tsx';
import { blastRank, blastText, shortDigest } from './words.ts';

const tierRank = { low: 0, medium: 1, high: 2 } as const;
const none = <span className="text-faint">—</span>;

/** What the list says of each. */
export const columns: readonly Column<CatalogSubject>[] = [
  { id: 'state', header: 'State', width: '7.5rem', cell: ({ state }) => <SubjectState state={state} />, sortBy: ({ state }) => state },
  {
    id: 'id',
    header: 'Name',
    main: true,
    cell: ({ id, kind, version, waits, definitionsWait }) => (
      <span className="inline-flex flex-wrap items-center gap-x-2">
        {id}
        {kind === 'connector' && <span className="text-faint">connector</span>}
        {version !== null && <span className="text-faint">{version}</span>}
        <Stopped kind={kind} id={id} version={version} />
        {waits && <StateChip state={waits.state} says={`${waits.version} ${waits.state}`} />}
        {definitionsWait > 0 && <Chip tone="wait">{definitionsWait} changed</Chip>}
      </span>
    ),
    sortBy: ({ id }) => id,
  },
  { id: 'kind', header: 'Kind', width: '5.5rem', startsHidden: true, cell: ({ kind }) => kind, sortBy: ({ kind }) => kind },
  { id: 'owner', header: 'Owner', width: '11rem', from: 'lg', cell: ({ owner }) => owner, sortBy: ({ owner }) => owner },
  {
    id: 'tier',
    header: 'Tier',
    width: '5.5rem',
    from: 'sm',
    cell: ({ tier }) => (tier ? <TierMark tier={tier} /> : none),
    sortBy: ({ tier }) => (tier ? tierRank[tier] : -1),
    text: ({ tier }) => tier ?? '',
  },
  {
    id: 'blast',
    header: 'One run, alone',
    width: '8.5rem',
    from: 'md',
    cell: (one) => (one.over ? <span className="font-medium text-bad">{blastText(one)} (over)</span> : blastText(one)),
    sortBy: blastRank,
    text: blastText,
  },
  {
    id: 'users',
    header: 'Users',
    width: '8rem',
    startsHidden: true,
    cell: ({ users }) => (users.length === 0 ? none : listed(users.map(nameOf), 2)),
    sortBy: ({ users }) => users.length,
    text: ({ users }) => users.map(nameOf).join(' '),
  },
  {
    id: 'coverage',
    header: 'Seen by',
    width: '6.5rem',
    from: 'xl',
    cell: ({ coverage }) => (coverage.length === 0 ? none : coverage.map((one) => <CoverageChip key={one} coverage={one} />)),
    text: ({ coverage }) => coverage.join(' '),
  },
  {
    id: 'reviewed',
    header: 'Reviewed',
    width: '7rem',
    from: 'xl',
    cell: ({ reviewedAtMs }) => (reviewedAtMs === null ? <span className="text-faint">never</span> : <Time inRow atMs={reviewedAtMs} />),
    sortBy: ({ reviewedAtMs }) => reviewedAtMs ?? 0,
  },
  {
    id: 'due',
    header: 'Next review',
    width: '8rem',
    from: 'xl',
    cell: ({ reviewDueMs }) => (reviewDueMs === null ? none : <Time inRow atMs={reviewDueMs} />),
    sortBy: ({ reviewDueMs }) => reviewDueMs ?? Number.MAX_SAFE_INTEGER,
  },
  {
    id: 'digest',
    header: 'Digest',
    width: '11rem',
    startsHidden: true,
    cell: ({ digest }) => (digest === null ? none : <span className="font-mono text-xs">{shortDigest(digest)}</span>),
    text: ({ digest }) => digest ?? '',
  },
];
