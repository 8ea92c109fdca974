import type { Code } from '@trapkey/contract/codes.ts';
import type { Call } from '../../kernel/call.ts';
import type { Moment, Subject } from '../../kernel/facts.ts';
import type { RunReader } from '../../kernel/readers.ts';
import { refusedConnector, refusedRelease } from '../../kernel/release-standing.ts';
import { provedSession } from '../../kernel/runs.ts';
import { type Said, stage } from '../../kernel/stage.ts';
import { takesBack } from '../../kernel/takes-back.ts';
import { isFor, personOf, profileOf } from './person.ts';

/** What tells who asks: of a call, or of a client that only wants to see the list. */
export type Asking = Pick<Call, 'credential' | 'endpoint' | 'session' | 'atMs' | 'where'> & Partial<Pick<Call, 'via'>>;

/** Who asks, for whom, with which release. Always enforced. */
export function identify(runs: RunReader) {
  return stage({
    name: 'identify',
    needs: ['call'],
    gives: 'subject',
    run: ({ call }, moment) => whoAsks(call, moment, runs),
  });
}

/** The subject of an asking, or the refusal. */
export function whoAsks(asking: Asking, moment: Moment, runs: RunReader): Said<Subject> {
  const { credential, endpoint } = asking;
  const { policy, organization } = moment;
  const path = `/p/${endpoint.plugin}/${endpoint.version}/${endpoint.connector}`;
  if (credential.audience !== path) {
    return deny(
      'wrong_audience',
      'identify/audience',
      'This credential was issued for another endpoint; connect again for this one',
      organization.owner,
    );
  }
  const plugin = policy.plugins.get(endpoint.plugin);
  if (!plugin) return deny('unknown_plugin', 'identify/plugin', `No plugin ${named(endpoint.plugin)} is in the policy`, organization.owner);
  const person = personOf(credential, policy);
  if (person.inactive)
    return deny('not_for_person', 'directory/inactive', 'This person is deactivated in the directory', organization.owner);
  const undoing = takesBack(asking);
  if (!undoing && !isFor(plugin.for, person)) {
    return deny('not_for_person', `plugin/${plugin.id}/for`, `The plugin ${plugin.id} is not for this person`, plugin.owner);
  }
  const refused = undoing ? undefined : plugin.releases && refusedRelease(plugin.releases, plugin.id, named(endpoint.version), person.id);
  if (refused) return deny(refused.code, `catalog/plugin/${plugin.id}`, refused.says, plugin.owner);
  if (!undoing && !plugin.releases && endpoint.version !== plugin.version) {
    const says = `Release ${plugin.id}@${named(endpoint.version)} is not current; ${plugin.id}@${plugin.version} is. Update the plugin and connect again`;
    return deny('release_not_current', `plugin/${plugin.id}/release`, says, plugin.owner);
  }
  const connector = plugin.connectors.includes(endpoint.connector) ? policy.connectors.get(endpoint.connector) : undefined;
  if (!connector) {
    return deny(
      'unknown_connector',
      `plugin/${plugin.id}/connectors`,
      `The plugin ${plugin.id} has no connector ${named(endpoint.connector)}`,
      plugin.owner,
    );
  }
  const unapproved = connector.releases && refusedConnector(connector.releases, connector.id, person.id);
  if (unapproved !== undefined) return deny('release_not_approved', `catalog/connector/${connector.id}`, unapproved, connector.owner);
  // A profile is of a task that a person gives an agent; what is taken back is an operator's own.
  const chosen = undoing ? undefined : profileOf(credential.profile, policy.profiles.get(plugin.id) ?? [], person);
  if (chosen === 'none usable') {
    return deny(
      'not_in_profile',
      `plugin/${plugin.id}/profiles`,
      `No profile of ${plugin.id} that was asked for is one that this person may use`,
      plugin.owner,
    );
  }
  const run = runs.current({
    person: person.id,
    plugin: plugin.id,
    version: endpoint.version,
    // Where no second witness proves the session, limits count the person with the release: this only splits what is shown.
    session: provedSession(asking.where) ?? asking.session,
    profile: chosen?.id,
    atMs: asking.atMs,
  });
  if (chosen?.lastsMs !== undefined && asking.atMs >= run.startedAtMs + chosen.lastsMs) {
    return deny(
      'not_in_profile',
      `profile/${chosen.id}/lasts`,
      `The time of profile ${chosen.id} is up for this run; start a new one`,
      plugin.owner,
    );
  }
  const assurance = assuranceOf(asking);
  const asUsed = plugin.version === endpoint.version ? plugin : { ...plugin, version: endpoint.version };
  return {
    pass: { person: person.id, groups: person.groups, region: person.region, plugin: asUsed, connector, profile: chosen, run, assurance },
  };
}

/** How far each attribute of its entries is proved. Without a second witness a run is a person with a release, and says so. */
function assuranceOf({ credential, session, where }: Asking): Subject['assurance'] {
  const { person: on_behalf_of, plugin } = credential.assurance;
  const actor = 'claimed' as const;
  // In the order in which they are written down.
  if (!where)
    return { actor, agent: 'unknown', on_behalf_of, plugin, run: 'unknown', session: session === undefined ? 'unknown' : 'claimed' };
  const { session: said, agent, parent, depth, prompt, model, agentType } = where;
  return {
    actor,
    agent: agent.assurance,
    ...(agentType.value !== undefined && { agent_type: agentType.assurance }),
    depth: depth.assurance,
    ...(model.value !== undefined && { model: model.assurance }),
    on_behalf_of,
    parent: parent.assurance,
    plugin,
    ...(prompt.value !== undefined && { prompt: prompt.assurance }),
    run: provedSession(where) === undefined ? 'unknown' : said.assurance,
    session: said.assurance,
  };
}

function deny(code: Code, rule: string, says: string, owner: string): Said<never> {
  return { ruling: { verdict: 'deny', code, rule, says, owner } };
}

/** What the client sent comes back short and without anything that could pose as our words. */
function named(text: string): string {
  return text.replaceAll(/[^\w.@+-]/g, '?').slice(0, 64);
}
