import { type BlastReportShown, blastReport } from '@trapkey/contract/api/blast.ts';
import { Network } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { z } from 'zod';
import { useFilters } from '../../lib/filters.ts';
import { many } from '../../lib/format.ts';
import { useGet } from '../../lib/queries.ts';
import { FilterSelect } from '../../ui/field.tsx';
import { Page } from '../../ui/page.tsx';
import { Empty, Loaded, Loading } from '../../ui/states.tsx';
import { ViewTabs } from '../../ui/view-tabs.tsx';
import { Levers } from './levers.tsx';
import { PluginTable } from './plugins.tsx';
import { mostText, worstOf } from './words.ts';

const Graph = lazy(async () => ({ default: (await import('./graph.tsx')).Graph }));
const filters = z.object({ plugin: z.string().default(''), view: z.enum(['table', 'map']).default('table') });

/** What each plugin can alter before a person looks: a table, and the same as a map. */
export function BlastPage() {
  const [{ plugin, view }, set] = useFilters(filters);
  const query = useGet('/api/blast', blastReport, { topics: ['policy', 'catalog'] });
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
          const shown = report.plugins.filter((one) => plugin === '' || one.plugin === plugin);
          if (report.plugins.length === 0)
            return (
              <Empty icon={Network} title="No plugin is governed yet">
                See what is on a machine: <code className="font-mono text-xs">trapkey scan</code>
              </Empty>
            );
          return (
            <>
              <div>
                <FilterSelect
                  label="Plugin"
                  value={plugin}
                  options={[['', 'Every plugin'], ...report.plugins.map((one) => [one.plugin, one.plugin] as const)]}
                  onValue={(value) => set({ plugin: value })}
                />
              </div>
              {view === 'map' ? (
                <Suspense fallback={<Loading />}>
                  <Graph plugins={shown} />
                </Suspense>
              ) : (
                <PluginTable plugins={shown} />
              )}
              <Levers plugins={shown} />
            </>
          );
        }}
      </Loaded>
    </Page>
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
