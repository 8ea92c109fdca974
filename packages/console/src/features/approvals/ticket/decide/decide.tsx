import type { TicketDetail } from '@trapkey/contract/api/approvals.ts';
import { Ban, Check, Clock, MessageCircleQuestionMark, PenLine, Scissors } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { type Binding, useKeys } from '../../../../lib/keys.ts';
import { Button } from '../../../../ui/button.tsx';
import { Keys } from '../../../../ui/kbd.tsx';
import { Card } from '../../../../ui/page.tsx';
import { ApproveForm } from './approve.tsx';
import { AskForm } from './ask.tsx';
import { EditForm } from './edit.tsx';
import { ExtendForm } from './extend.tsx';
import type { DecideForm } from './form.ts';
import { PartForm } from './part.tsx';
import { RefuseForm } from './refuse.tsx';

type Way = 'approve' | 'part' | 'refuse' | 'ask' | 'edit' | 'extend';

const ways: readonly { readonly id: Way; readonly word: string; readonly keys: string; readonly icon: typeof Check }[] = [
  { id: 'approve', word: 'Approve once', keys: 'a', icon: Check },
  { id: 'refuse', word: 'Refuse', keys: 'd', icon: Ban },
  { id: 'part', word: 'Approve a smaller part', keys: 's', icon: Scissors },
  { id: 'ask', word: 'Ask a question', keys: 'q', icon: MessageCircleQuestionMark },
  { id: 'edit', word: 'Change what would be sent', keys: 'e', icon: PenLine },
  { id: 'extend', word: 'I need more time', keys: 'm', icon: Clock },
];

/** Everything that somebody who may decide can do, one at a time. */
export function Decide({ ticket, onNext }: { readonly ticket: TicketDetail; readonly onNext: () => void }) {
  const [way, setWay] = useState<Way>();
  const offered = ways.filter(({ id }) => (id !== 'part' || ticket.lists.length > 0) && (id !== 'edit' || ticket.payload !== null));
  useKeys([
    ...offered.map(({ id, keys, word }): Binding => ({ keys, label: word, group: 'Ticket', run: () => setWay(id) })),
    ...(way === undefined ? [] : [{ keys: 'escape', label: 'Leave the decision', group: 'Ticket', run: () => setWay(undefined) }]),
  ]);
  const form = { ticket, onDone: () => setWay(undefined), onLeave: () => setWay(undefined) };
  return (
    <Card title="Your decision">
      {way === undefined ? (
        <div className="flex flex-col gap-2">
          {offered.slice(0, 2).map(({ id, word, keys, icon: Icon }) => (
            <Button key={id} size="lg" look={id === 'approve' ? 'primary' : 'danger-quiet'} onClick={() => setWay(id)}>
              <Icon aria-hidden size={15} /> {word}
              <span className="ml-auto">
                <Keys keys={keys} />
              </span>
            </Button>
          ))}
          <div className="mt-1 flex flex-col">
            {offered.slice(2).map(({ id, word, keys, icon: Icon }) => (
              <button
                key={id}
                type="button"
                onClick={() => setWay(id)}
                className="flex h-9 items-center gap-2 rounded-md px-2 text-sm text-soft hover:bg-hover hover:text-ink"
              >
                <Icon aria-hidden size={14} /> {word}
                <span className="ml-auto">
                  <Keys keys={keys} />
                </span>
              </button>
            ))}
          </div>
        </div>
      ) : (
        formOf(way, form, onNext)
      )}
    </Card>
  );
}

function formOf(way: Way, form: DecideForm, onNext: () => void): ReactNode {
  if (way === 'approve') return <ApproveForm {...form} onNext={onNext} />;
  if (way === 'refuse') return <RefuseForm {...form} />;
  if (way === 'part') return <PartForm {...form} />;
  if (way === 'ask') return <AskForm {...form} />;
  if (way === 'edit') return <EditForm {...form} />;
  return <ExtendForm {...form} />;
}
