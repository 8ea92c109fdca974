import type { ReleaseDetailShown } from '@trapkey/contract/api/catalog.ts';
import { listed } from '../../../lib/format.ts';
import { Chip, CoverageChip } from '../../../ui/chip.tsx';
import { Card, Facts } from '../../../ui/page.tsx';
import { Loaded } from '../../../ui/states.tsx';
import { TierMark } from '../../../ui/tier.tsx';
import type { Tools, useTools } from '../subject-data.ts';
import { capabilityWords } from '../words.ts';

/** Tools as policy classes them, and what the scan of its files found that it can reach. */
export function CapabilitiesTab({
  release,
  tools,
}: {
  readonly release: ReleaseDetailShown | undefined;
  readonly tools: ReturnType<typeof useTools>;
}) {
  return (
    <div className="flex flex-col gap-5">
      {release && <Scanned release={release} />}
      <Loaded query={tools}>{(connectors) => connectors.map((one) => <ConnectorTools key={one.connector} connector={one} />)}</Loaded>
    </div>
  );
}

function ConnectorTools({ connector: { connector, access, environment, tools } }: { readonly connector: Tools[number] }) {
  return (
    <Card title={connector} says={`${access}, ${environment}`} flush>
      <div className="relative overflow-x-auto">
        <table className="w-full min-w-2xl text-left text-sm">
          <caption className="sr-only">Tools of {connector}</caption>
          <thead className="border-t border-line text-xs text-faint">
            <tr>
              {['Tool', 'Effect', 'Tier', 'Autonomy', 'Who decides', 'Checks'].map((head) => (
                <th key={head} scope="col" className="px-4 py-2 font-medium">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {tools.map(({ tool, effect, reversible, tier, autonomy, requiresApproval, approvers, needs, checks }) => (
              <tr key={tool} className="border-t border-line align-top">
                <th scope="row" className="px-4 py-2 font-medium">
                  {tool}
                </th>
                <td className="px-4 py-2">
                  {effect}
                  {reversible && effect !== 'read' && <span className="text-faint"> reversible</span>}
                </td>
                <td className="px-4 py-2">
                  <TierMark tier={tier} />
                </td>
                <td className="px-4 py-2">{requiresApproval ? 'approve, always' : tier === 'low' ? '—' : autonomy}</td>
                <td className="px-4 py-2 text-soft">
                  {tier === 'low' && !requiresApproval ? '—' : `${needs} of ${listed(approvers.map((one) => one.replace(/^group:/, '')))}`}
                </td>
                <td className="px-4 py-2 text-soft">{checks.length === 0 ? '—' : checks.map(({ says }) => says).join(' ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function Scanned({ release: { capabilities, manifest } }: { readonly release: ReleaseDetailShown }) {
  const { plugin, hooks, files } = manifest;
  const names = (list: readonly string[]) => (list.length === 0 ? 'None' : listed(list, 12));
  return (
    <Card title="What the scan found" says={`${files.length} files, ${manifest.definitions.length} definitions; nothing of it was run.`}>
      <ul className="mb-4 divide-y divide-line border-y border-line text-sm">
        {capabilities.map(({ capability, parts, unknown, seenBy, approvedBy }) => (
          <li key={capability} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2">
            <span className="w-52 font-medium">{capabilityWords[capability] ?? capability}</span>
            <span className="min-w-40 flex-1 text-soft">{listed([...parts, ...unknown.map((one) => `${one} (not known)`)], 8)}</span>
            {seenBy.map((one) => (
              <CoverageChip key={one} coverage={one} />
            ))}
            {approvedBy.length === 0 ? (
              <Chip tone="wait">Nobody approved it</Chip>
            ) : (
              <Chip tone="good">
                {listed(
                  approvedBy.map(({ person }) => person),
                  2,
                )}
              </Chip>
            )}
          </li>
        ))}
      </ul>
      {plugin && (
        <Facts
          facts={[
            [
              'Connectors',
              names(plugin.connectors.map(({ name, url, command }) => `${name} (${url ?? command?.join(' ') ?? 'no address'})`)),
            ],
            ['Hosts', names(plugin.hosts)],
            ['Package sources', names(plugin.sources)],
            ['Scripts', names(plugin.scripts)],
            ['Hooks', names(hooks)],
            ['Asks for secrets', names(plugin.secrets)],
            [
              'Parts',
              `${plugin.counts.skills} skills, ${plugin.counts.commands} commands, ${plugin.counts.agents} agents, ${plugin.counts.hooks} hooks`,
            ],
          ]}
        />
      )}
    </Card>
  );
}
