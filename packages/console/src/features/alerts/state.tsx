import type { AlertShown } from '@trapkey/contract/api/alerts.ts';
import { BellOff, BellRing, Check, Eye } from 'lucide-react';
import { Chip } from '../../ui/chip.tsx';

/** Where an alert stands. */
export function AlertState({ alert }: { readonly alert: Pick<AlertShown, 'state' | 'mutedUntilMs'> }) {
  if (alert.state === 'resolved')
    return (
      <Chip tone="good" icon={Check}>
        Resolved
      </Chip>
    );
  if (alert.mutedUntilMs !== undefined)
    return (
      <Chip tone="still" icon={BellOff}>
        Muted
      </Chip>
    );
  if (alert.state === 'acknowledged')
    return (
      <Chip tone="note" icon={Eye}>
        Looked at
      </Chip>
    );
  return (
    <Chip tone="bad" icon={BellRing}>
      Open
    </Chip>
  );
}
