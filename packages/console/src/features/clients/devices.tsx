import type { ClientRow } from '@trapkey/contract/api/clients.ts';
import { count } from '../../lib/format.ts';
import { Card } from '../../ui/page.tsx';
import { ScrollBox } from '../../ui/scroll-box.tsx';
import { Time } from '../../ui/time.tsx';

const heads = ['Device', 'Person', 'Client', 'Sessions', 'Hook', 'Telemetry'];
/** An installation is told apart by the first characters; the rest is for whoever copies it. */
const shownCharacters = 12;

/** Installations of clients of these people, as telemetry names them. Without telemetry nothing says on which device somebody is. */
export function Devices({ people }: { readonly people: readonly ClientRow[] }) {
  const rows = people.flatMap(({ person, devices }) => devices.map((one) => ({ person, ...one })));
  return (
    <Card title="Devices, as telemetry names them" flush>
      {rows.length === 0 ? (
        <p className="px-4 py-3 text-sm text-soft">
          No telemetry named a device. Clients send it where their settings name this gateway: the guide to telemetry says how.
        </p>
      ) : (
        <ScrollBox label="Devices and their clients">
          <table className="w-full text-left text-sm">
            <thead className="text-xs text-faint">
              <tr>
                {heads.map((head) => (
                  <th key={head} className="px-4 py-2 font-medium">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ person, device, client, sessions, hookAtMs, telemetryAtMs }) => (
                <tr key={`${person} ${device}`} className="border-t border-line">
                  <td className="px-4 py-2 font-mono text-xs whitespace-nowrap" title={device}>
                    {device.length > shownCharacters ? `${device.slice(0, shownCharacters)}…` : device}
                  </td>
                  <td className="px-4 py-2">{person}</td>
                  <td className="px-4 py-2 whitespace-nowrap">{client ?? '–'}</td>
                  <td className="px-4 py-2 tabular-nums">{count(sessions)}</td>
                  {[hookAtMs, telemetryAtMs].map((ms, at) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: two columns that never move
                    <td key={at} className="px-4 py-2 whitespace-nowrap">
                      {ms === null ? <span className="text-faint">never</span> : <Time atMs={ms} />}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </Card>
  );
}
