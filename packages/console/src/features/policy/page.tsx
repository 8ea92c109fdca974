import { type PolicyNow, policyNow } from '@trapkey/contract/api/policy.ts';
import type { ReactNode } from 'react';
import { z } from 'zod';
import { useFilters } from '../../lib/filters.ts';
import { count } from '../../lib/format.ts';
import { useGet } from '../../lib/queries.ts';
import { Chip } from '../../ui/chip.tsx';
import { CopyButton } from '../../ui/copy-link.tsx';
import { Page } from '../../ui/page.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { Time } from '../../ui/time.tsx';
import { textsOf, useDraft } from './draft.ts';
import { Rules } from './edit/rules.tsx';
import { Effective } from './looks/effective.tsx';
import { History } from './looks/history.tsx';
import { Waiting } from './waiting/waiting.tsx';

const tabs = ['rules', 'waiting', 'effective', 'history'] as const;
const filters = z.object({ tab: z.enum(tabs).default('rules') });

/** The rules that run, a change in the making, the change that waits, and every set there was. */
export function PolicyPage() {
  const query = useGet('/api/policy', policyNow, { topics: ['policy'] });
  const around = (inner: ReactNode) => (
    <Page title="Policy" wide>
      {inner}
    </Page>
  );
  return (
    <Loaded query={query} around={around}>
      {(now) => <Policy now={now} />}
    </Loaded>
  );
}

function Policy({ now }: { readonly now: PolicyNow }) {
  const [{ tab }, set] = useFilters(filters);
  const draft = useDraft(now);
  const { running, waiting, folder } = now;
  const go = (next: string) => set({ tab: next as typeof tab });
  return (
    <Page
      title="Policy"
      wide
      says={
        <>
          Generation {count(running.generation)} runs, {running.by === 'policy folder' ? 'from the folder' : `published by ${running.by}`}{' '}
          <Time atMs={running.atMs} />. {waiting ? 'A change waits.' : 'No change waits.'}
        </>
      }
      actions={
        <>
          {folder.state !== 'same' && (
            <Chip tone={folder.state === 'broken' ? 'bad' : 'wait'} title={folder.path}>
              {folder.state === 'broken' ? 'The folder does not check' : 'The folder holds something else'}
            </Chip>
          )}
          {draft.changed.length > 0 && <Chip tone="note">Draft in this tab</Chip>}
          <span className="inline-flex items-center gap-0.5 font-mono text-xs text-faint">
            {running.digest.slice(0, 19)}
            <CopyButton text={running.digest} label="Copy the digest" />
          </span>
        </>
      }
    >
      <Tabs
        label="Policy"
        tab={tab}
        onTab={go}
        tabs={[
          { id: 'rules', label: 'Rules', panel: <Rules now={now} draft={draft} /> },
          { id: 'waiting', label: 'Waiting change', count: waiting ? 1 : undefined, panel: <Waiting now={now} base={draft.base} /> },
          { id: 'effective', label: 'In effect for', panel: <Effective /> },
          {
            id: 'history',
            label: 'History',
            panel: (
              <History
                now={now}
                onRestore={(texts) => {
                  draft.replace({ ...casesOf(now), ...texts });
                  go('rules');
                }}
              />
            ),
          },
        ]}
      />
    </Page>
  );
}

/** Cases stand beside the set: they stay whatever set is restored. */
function casesOf({ files }: PolicyNow) {
  return textsOf(files.filter(({ kind }) => kind === 'cases'));
}
