import { useParams } from '@tanstack/react-router';
import type { TicketDetail } from '@trapkey/contract/api/approvals.ts';
import { plain } from '../../../lib/format.ts';
import { useKeys } from '../../../lib/keys.ts';
import { StateChip } from '../../../ui/chip.tsx';
import { CopyButton, Id } from '../../../ui/copy-link.tsx';
import { Page } from '../../../ui/page.tsx';
import { AgentSays } from '../../../ui/quote.tsx';
import { Loaded } from '../../../ui/states.tsx';
import { TierMark } from '../../../ui/tier.tsx';
import { Time } from '../../../ui/time.tsx';
import { Headline } from './headline.tsx';
import { useGoToNext } from './next.ts';
import { Origin } from './origin.tsx';
import { PayloadCard } from './payload/card.tsx';
import { Differences } from './payload/differences.tsx';
import { Side } from './side.tsx';
import { Story } from './story.tsx';
import { useTicket } from './ticket.ts';
import { Why } from './why.tsx';

const trail = [{ to: '/approvals', label: 'Approvals' }];

/** One ticket: what would happen, exactly, why it is asked, who may decide, and the decision. */
export function TicketPage() {
  const { ticket: id = '' } = useParams({ strict: false }) as { readonly ticket?: string };
  const query = useTicket(id);
  const next = useGoToNext(id);
  useKeys([{ keys: 'n', label: 'Next ticket', group: 'Ticket', run: next }]);
  return (
    <Loaded
      query={query}
      around={(children) => (
        <Page title={`Ticket ${id}`} trail={trail}>
          {children}
        </Page>
      )}
    >
      {(ticket) => <Ticket key={ticket.id} ticket={ticket} onNext={next} />}
    </Loaded>
  );
}

function Ticket({ ticket, onNext }: { readonly ticket: TicketDetail; readonly onNext: () => void }) {
  return (
    <Page
      title={plain(ticket.sentence)}
      trail={trail}
      tab={`${ticket.id} · Approvals`}
      wide
      says={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1 pt-1 text-sm">
          <StateChip state={ticket.frozen ? 'frozen' : ticket.state} />
          <TierMark tier={ticket.tier} />
          <span>
            asked <Time atMs={ticket.createdAtMs} /> for {plain(ticket.person)} by {plain(ticket.release)}
          </span>
          <span className="inline-flex items-center text-faint">
            <Id id={ticket.id} />
            <CopyButton label="Copy the link" />
          </span>
        </span>
      }
    >
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-5 max-lg:order-2">
          <Headline ticket={ticket} />
          {ticket.agentSays !== null && <AgentSays text={ticket.agentSays} />}
          <PayloadCard ticket={ticket} />
          {ticket.edits.length > 0 && (
            <Differences
              title="What a person changed"
              says="Against what the agent asked for."
              changes={ticket.edits}
              words={['asked for', 'now']}
            />
          )}
          {ticket.similar !== null && (
            <Differences
              title="Other than last time"
              says={
                <>
                  Against {ticket.similar.ticket}, the last one of this tool and plugin that was approved and ran,{' '}
                  <Time atMs={ticket.similar.atMs} />.
                </>
              }
              changes={ticket.similar.changes}
              more={ticket.similar.more}
              words={['then', 'now']}
            />
          )}
          <Why ticket={ticket} />
          <Origin ticket={ticket} />
          <Story ticket={ticket} />
        </div>
        <Side ticket={ticket} onNext={onNext} />
      </div>
    </Page>
  );
}
