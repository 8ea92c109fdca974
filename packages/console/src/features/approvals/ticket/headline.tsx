import type { TicketDetail } from '@trapkey/contract/api/approvals.ts';
import { OctagonX, PenLine } from 'lucide-react';
import { count, listed, nameOf, plain } from '../../../lib/format.ts';
import { Card, Facts } from '../../../ui/page.tsx';

/** The facts beside the sentence: each was computed, none is claimed. */
export function Headline({ ticket }: { readonly ticket: TicketDetail }) {
  const { reach, cumulative, frozen, editors } = ticket;
  return (
    <>
      {frozen && (
        <Notice icon={<OctagonX aria-hidden size={16} />} tone="bg-bad-ground text-bad">
          <strong className="font-semibold">Frozen.</strong> {plain(frozen.says)}. Nobody can approve it and it does not run until that stop
          is released.
        </Notice>
      )}
      {ticket.edited && (
        <Notice icon={<PenLine aria-hidden size={16} />} tone="bg-note-ground text-note">
          A person changed what would be sent{editors && editors.length > 0 ? `: ${listed(editors.map(nameOf))}` : ''}.
        </Notice>
      )}
      <Card title="What it would do" says="Computed from the call, never from what the agent says.">
        <div className="flex flex-wrap gap-x-10 gap-y-4">
          <div className="min-w-28">
            <p className="text-2xl font-semibold tracking-tight tabular-nums">{reach === null ? '?' : count(reach)}</p>
            <p className="text-sm text-faint">{reach === null ? 'nobody could count how many' : 'reached by this call'}</p>
            {typeof cumulative === 'number' && cumulative !== reach && (
              <p className="mt-1 text-sm text-soft">{count(cumulative)} with the other pieces of the same goal</p>
            )}
          </div>
          <div className="min-w-0 flex-1 basis-72">
            <Facts
              facts={[
                ['Tool', <span key="tool" className="font-mono text-xs">{`${plain(ticket.connector)}.${plain(ticket.tool)}`}</span>],
                ...ticket.computed.map(({ term, words }) => [term, plain(words)] as const),
              ]}
            />
          </div>
        </div>
      </Card>
    </>
  );
}

function Notice({ icon, tone, children }: { readonly icon: React.ReactNode; readonly tone: string; readonly children: React.ReactNode }) {
  return (
    <div role="status" className={`flex items-start gap-2.5 rounded-lg px-4 py-3 text-sm ${tone}`}>
      <span className="mt-0.5 shrink-0">{icon}</span>
      <p className="min-w-0">{children}</p>
    </div>
  );
}
