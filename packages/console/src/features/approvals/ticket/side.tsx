import type { TicketDetail } from '@trapkey/contract/api/approvals.ts';
import { ArrowRight } from 'lucide-react';
import { listed, many, nameOf, plain } from '../../../lib/format.ts';
import { Button } from '../../../ui/button.tsx';
import { Keys } from '../../../ui/kbd.tsx';
import { Card, Facts } from '../../../ui/page.tsx';
import { Time } from '../../../ui/time.tsx';
import { Before } from './before.tsx';
import { AskerActions } from './decide/asker.tsx';
import { Decide } from './decide/decide.tsx';
import { BreakGlass } from './decide/glass.tsx';
import { MakeGrant } from './decide/grant.tsx';

/** Beside the ticket: the decision, or why it is not yours; who may decide; the clock. */
export function Side({ ticket, onNext }: { readonly ticket: TicketDetail; readonly onNext: () => void }) {
  const { state, eligible, standing } = ticket;
  return (
    <aside
      aria-label="Decision"
      className="flex flex-col gap-4 max-lg:order-1 lg:sticky lg:top-4 lg:max-h-[calc(100dvh-2rem)] lg:overflow-y-auto lg:p-px *:shrink-0"
    >
      {state === 'held' && eligible.may && <Decide ticket={ticket} onNext={onNext} />}
      {state === 'held' && !eligible.may && (
        <Card title="Not yours to decide">
          <p className="text-sm text-soft">
            {standing === 'asker' ? `You asked for this, so somebody else decides: ${listed(ticket.asked.map(nameOf))}.` : eligible.says}
          </p>
        </Card>
      )}
      <AskerActions ticket={ticket} />
      {ticket.mayGrant && <MakeGrant ticket={ticket} />}
      {ticket.mayBreakGlass && <BreakGlass ticket={ticket} />}
      <Card title="Who decides">
        <Facts
          facts={[
            ['Asked', listed(ticket.asked.map(nameOf).map(plain))],
            ...(ticket.escalatedTo && ticket.escalatedTo.length > 0
              ? ([['Since nobody did', listed(ticket.escalatedTo.map(nameOf).map(plain))]] as const)
              : []),
            ['Approvals', `${ticket.approvals.length} of ${ticket.needs}`],
            ...(ticket.distinct && ticket.distinct.length > 0 ? ([['From each of', listed(ticket.distinct.map(nameOf))]] as const) : []),
            ...(state === 'held' || state === 'approved' ? ([['Expires', <Time key="expires" atMs={ticket.expiresAtMs} />]] as const) : []),
          ]}
        />
        {ticket.approvals.length > 0 && (
          <p className="mt-2 text-sm text-soft">
            {many(ticket.approvals.length, 'approval')}: {listed(ticket.approvals.map(({ person }) => plain(person)))}
          </p>
        )}
      </Card>
      {standing !== 'asker' && <Before ticket={ticket} />}
      <Button look="ghost" onClick={onNext} className="self-end">
        Next ticket <ArrowRight aria-hidden size={14} /> <Keys keys="n" />
      </Button>
    </aside>
  );
}
