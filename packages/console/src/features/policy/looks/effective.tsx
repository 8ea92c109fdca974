import { type PolicyEffective, policyEffective } from '@trapkey/contract/api/policy.ts';
import { UserSearch } from 'lucide-react';
import { z } from 'zod';
import { useFilters } from '../../../lib/filters.ts';
import { listed, many, nameOf } from '../../../lib/format.ts';
import { useGet } from '../../../lib/queries.ts';
import { StateChip } from '../../../ui/chip.tsx';
import { FilterSelect } from '../../../ui/field.tsx';
import { Card } from '../../../ui/page.tsx';
import { SearchField } from '../../../ui/search-field.tsx';
import { Empty, Loaded } from '../../../ui/states.tsx';
import { TierMark } from '../../../ui/tier.tsx';

const filters = z.object({ of: z.enum(['person', 'plugin']).default('person'), who: z.string().max(300).default('') });
type Plugin = PolicyEffective['plugins'][number];

/** What the running rules come to for one person, or for one plugin. */
export function Effective() {
  const [{ of, who }, set] = useFilters(filters);
  const query = useGet('/api/policy/effective', policyEffective, {
    query: { [of]: who },
    topics: ['policy', 'catalog'],
    enabled: who !== '',
  });
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-center gap-2">
        <FilterSelect
          label="Whom to ask about"
          value={of}
          options={[
            ['person', 'A person'],
            ['plugin', 'A plugin'],
          ]}
          onValue={(value) => set({ of: value as typeof of, who: '' })}
        />
        <SearchField
          label={of === 'person' ? 'Person' : 'Plugin'}
          placeholder={of === 'person' ? 'j.rivera@corp.example' : 'sales-outreach'}
          value={who}
          onValue={(value) => set({ who: value })}
        />
      </div>
      {who === '' ? (
        <Card>
          <Empty icon={UserSearch} title="Whom do you ask about?">
            The rules of the organization, the plugin, its connectors and profiles as one answer, decided as a call is.
          </Empty>
        </Card>
      ) : (
        <Loaded query={query}>{(found) => <Answer found={found} who={who} />}</Loaded>
      )}
    </div>
  );
}

function Answer({ found: { person, plugins, more }, who }: { readonly found: PolicyEffective; readonly who: string }) {
  return (
    <>
      <p role="status" className="text-base">
        {person
          ? `${person.id} ${person.known ? `is in ${listed(person.groups) || 'no group'}` : 'is not in the directory'} and may use ${many(plugins.length, 'plugin')}.`
          : plugins.length === 0
            ? `Policy has no plugin ${who}.`
            : `${who} ${plugins[0]?.version ?? ''}, looked after by ${plugins[0]?.owner ?? ''}.`}
      </p>
      {plugins.map((one) => (
        <PluginCard key={one.plugin} plugin={one} />
      ))}
      {more && <p className="text-xs text-faint">There are more; these are the first.</p>}
    </>
  );
}

const heads = ['Tool', 'Effect', 'Tier', 'What happens', 'Checks'] as const;

function PluginCard({ plugin: { plugin, version, mode, connectors, profiles, for: whom } }: { readonly plugin: Plugin }) {
  const profileWords = profiles.length === 0 ? '' : `; profiles ${listed(profiles.map(({ id }) => id))}`;
  return (
    <Card
      title={`${plugin} ${version}`}
      says={`For ${listed(whom.map(nameOf))}${profileWords}.`}
      actions={<StateChip state={mode} />}
      flush
    >
      <div className="relative overflow-x-auto">
        <table className="w-full min-w-2xl text-left text-sm">
          <caption className="sr-only">What {plugin} may do</caption>
          <thead className="border-t border-line text-xs text-faint">
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col" className="px-4 py-2 font-medium">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {connectors.flatMap(({ connector, access, tools }) =>
              tools.map((tool) => (
                <tr key={`${connector}.${tool.tool}`} className="border-t border-line align-top">
                  <th scope="row" className="px-4 py-2 font-medium">
                    {connector}.{tool.tool}
                  </th>
                  <td className="px-4 py-2">{tool.effect}</td>
                  <td className="px-4 py-2">
                    <TierMark tier={tool.tier} />
                  </td>
                  <td className="px-4 py-2 text-soft">{happens(tool, access)}</td>
                  <td className="px-4 py-2 text-soft">{tool.checks.map(({ says }) => says).join(' ') || '—'}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

function happens(tool: Plugin['connectors'][number]['tools'][number], access: string): string {
  const { effect, tier, autonomy, requiresApproval, approvers, needs } = tool;
  if (access === 'read-only' && effect !== 'read' && effect !== 'draft') return 'Refused: the connector is read-only';
  const people = `${needs} of ${listed(approvers.map(nameOf))}`;
  if (requiresApproval || tier === 'high') return `Held for ${people}`;
  if (tier === 'low' || autonomy === 'unattended') return 'Runs, and is recorded';
  if (autonomy === 'sample') return 'Runs or is staged; a sample is looked at';
  return autonomy === 'draft' ? 'Only drafts' : `Held for ${people}`;
}
