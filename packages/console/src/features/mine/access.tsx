import type { Mine } from '@trapkey/contract/api/mine.ts';
import { count } from '../../lib/format.ts';
import { Card } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { GiveBack } from './give-back.tsx';

/** What one's agents may use: standing grants, limits that tripped, and tokens. */
export function Access({ mine }: { readonly mine: Mine }) {
  const { grants, limits, tokens, tokensMore } = mine;
  return (
    <Card title="What they may use">
      <ul className="space-y-1.5 text-sm">
        {limits.map((one) => (
          <li key={one.id}>
            A limit tripped: {one.text} ({count(one.used)} of {count(one.max)}). {one.owner} can reset it.
          </li>
        ))}
        {grants.map((one) => (
          <li key={one.id} className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
            <span>
              {one.connector}.{one.tool} without asking, {count(one.used)} of {count(one.countMax)} used,{' '}
              {one.state === 'live' ? 'until' : one.state} <Time atMs={one.expiresAtMs} />
            </span>
            {one.state === 'live' && <GiveBack grant={one} />}
          </li>
        ))}
        {tokens.map((one) => (
          <li key={`${one.plugin} ${one.connector} ${one.expiresAtMs}`} className="text-soft">
            {one.plugin}@{one.version} {one.connector}, until <Time atMs={one.expiresAtMs} />
          </li>
        ))}
        {tokensMore > 0 && <li className="text-faint">and {count(tokensMore)} more tokens</li>}
        {grants.length + limits.length + tokens.length === 0 && <li className="text-soft">No plugin is connected for you.</li>}
      </ul>
    </Card>
  );
}
