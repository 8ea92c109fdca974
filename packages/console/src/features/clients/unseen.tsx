import { EyeOff } from 'lucide-react';
import { Card } from '../../ui/page.tsx';

/** What nobody here sees. Always shown: a page on coverage that leaves it out would comfort. */
export function Unseen({ unseen }: { readonly unseen: readonly string[] }) {
  return (
    <Card title="What we cannot see">
      <ul className="space-y-1 text-sm text-soft">
        {unseen.map((line) => (
          <li key={line} className="flex gap-2">
            <EyeOff aria-hidden size={14} className="mt-0.5 shrink-0 text-faint" /> {line}
          </li>
        ))}
      </ul>
    </Card>
  );
}
