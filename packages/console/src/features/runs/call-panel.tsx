import { Link } from '@tanstack/react-router';
import { callReplay, type RunCall } from '@trapkey/contract/api/runs.ts';
import { useState } from 'react';
import { count } from '../../lib/format.ts';
import { useGet } from '../../lib/queries.ts';
import { Button, ButtonLink } from '../../ui/button.tsx';
import { Card, Facts } from '../../ui/page.tsx';
import { Payload } from '../../ui/payload.tsx';
import { Loaded } from '../../ui/states.tsx';
import { TierMark } from '../../ui/tier.tsx';
import { UndoButton } from '../../ui/undo-button.tsx';

/** One call of a run, in words. */
export function CallPanel({ call, onClose }: { readonly call: RunCall; readonly onClose: () => void }) {
  const [replaying, setReplaying] = useState(false);
  const replay = useGet(`/api/calls/${call.call}/replay`, callReplay, { enabled: replaying });
  return (
    <Card
      title={`${call.connector}.${call.tool}`}
      actions={
        <Button size="sm" look="ghost" onClick={onClose}>
          Close
        </Button>
      }
    >
      <Facts
        facts={[
          ['Verdict', `${call.verdict ?? '…'} (${call.code ?? 'not decided'})`],
          ['Rule', call.rule ?? '–'],
          ...(call.approval === null ? [] : ([['Approved by', call.approval]] as const)),
          ...(call.ticket === null ? [] : ([['Ticket', <Ticket key="ticket" id={call.ticket} />]] as const)),
          ['Tier', call.tier === null ? '–' : <TierMark key="tier" tier={call.tier} />],
          ['Reach', call.reach === null ? 'not counted' : count(call.reach)],
          ['Destination', call.destination ?? '–'],
          ['Agent', call.agent ?? 'the person’s own'],
          ['Sources', call.sources.join(', ') || '–'],
          ['Came back', call.bytes === null ? '–' : `${count(call.bytes)} bytes${call.rows === null ? '' : `, ${count(call.rows)} rows`}`],
          ['On record', <Position key="record" call={call} />],
          ...(call.arguments === null ? [] : ([['Arguments', <Digest key="arguments" digest={call.arguments.digest} />]] as const)),
          ...(call.result === null ? [] : ([['Result', <Digest key="result" digest={call.result.digest} />]] as const)),
          ...(call.screened.length === 0 ? [] : ([['Screened', call.screened.join(', ')]] as const)),
        ]}
      />
      <ul className="mt-3 space-y-0.5 text-sm text-soft">
        {call.spans.map((one) => (
          <li key={`${one.kind} ${one.startMs}`}>{one.says}</li>
        ))}
      </ul>
      {call.arguments && <Payload key={call.arguments.digest} of="arguments" {...call.arguments} />}
      {call.result && <Payload key={call.result.digest} of="result" {...call.result} />}
      <div className="mt-4 flex flex-wrap gap-2">
        <ButtonLink size="sm" to={`/record/${call.call}`}>
          On the record
        </ButtonLink>
        <Button size="sm" onClick={() => setReplaying(true)}>
          Under today’s policy
        </Button>
        {call.effect !== 'read' && call.outcome !== null && <UndoButton kind="call" id={call.call} size="sm" />}
      </div>
      {replaying && (
        <div className="mt-3 text-sm" role="status">
          <Loaded query={replay} rows={1}>
            {({ says }) => <p>{says}</p>}
          </Loaded>
        </div>
      )}
    </Card>
  );
}

function Ticket({ id }: { readonly id: string }) {
  return (
    <Link to={`/approvals/${id}`} className="text-accent hover:underline">
      {id}
    </Link>
  );
}

function Position({ call: { call, entries } }: { readonly call: RunCall }) {
  return (
    <Link to={`/record/${call}`} className="text-accent hover:underline">
      #{entries.first === entries.last ? entries.first : `${entries.first} to #${entries.last}`}
    </Link>
  );
}

/** A salted digest: enough of it to compare, all of it to copy. */
function Digest({ digest }: { readonly digest: string }) {
  return (
    <code title={digest} className="font-mono text-xs break-all">
      {digest}
    </code>
  );
}
