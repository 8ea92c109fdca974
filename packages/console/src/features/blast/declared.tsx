import type { BlastPluginShown } from '@trapkey/contract/api/blast.ts';
import { many } from '../../lib/format.ts';
import { Card } from '../../ui/page.tsx';
import { ScrollBox } from '../../ui/scroll-box.tsx';

/** What the servers of each plugin offer and policy does not grant. */
export function DeclaredTable({ plugins }: { readonly plugins: readonly BlastPluginShown[] }) {
  return plugins.map(({ plugin, release, declared = [] }) => (
    <Card
      key={plugin}
      title={release}
      says={`Its servers offer ${many(declared.length, 'tool', 'tools')} that policy does not grant: every call of one is refused.`}
      flush
    >
      <ScrollBox label={`Tools that ${plugin} is not granted`}>
        <table className="w-full min-w-2xl table-fixed border-t border-line text-left text-sm">
          <caption className="sr-only">What the servers of {plugin} offer and policy does not grant</caption>
          <thead className="text-xs text-faint">
            <tr>
              <th className="w-[32%] px-4 py-2 font-medium">Tool</th>
              <th className="w-[14%] px-4 py-2 font-medium">It seems to</th>
              <th className="px-4 py-2 font-medium">Why it seems so; nobody has confirmed it</th>
            </tr>
          </thead>
          <tbody>
            {declared.map(({ connector, tool, effect, because }) => (
              <tr key={`${connector}.${tool}`} className="border-t border-line align-top">
                <td className="px-4 py-2 font-medium break-words">
                  {connector}.{tool}
                </td>
                <td className="px-4 py-2">{effect}</td>
                <td className="px-4 py-2 text-soft">{because}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </Card>
  ));
}
