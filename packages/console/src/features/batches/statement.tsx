import type { BatchDetail } from '@trapkey/contract/api/batches.ts';
import { Card, Facts } from '../../ui/page.tsx';

/** What the sample says of the whole, in words and numbers, and how the draw can be done again. */
export function Statement({ detail }: { readonly detail: BatchDetail }) {
  const { statement, clean, draw } = detail;
  const shown = statement ?? clean;
  if (!shown) return null;
  return (
    <Card title={statement ? 'What the sample says' : 'What a clean sample would say'}>
      <p className="text-sm">{shown.says}</p>
      {draw.root !== null && (
        <details className="mt-3 text-sm">
          <summary className="min-h-6 text-faint">The draw can be done again</summary>
          <div className="mt-2 break-all">
            <Facts
              facts={[
                ['Committed', draw.commitment ?? '–'],
                ['Seed', draw.seed ?? 'not revealed yet'],
                ['Root', draw.root],
              ]}
            />
          </div>
        </details>
      )}
    </Card>
  );
}
