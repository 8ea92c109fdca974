import { useParams } from '@tanstack/react-router';
import { type RecordEntry, type RecordShown, recordShown } from '@trapkey/contract/api/record.ts';
import { useGet } from '../../lib/queries.ts';
import { StateChip } from '../../ui/chip.tsx';
import { Id } from '../../ui/copy-link.tsx';
import { Card, Facts, Page } from '../../ui/page.tsx';
import { Payload } from '../../ui/payload.tsx';
import { Loaded } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { aboutOf } from './columns.tsx';

/** One call, or one entry that is of none: why it was answered so, and every line of it. */
export function EntryPage() {
  const { id = '' } = useParams({ strict: false });
  const query = useGet(`/api/record/${encodeURIComponent(id)}`, recordShown, { topics: ['record'] });
  return <Loaded query={query}>{(shown) => <Shown shown={shown} id={id} />}</Loaded>;
}

function Shown({ shown, id }: { readonly shown: RecordShown; readonly id: string }) {
  const { entries, explanation, call } = shown;
  const first = entries[0];
  return (
    <Page
      title={first ? aboutOf(first) : id}
      trail={[{ to: '/record', label: 'Record' }]}
      says={explanation?.says[0] ?? (first ? `Entry ${first.entry}.` : undefined)}
      actions={call !== null && <Id id={call} />}
    >
      {explanation && explanation.says.length > 1 && (
        <Card title="Why">
          <ul className="list-disc space-y-1 pl-5 text-sm">
            {explanation.says.slice(1).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Card>
      )}
      <ol className="flex flex-col gap-3">
        {entries.map((entry) => (
          <li key={entry.entry}>
            <EntryCard entry={entry} />
          </li>
        ))}
      </ol>
    </Page>
  );
}

const apart = new Set(['entry', 'timestamp', 'kind', 'verdict', 'outcome', 'arguments', 'result', 'connector', 'tool', 'call']);

function EntryCard({ entry }: { readonly entry: RecordEntry }) {
  const rest = Object.entries(entry).filter(([name, value]) => !apart.has(name) && value !== undefined && value !== null);
  return (
    <Card>
      <div id={`entry-${entry.entry}`} className="mb-3 flex flex-wrap items-center gap-2">
        <span className="text-xs text-faint">#{entry.entry}</span>
        <h2 className="text-base">{entry.kind}</h2>
        {entry.verdict !== undefined && <StateChip state={entry.verdict} />}
        {entry.outcome !== undefined && <StateChip state={entry.outcome} />}
        <span className="ml-auto text-sm text-soft">
          <Time atMs={Date.parse(entry.timestamp)} />
        </span>
      </div>
      <Facts facts={rest.map(([name, value]) => [name.replaceAll('_', ' '), textOf(value)] as const)} />
      {entry.arguments !== undefined && <Payload entry={entry.entry} of="arguments" digest={entry.arguments} />}
      {entry.result?.digest !== undefined && <Payload entry={entry.entry} of="result" digest={entry.result.digest} />}
    </Card>
  );
}

function textOf(value: unknown): string {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
