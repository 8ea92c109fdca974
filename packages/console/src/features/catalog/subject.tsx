import { useParams } from '@tanstack/react-router';
import type { ReleaseDetailShown } from '@trapkey/contract/api/catalog.ts';
import { Library } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { z } from 'zod';
import { useFilters } from '../../lib/filters.ts';
import { useKeys } from '../../lib/keys.ts';
import { Page } from '../../ui/page.tsx';
import { Empty, Loaded } from '../../ui/states.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { TierMark } from '../../ui/tier.tsx';
import { DefinitionsWaiting } from './definitions.tsx';
import { NoRelease } from './no-release.tsx';
import { SubjectState } from './state.tsx';
import { type Subject, useRelease, useSubject, useTools } from './subject-data.ts';
import { CapabilitiesTab } from './tabs/capabilities.tsx';
import { ChangesTab } from './tabs/changes.tsx';
import { OverviewTab } from './tabs/overview.tsx';
import { ReviewsTab } from './tabs/reviews.tsx';
import { UsersTab } from './tabs/users.tsx';
import { VersionsTab } from './tabs/versions.tsx';

const names = ['overview', 'capabilities', 'changes', 'reviews', 'versions', 'users', 'definitions'] as const;
const filters = z.object({
  tab: z.enum(names).default('overview'),
  version: z.string().max(100).default(''),
  against: z.string().max(100).default(''),
});

/** One plugin or connector in seven tabs. */
export function SubjectPage() {
  const { kind = '', id = '' } = useParams({ strict: false });
  const { query } = useSubject(kind, id);
  const around = (inner: ReactNode) => (
    <Page title={id} trail={trail}>
      {inner}
    </Page>
  );
  return (
    <Loaded query={query} around={around}>
      {({ found }) =>
        found ? (
          <Detail key={`${kind} ${id}`} of={found} />
        ) : (
          around(
            <Empty icon={Library} title={`There is no ${kind} ${id}`}>
              Neither policy nor the catalog knows it.
            </Empty>,
          )
        )
      }
    </Loaded>
  );
}

const trail = [{ to: '/catalog', label: 'Catalog' }] as const;

function Detail({ of }: { readonly of: Subject }) {
  const { subject, releases } = of;
  const [{ tab, version, against }, set] = useFilters(filters);
  // Which comparisons this person opened: nothing is approved unseen.
  const [looked, setLooked] = useState<ReadonlySet<string>>(new Set());
  const shown = version || subject.waits?.version || releases.find((one) => one.current)?.version || releases[0]?.version;
  const release = useRelease(subject.kind, subject.id, shown, against);
  const tools = useTools(subject);
  const look = (one: ReleaseDetailShown) => setLooked(new Set([...looked, one.sourceDigest]));
  useKeys([
    ...names.map((name, at) => ({ keys: String(at + 1), label: tabWords[name], group: 'This entry', run: () => set({ tab: name }) })),
    { keys: 'r', label: 'Review', group: 'This entry', run: () => set({ tab: 'reviews' }) },
  ]);
  const withRelease = (panel: (one: ReleaseDetailShown) => ReactNode) =>
    shown === undefined ? <NoRelease of={of} /> : <Loaded query={release}>{panel}</Loaded>;
  const panels: Readonly<Record<(typeof names)[number], ReactNode>> = {
    overview: <OverviewTab of={of} release={release.data} tools={tools} onTab={(next) => set({ tab: next as typeof tab })} />,
    capabilities: <CapabilitiesTab release={release.data} tools={tools} />,
    changes: withRelease((one) => (
      <ChangesTab
        release={one}
        releases={releases}
        against={against}
        onAgainst={(next) => set({ against: next })}
        looked={looked.has(one.sourceDigest)}
        onLooked={() => look(one)}
      />
    )),
    reviews: withRelease((one) => (
      <ReviewsTab release={one} looked={looked.has(one.sourceDigest)} onChanges={() => set({ tab: 'changes' })} />
    )),
    versions: <VersionsTab of={of} shown={shown} onVersion={(next) => set({ version: next, tab: 'reviews' })} detail={release.data} />,
    users: <UsersTab subject={subject} detail={release.data} />,
    definitions: <DefinitionsWaiting connections={subject.connections} />,
  };
  const counts: Readonly<Partial<Record<(typeof names)[number], number>>> = {
    ...(release.data && { changes: release.data.changes.length }),
    ...(releases.length > 0 && { versions: releases.length }),
    ...(subject.definitionsWait > 0 && { definitions: subject.definitionsWait }),
  };
  return (
    <Page
      title={shown === undefined ? `${subject.id} ${subject.version ?? ''}` : `${subject.id} ${shown}`}
      tab={subject.id}
      trail={trail}
      says={`A ${subject.kind} that ${subject.owner} looks after.`}
      actions={
        <>
          {subject.tier && <TierMark tier={subject.tier} />}
          <SubjectState state={release.data?.state ?? subject.state} />
        </>
      }
    >
      <Tabs
        label={subject.id}
        tab={tab}
        onTab={(next) => set({ tab: next as typeof tab })}
        tabs={names.map((name) => ({ id: name, label: tabWords[name], count: counts[name], panel: panels[name] }))}
      />
    </Page>
  );
}

const tabWords = {
  overview: 'Overview',
  capabilities: 'Capabilities',
  changes: 'Changes',
  reviews: 'Reviews',
  versions: 'Versions',
  users: 'Users',
  definitions: 'Definitions',
} as const;
