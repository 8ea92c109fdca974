import type { TicketDetail } from '@trapkey/contract/api/approvals.ts';
import { useState } from 'react';
import { Button } from '../../../../ui/button.tsx';
import { TextArea } from '../../../../ui/field.tsx';
import { Card } from '../../../../ui/page.tsx';
import { useDecide } from './act.ts';

/** What whoever asked can do: answer, take it back, or let an approved one run now. */
export function AskerActions({ ticket }: { readonly ticket: TicketDetail }) {
  const { decide, busy, dialog } = useDecide(ticket.id);
  const [answer, setAnswer] = useState('');
  const mine = ticket.standing === 'asker';
  const asked = ticket.notes.some(({ kind }) => kind === 'question');
  const runs = ticket.state === 'approved' && ticket.runs !== 'approval' && (mine || ticket.standing === 'asked');
  if (!runs && (!mine || ticket.state !== 'held')) return null;
  return (
    <Card title={runs ? 'Approved' : 'Your request'}>
      {runs && (
        <div className="flex flex-col gap-3 text-sm text-soft">
          <p>It runs once: when its agent comes back, or now. Its result waits for the agent.</p>
          <Button look="primary" busy={busy} onClick={() => void decide({ decision: 'run' }, 'It runs')}>
            Run it now
          </Button>
        </div>
      )}
      {mine && ticket.state === 'held' && (
        <div className="flex flex-col gap-3">
          {asked && (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                void decide({ decision: 'answer', text: answer }, 'Answered').then((done) => done && setAnswer(''));
              }}
              className="flex flex-col gap-2"
            >
              <TextArea label="Your answer" required maxLength={4_000} value={answer} onChange={({ target }) => setAnswer(target.value)} />
              <Button type="submit" look="primary" busy={busy}>
                Answer
              </Button>
            </form>
          )}
          <p className="text-sm text-soft">Not needed any more?</p>
          <Button busy={busy} onClick={() => void decide({ decision: 'withdraw' })}>
            Take it back
          </Button>
        </div>
      )}
      {dialog}
    </Card>
  );
}
