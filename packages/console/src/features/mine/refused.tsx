import { Link } from '@tanstack/react-router';
import type { RefusedCall } from '@trapkey/contract/api/mine.ts';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { AskDialog } from './ask.tsx';

/** What was refused, in plain words: which rule, who can change it, and asking them. */
export function Refused({ calls, more }: { readonly calls: readonly RefusedCall[]; readonly more: boolean }) {
  const [asking, setAsking] = useState<RefusedCall>();
  return (
    <Card title="Refused" says="Nothing of it happened." flush>
      {calls.length === 0 ? (
        <p className="px-4 pb-4 text-sm text-soft">Nothing of yours was refused in the last seven days.</p>
      ) : (
        <ul className="divide-y divide-line border-t border-line text-sm">
          {calls.map((one) => (
            <li key={one.call} className="px-4 py-2.5">
              <div className="flex items-center gap-2">
                <Link to={`/record/${one.call}`} className="inline-flex min-h-6 items-center font-medium hover:underline">
                  {one.connector}.{one.tool}
                </Link>
                <span className="ml-auto text-soft">
                  <Time atMs={one.atMs} />
                </span>
                <Button size="sm" onClick={() => setAsking(one)}>
                  Ask
                </Button>
              </div>
              <p className="mt-0.5 text-soft">
                {one.explains} The rule is {one.rule}; {one.owner} can change it.
              </p>
            </li>
          ))}
        </ul>
      )}
      {more && <p className="border-t border-line px-4 py-2 text-xs text-faint">There are more; the record has them all.</p>}
      {asking && <AskDialog refused={asking} onClose={() => setAsking(undefined)} />}
    </Card>
  );
}
