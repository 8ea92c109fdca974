import type { JsonObject } from '@trapkey/contract/json.ts';
import type { HookCall } from '../../kernel/announced.ts';
import type { Call } from '../../kernel/call.ts';
import { rfc3339 } from '../../kernel/clock.ts';
import { releaseFor } from '../../kernel/release-standing.ts';
import { denied, noOpinion } from './answers.ts';
import { type McpTool, mcpTool } from './names.ts';
import { calledBy, type Told } from './told.ts';

const otherwise =
  'NOT DONE: a call of this id was announced already, as another one (announced_otherwise, rule organization/hooks). Nothing was changed.\nEach call has an id of its own: make it again as a new one.';

/**
 * A call that the gateway is about to get. Only a stop or a rule that refuses it already speaks here; whether it may run,
 * must be held or uses up a limit is decided once, at the gateway.
 */
export async function announce(told: Told, hooked: HookCall): Promise<JsonObject> {
  const policy = told.policy();
  const tool = mcpTool(policy, hooked.tool);
  if (!tool) return await uncovered(told, hooked);
  const call = await calling(told, hooked, tool);
  let again = false;
  const ruling = await told.forehear(call, async (latch) => {
    const came = await told.announcements.announce(hooked, latch);
    if (came === 'moved') return 'moved';
    again = came === 'otherwise';
    return 'written';
  });
  if (ruling) return denied(told.texts.refused({ kind: 'refused', call: call.id, ruling, happened: 'nothing' }, call));
  return again ? denied(otherwise) : noOpinion;
}

/** The call as the gateway will get it, as far as it can be known here. */
async function calling(told: Told, hooked: HookCall, { plugin, version: current, connector, tool }: McpTool): Promise<Call> {
  const call = await calledBy(told, hooked);
  // The name of a tool says no release: it is the one that this person is given.
  const version = releaseFor(told.policy().plugins.get(plugin)?.releases, plugin, call.credential.person) ?? current;
  const { hookSession: _session, ...claims } = call.claims;
  const audience = `/p/${plugin}/${version}/${connector}`;
  return {
    ...call,
    endpoint: { plugin, version, connector },
    credential: { ...call.credential, audience, profile: undefined },
    name: tool,
    claims,
    via: 'mcp',
  };
}

/** An MCP server that does not lead through the gateway: nothing of it can be decided, so it is refused where hooks are required. */
async function uncovered(told: Told, { tool, session, atMs, agent }: HookCall): Promise<JsonObject> {
  const { organization, digest } = told.policy();
  const { credential, endpoint } = told.caller;
  const refused = organization.hooks === 'require';
  await told.note({
    timestamp: rfc3339(atMs),
    kind: refused ? 'decided' : 'attributed',
    actor: 'claude-code',
    on_behalf_of: credential.person,
    plugin: `${endpoint.plugin}@${endpoint.version}`,
    tool: tool.slice(0, 128),
    session,
    agent: { id: agent },
    policy: digest,
    coverage: 'hook',
    ...(refused && { verdict: 'deny', code: 'unknown_connector', rule: 'organization/hooks' }),
    detail: 'A tool of an MCP server that no connector of the policy covers.',
    assurance: { on_behalf_of: credential.assurance.person, session: 'claimed', agent: 'claimed' },
  });
  if (!refused) {
    const says = 'A client called a tool of an MCP server that no connector of the policy covers. Nothing of it was decided here.';
    told.raise({ kind: 'bypass', scope: `plugin:${endpoint.plugin}`, plugin: endpoint.plugin, says, atMs });
    return noOpinion;
  }
  return denied(
    `NOT DONE: not allowed. No connector of the policy covers this MCP server, and the organization lets none run past the gateway (unknown_connector, rule organization/hooks). Nothing was changed.\nWho can change this: ${organization.owner}. Do not try another way to the same goal.`,
  );
}
