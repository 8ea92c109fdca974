import type { BlastPluginShown } from '@trapkey/contract/api/blast.ts';
import { Scissors } from 'lucide-react';
import { Card } from '../../ui/page.tsx';

/** Changes of policy that would make it smaller. */
export function Levers({ plugins }: { readonly plugins: readonly BlastPluginShown[] }) {
  const levers = plugins.flatMap((one) => one.levers.map((lever) => ({ ...lever, plugin: one.plugin })));
  if (levers.length === 0) return null;
  return (
    <Card title="What would make it smaller">
      <ul className="space-y-2 text-sm">
        {levers.map((one) => (
          <li key={`${one.plugin} ${one.change}`} className="flex gap-2">
            <Scissors aria-hidden size={14} className="mt-0.5 shrink-0 text-faint" />
            <span>
              {one.says} <span className="text-faint">({one.plugin})</span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
