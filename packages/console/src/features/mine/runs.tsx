import { Link } from '@tanstack/react-router';
import type { RunView } from '@trapkey/contract/api/runs.ts';
import { count, many } from '../../lib/format.ts';
import { Card } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';

/** One's own runs, the latest first. */
export function OwnRuns({ runs }: { readonly runs: readonly RunView[] }) {
  return (
    <Card title="Runs" flush>
      {runs.length === 0 ? (
        <p className="px-4 pb-4 text-sm text-soft">None of your agents did anything yet.</p>
      ) : (
        <ul className="divide-y divide-line border-t border-line text-sm">
          {runs.map((one) => (
            <li key={one.id} className="flex flex-wrap items-center gap-x-3 px-4 py-2">
              <Link to={`/runs/${one.id}`} className="inline-flex min-h-6 items-center font-medium hover:underline">
                {one.release}
              </Link>
              <span className="text-soft">
                {many(one.calls, 'call')}, {count(one.held)} held, {count(one.refused)} refused
              </span>
              <span className="ml-auto text-soft">
                <Time atMs={one.lastAtMs} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
