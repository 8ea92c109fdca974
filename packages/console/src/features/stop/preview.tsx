import type { StopPreviewShown } from '@trapkey/contract/api/stops.ts';
import { count, listed, many } from '../../lib/format.ts';
import { Facts } from '../../ui/page.tsx';

/** What a stop would hit at this moment. */
export function Preview({
  preview,
  freeze,
  revoke,
}: {
  readonly preview: StopPreviewShown;
  readonly freeze: boolean;
  readonly revoke: boolean;
}) {
  const { people, runs, inFlight, tickets, batches, connectors, tools, tokens, also } = preview;
  const named = (names: readonly string[], none: string) => (names.length === 0 ? none : `${count(names.length)}: ${listed(names)}`);
  return (
    <div role="status" className="rounded-lg border border-line bg-sunken px-3.5 py-3">
      <p className="mb-2 text-sm font-medium">
        It stops {many(runs.length, 'running session')} of {many(people.length, 'person', 'people')}
        {inFlight > 0 ? `, and aborts ${many(inFlight, 'call')} in flight` : ''}
        {freeze ? '; reads go on.' : '.'}
      </p>
      <Facts
        facts={[
          ['People', named(people, 'nobody')],
          ['Held tickets', named(tickets, 'none')],
          ['Batches', named(batches, 'none')],
          ['Connectors', named(connectors, 'none')],
          ['Tools', named(tools, 'none')],
          [revoke ? 'Tokens revoked for good' : 'Tokens that wait', count(tokens)],
          ...(also.length > 0 ? ([['It can take along', listed(also, 6)]] as const) : []),
        ]}
      />
    </div>
  );
}
