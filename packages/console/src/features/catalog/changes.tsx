import type { ReleaseDetailShown } from '@trapkey/contract/api/catalog.ts';
import { TriangleAlert } from 'lucide-react';
import { plain } from '../../lib/format.ts';
import { Chip } from '../../ui/chip.tsx';

/** Changes in words; those that let it do more, or speak differently to the model, are marked and come first. */
export function ChangeList({ changes }: { readonly changes: ReleaseDetailShown['changes'] }) {
  return (
    <ul className="space-y-1.5 text-sm">
      {changes.map(({ kind, says, weight }) => (
        <li key={`${kind} ${says}`} className="flex items-baseline gap-2">
          <span className="w-40 shrink-0 max-sm:w-28">
            {weight === 'high' ? (
              <Chip tone="bad" icon={TriangleAlert} title="It can do more, or speaks differently to the model">
                {kind}
              </Chip>
            ) : (
              <Chip>{kind}</Chip>
            )}
          </span>
          <span className="min-w-0 flex-1">{plain(says)}</span>
        </li>
      ))}
    </ul>
  );
}
