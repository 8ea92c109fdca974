import type { TicketDetail } from '@trapkey/contract/api/approvals.ts';
import { Download, Lock } from 'lucide-react';
import { useState } from 'react';
import { plain } from '../../../../lib/format.ts';
import { Button } from '../../../../ui/button.tsx';
import { Card, Facts } from '../../../../ui/page.tsx';
import { Code } from '../../../../ui/quote.tsx';
import { PayloadListView } from './list.tsx';

/** Exactly what would be sent: frozen, so nothing but a person can change it. */
export function PayloadCard({ ticket: { id, payload, payloadCut, lists } }: { readonly ticket: TicketDetail }) {
  const [raw, setRaw] = useState(false);
  if (payload === null) {
    return (
      <Card title="Exactly this would be sent">
        <p className="flex items-center gap-2 text-sm text-soft">
          <Lock aria-hidden size={14} /> Only who asked for it, who may decide it and operators see what it carries.
        </p>
      </Card>
    );
  }
  const args =
    typeof payload.arguments === 'object' && payload.arguments !== null && !Array.isArray(payload.arguments) ? payload.arguments : {};
  const listed = new Set(lists.map(({ argument }) => argument));
  const rest = Object.entries(args).filter(([name]) => !listed.has(name));
  return (
    <Card
      title="Exactly this would be sent"
      says="Frozen: nothing changes it but a person, on record."
      actions={
        <span className="flex gap-2">
          <Button size="sm" look="ghost" aria-pressed={raw} onClick={() => setRaw(!raw)}>
            {raw ? 'As fields' : 'As JSON'}
          </Button>
          <a
            href={`/t/${id}/payload.json`}
            download
            className="inline-flex h-7 items-center gap-1.5 rounded-md border border-line-strong px-2 text-sm font-medium shadow-lift hover:bg-hover"
            title="That you did is recorded"
          >
            <Download aria-hidden size={13} /> Download
          </a>
        </span>
      }
    >
      {raw ? (
        <Code label="Arguments as JSON" text={JSON.stringify(payload.arguments, null, 2)} />
      ) : (
        <div className="flex flex-col gap-5">
          <Facts facts={rest.map(([name, value]) => [name, <Value key={name} value={value} />])} />
          {lists.map((list) => (
            <PayloadListView key={list.argument} list={list} />
          ))}
        </div>
      )}
      {payloadCut && <p className="mt-3 text-xs text-faint">Long lists are cut here; all of it is in the download.</p>}
    </Card>
  );
}

function Value({ value }: { readonly value: unknown }) {
  if (typeof value === 'string') return <span className="whitespace-pre-wrap">{plain(value)}</span>;
  if (typeof value !== 'object' || value === null) return <span className="font-mono text-xs">{String(value)}</span>;
  return <pre className="overflow-x-auto font-mono text-xs whitespace-pre-wrap">{plain(JSON.stringify(value, null, 2))}</pre>;
}
