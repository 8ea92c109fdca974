import { type BlastReportShown, type BlastShown, blastReport, blastShown } from '@trapkey/contract/api/blast.ts';
import { Network } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { z } from 'zod';
import { useFilters } from '../../lib/filters.ts';
import { many } from '../../lib/format.ts';
import { useNow } from '../../lib/now.ts';
import { useGet } from '../../lib/queries.ts';
import { FilterSelect } from '../../ui/field.tsx';
import { Page } from '../../ui/page.tsx';
import { Empty, Loaded, Loading } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { ViewTabs } from '../../ui/view-tabs.tsx';
import { DeclaredTable } from './declared.tsx';
import { Levers } from './levers.tsx';
import { PluginTable } from './plugins.tsx';
import { countedShortly, pluginsWith } from './used.ts';
import { mostText, worstOf } from './words.ts';

const BlastMap = lazy(async () => ({ default: (await import('./map.tsx')).BlastMap }));
const filters = z.object({
  plugin: z.string().default(''),
  show: blastShown.default('granted'),
  view: z.enum(['table', 'map']).default('table'),
});

/** What each plugin can alter before a person looks: a table, and the same as a map. */
export function BlastPage() {
  const [{ plugin, show, view }, set] = useFilters(filters);
  const now = useNow();
  const query = useGet('/api/blast', blastReport, { topics: ['policy', 'catalog', 'runs'] });
  return (
    <Page
      title="Blast radius"
      wide
      says={query.data ? sentence(query.data) : 'The most that goes wrong before a person looks.'}
      actions={
        <ViewTabs
          label="As"
          view={view}
          views={[
            ['table', 'Table'],
            ['map', 'Map'],
          ]}
          onView={(next) => set({ view: next })}
        />
      }
    >
      <Loaded query={query}>
        {(report) => {
          const chosen = report.plugins.filter((one) => plugin === '' || one.plugin === plugin);
          const shown = pluginsWith(chosen, show, now);
          if (report.plugins.length === 0)
            return (
              <Empty icon={Network} title="No plugin is governed yet">
                See what is on a machine: <code className="font-mono text-xs">trapkey scan</code>
              </Empty>
            );
          return (
            <>
              <div className="flex flex-wrap items-center gap-2">
                <FilterSelect
                  label="Plugin"
                  value={plugin}
                  options={[['', 'Every plugin'], ...report.plugins.map((one) => [one.plugin, one.plugin] as const)]}
                  onValue={(value) => set({ plugin: value })}
                />
                <FilterSelect
                  label="Tools"
                  value={show}
                  options={[
                    ['granted', 'All that is granted'],
                    ['used', 'Used in 30 days'],
                    ['unused', 'Granted and not used in 30 days'],
                    ['declared', 'Offered and not granted'],
                  ]}
                  onValue={(value) => set({ show: value as typeof show })}
                />
                {countedShortly(report.counted_since_ms, now) && <CountedSince sinceMs={report.counted_since_ms ?? null} />}
              </div>
              {view === 'map' ? (
                <Suspense fallback={<Loading />}>
                  <BlastMap plugin={plugin} show={show} plugins={chosen} empty={<Nothing show={show} />} />
                </Suspense>
              ) : shown.length === 0 ? (
                <Nothing show={show} />
              ) : show === 'declared' ? (
                <DeclaredTable plugins={shown} />
              ) : (
                <PluginTable plugins={shown} report={report} />
              )}
              {show !== 'declared' && <Levers plugins={chosen} />}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

const nothing: Readonly<Record<BlastShown, string>> = {
  granted: 'Nothing is granted',
  used: 'Nothing of it was used in 30 days',
  unused: 'Everything granted was used in 30 days',
  declared: 'Nothing more is known to be offered',
};

function Nothing({ show }: { readonly show: BlastShown }) {
  return (
    <Empty icon={Network} title={nothing[show]}>
      {show === 'declared'
        ? 'What a server offers is known from when it was last reached.'
        : 'What is granted stands under “All that is granted”.'}
    </Empty>
  );
}

/** What is not counted long enough is no reason to take something away. */
function CountedSince({ sinceMs }: { readonly sinceMs: number | null }) {
  return (
    <p className="text-xs text-faint">
      {sinceMs === null ? (
        'No use was counted yet.'
      ) : (
        <>
          Uses are counted since <Time atMs={sinceMs} />.
        </>
      )}
    </p>
  );
}

function sentence({ plugins, max }: BlastReportShown): string {
  const over = plugins.filter((one) => one.over).length;
  const worst = plugins.toSorted(
    (a, b) => (worstOf(b).most ?? Number.POSITIVE_INFINITY) - (worstOf(a).most ?? Number.POSITIVE_INFINITY),
  )[0];
  if (!worst) return 'No plugin can alter anything.';
  const { most, unit } = worstOf(worst);
  const limit =
    max === undefined
      ? ''
      : over === 0
        ? ` None is over the ${max} that policy lets through.`
        : ` ${many(over, 'plugin is', 'plugins are')} over the ${max} that policy lets through.`;
  return `One unattended run of ${worst.plugin} alters ${most === null ? `any number of ${unit}` : `${mostText(most)} ${unit} at most`}.${limit}`;
}
