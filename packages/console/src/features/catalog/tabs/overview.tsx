import { blastReport } from '@trapkey/contract/api/blast.ts';
import type { ReleaseDetailShown } from '@trapkey/contract/api/catalog.ts';
import { CircleDashed, CircleDot, TriangleAlert } from 'lucide-react';
import { useGet } from '../../../lib/queries.ts';
import { Button } from '../../../ui/button.tsx';
import { CoverageChip } from '../../../ui/chip.tsx';
import { Id } from '../../../ui/copy-link.tsx';
import { Card, Facts } from '../../../ui/page.tsx';
import { Loaded } from '../../../ui/states.tsx';
import { Time } from '../../../ui/time.tsx';
import type { Subject, useTools } from '../subject-data.ts';
import { blastText } from '../words.ts';
import { type Line, sixLines } from './lines.ts';

const marks = {
  none: [CircleDashed, 'text-faint'],
  usual: [CircleDot, 'text-note'],
  high: [TriangleAlert, 'text-bad'],
} as const;

/** What it can do in six lines, and who looks after it. */
export function OverviewTab({
  of: { subject },
  release,
  tools,
  onTab,
}: {
  readonly of: Subject;
  readonly release: ReleaseDetailShown | undefined;
  readonly tools: ReturnType<typeof useTools>;
  readonly onTab: (tab: string) => void;
}) {
  const { kind, id } = subject;
  const blast = useGet('/api/blast', blastReport, { query: { plugin: id }, topics: ['policy', 'catalog'], enabled: kind === 'plugin' });
  const missing = release && release.state !== 'approved' && release.state !== 'revoked' ? release.missing : [];
  return (
    <div className="grid grid-cols-1 items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <Card title="What it can do" says="As policy lets it now; the scan of its files is under Capabilities." flush>
        <Loaded query={tools}>
          {(connectors) => (
            <dl className="divide-y divide-line border-t border-line">
              {sixLines(connectors, blast.data?.plugins[0], release).map((line) => (
                <OneLine key={line.term} line={line} />
              ))}
            </dl>
          )}
        </Loaded>
      </Card>
      <div className="flex flex-col gap-5">
        {missing.length > 0 && (
          <Card title="Missing before everybody has it">
            <ul className="list-disc space-y-1 pl-5 text-sm text-soft">
              {missing.slice(0, 4).map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
            <Button size="sm" className="mt-3" onClick={() => onTab('reviews')}>
              Review it
            </Button>
          </Card>
        )}
        <Card title="What is known">
          <Facts
            facts={[
              ['Owner', subject.owner],
              ['Current', subject.version ?? 'None'],
              ['Digest', subject.digest ? <Id key="digest" id={subject.digest} /> : 'None: no release was decided on'],
              ...(kind === 'plugin' ? ([['One run, alone', blastText(subject)]] as const) : []),
              ['Reviewed', subject.reviewedAtMs === null ? 'Never' : <Time key="reviewed" atMs={subject.reviewedAtMs} />],
              ['Next review', subject.reviewDueMs === null ? 'Not set' : <Time key="due" atMs={subject.reviewDueMs} />],
              [
                'Seen by',
                subject.coverage.length === 0 ? 'Nobody' : subject.coverage.map((one) => <CoverageChip key={one} coverage={one} />),
              ],
              ...(release ? ([['Comes from', release.source]] as const) : []),
            ]}
          />
        </Card>
      </div>
    </div>
  );
}

function OneLine({ line: { term, says, weight } }: { readonly line: Line }) {
  const [Icon, tone] = marks[weight];
  return (
    <div className="grid grid-cols-[1rem_10rem_minmax(0,1fr)] items-baseline gap-x-3 px-4 py-2.5 max-sm:grid-cols-[1rem_minmax(0,1fr)]">
      <Icon aria-hidden size={14} className={`self-center ${tone}`} />
      <dt className="text-sm font-medium">{term}</dt>
      <dd className={`text-sm max-sm:col-start-2 ${weight === 'none' ? 'text-faint' : 'text-soft'}`}>{says}</dd>
    </div>
  );
}
