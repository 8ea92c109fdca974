import type { ClientList } from '@trapkey/contract/api/clients.ts';
import { Check, X } from 'lucide-react';
import { Card } from '../../ui/page.tsx';
import { ScrollBox } from '../../ui/scroll-box.tsx';
import { Time } from '../../ui/time.tsx';

/** What each way in can do, and when a rehearsal last proved it. */
export function Ways({ ways }: Pick<ClientList, 'ways'>) {
  return (
    <Card title="What each way can do" flush>
      <ScrollBox label="Ways in, side by side">
        <table className="w-full text-left text-sm">
          <thead className="text-xs text-faint">
            <tr>
              {['Way in', 'Records', 'Blocks', 'Asks a person', 'Proved by a rehearsal', ''].map((head) => (
                <th key={head} className="px-4 py-2 font-medium">
                  {head || <span className="sr-only">In words</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ways.map((one) => (
              <tr key={one.way} className="border-t border-line align-top">
                <td className="px-4 py-2 font-medium whitespace-nowrap">{one.way}</td>
                {[one.records, one.blocks, one.approves].map((yes, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: three columns that never move
                  <td key={at} className="px-4 py-2">
                    <Yes yes={yes} />
                  </td>
                ))}
                <td className="px-4 py-2 whitespace-nowrap">
                  {one.proved === null ? (
                    <span className="text-faint">never</span>
                  ) : (
                    <>
                      {one.proved.state}, <Time atMs={one.proved.atMs} />
                    </>
                  )}
                </td>
                <td className="px-4 py-2 text-soft">{one.says}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </Card>
  );
}

function Yes({ yes }: { readonly yes: boolean }) {
  return yes ? (
    <span className="inline-flex items-center gap-1 text-good">
      <Check aria-hidden size={14} /> yes
    </span>
  ) : (
    <span className="inline-flex items-center gap-1 text-bad">
      <X aria-hidden size={14} /> no
    </span>
  );
}
