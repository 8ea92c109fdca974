import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../incidents/house.ts';
import { type Claude, claude, mcpCall, toolUse } from './client.ts';
import { hookFixture } from './policy.ts';

const named = 'mcp__plugin_desk_crm__get_thing';

interface Setting {
  readonly house: House;
  readonly ann: Claude;
  readonly endpoint: { readonly path: string; readonly token: string };
}

async function open(organization: string, more: { readonly plugin?: string } = {}): Promise<Setting> {
  const house = await openHouse(hookFixture({ organization, ...more }), 'governed');
  const { token } = await house.agent('ann@corp.example', 'crm');
  return { house, ann: await claude(house, 'ann@corp.example'), endpoint: { path: '/p/desk/1.0.0/crm', token } };
}

describe('hooks: require', () => {
  let at: Setting;
  beforeAll(async () => {
    at = await open('hooks: require', { plugin: 'agents: [researcher]' });
  }, 60_000);
  afterAll(() => at.house.close());
  const call = (id: string | undefined, args: { readonly id: string }) => mcpCall(at.house, at.endpoint, 'get_thing', args, id);

  it('runs a call that was announced, as the session and agent that announced it', async () => {
    const id = toolUse();
    const agent = { agent_id: 'ac27aff8bd76b7847', agent_type: 'desk:researcher', prompt_id: '51e1' };
    await at.ann.pre('Agent', { prompt: 'x', description: 'x', subagent_type: 'desk:researcher' });
    const said = await at.ann.pre(
      named,
      { id: '7' },
      { tool_use_id: id, ...agent, mcp_server: { name: 'plugin:desk:crm', source: 'plugin' } },
    );
    // No verdict of the hook: whether it runs, is held or counted is decided once, at the gateway.
    expect(said.whole).toEqual({});
    expect(await call(id, { id: '7' })).toMatchObject({ isError: false });
    expect(at.house.reached('get_thing')).toHaveLength(1);
    expect(at.house.written.filter((entry) => entry.tool === 'get_thing').map(({ kind }) => kind)).toEqual([
      'requested',
      'decided',
      'executed',
    ]);
    expect(at.house.written.findLast((entry) => entry.kind === 'executed')).toMatchObject({
      session: at.ann.session,
      agent: { id: 'ac27aff8bd76b7847' },
      assurance: { on_behalf_of: 'proved', agent: 'joined' },
    });
  });

  it('refuses, in words, what nobody announced, what another person announced, and what came in another way than announced', async () => {
    const before = at.house.reached('get_thing').length;
    expect((await call(undefined, { id: '7' })).text).toContain('No hook of this person announced this call');
    expect((await call(toolUse(), { id: '7' })).text).toContain('(not_announced, rule organization/hooks). Nothing was changed.');

    const bea = await claude(at.house, 'bea@corp.example');
    const ofBea = toolUse();
    await bea.pre(named, { id: '7' }, { tool_use_id: ofBea });
    expect((await call(ofBea, { id: '7' })).text).toContain('not_announced');

    const [bytes, tool, plugin] = [toolUse(), toolUse(), toolUse()];
    await at.ann.pre(named, { id: '7' }, { tool_use_id: bytes });
    expect((await call(bytes, { id: '8' })).text).toContain(
      'The hook announced other arguments than were called with (announced_otherwise, rule organization/hooks). Nothing was changed.',
    );
    await at.ann.pre('mcp__plugin_desk_crm__delete_thing', { id: '7' }, { tool_use_id: tool });
    expect((await call(tool, { id: '7' })).text).toContain('announced_otherwise');
    await at.ann.pre('mcp__plugin_other_crm__get_thing', { id: '7' }, { tool_use_id: plugin });
    expect((await call(plugin, { id: '7' })).text).toContain('not_announced');
    expect(at.house.reached('get_thing')).toHaveLength(before);
  });

  it('refuses a server that does not lead through the gateway', async () => {
    const said = await at.ann.pre('mcp__shadow__send_all', { to: 'x' });
    expect(said).toMatchObject({ decision: 'deny', reason: expect.stringContaining('No connector of the policy covers this MCP server') });
    expect(at.house.written.at(-1)).toMatchObject({ kind: 'decided', verdict: 'deny', code: 'unknown_connector', coverage: 'hook' });
  });

  it('says a no of the policy in the hook already, and reserves nothing', async () => {
    const said = await at.ann.pre('mcp__plugin_desk_crm__delete_thing', { id: '1' });
    expect(said).toMatchObject({ decision: 'deny', reason: expect.stringContaining('Thing 1 stays (check_failed') });
    // What a person must approve is no matter of the hook.
    expect((await at.ann.pre('mcp__plugin_desk_crm__delete_thing', { id: '2' })).whole).toEqual({});
    expect(at.house.written.some((entry) => entry.kind === 'held')).toBe(false);
  });

  it('lets no agent use the plugin that its list leaves out', async () => {
    const inside = { agent_id: 'b1', agent_type: 'desk:writer' };
    expect(await at.ann.pre(named, { id: '7' }, inside)).toMatchObject({
      decision: 'deny',
      reason: expect.stringContaining('The plugin desk does not include this agent (not_offered, rule plugin/desk/agents)'),
    });
  });
});

describe('hooks: observe', () => {
  let at: Setting;
  beforeAll(async () => {
    at = await open('hooks: observe');
  }, 60_000);
  afterAll(() => at.house.close());
  const call = (id: string | undefined, args: { readonly id: string }) => mcpCall(at.house, at.endpoint, 'get_thing', args, id);

  it('lets run what nobody announced, and the entry says that nobody did', async () => {
    expect(await call(toolUse(), { id: '7' })).toMatchObject({ isError: false });
    const entry = at.house.written.findLast(({ kind }) => kind === 'executed');
    expect(entry?.assurance).toMatchObject({ on_behalf_of: 'proved', session: 'unknown', agent: 'unknown' });
    expect(entry).not.toHaveProperty('session');
  });

  it('bears a witness that is missing, and not one that contradicts', async () => {
    const before = at.house.reached('get_thing').length;
    const id = toolUse();
    await at.ann.pre(named, { id: '7' }, { tool_use_id: id });
    expect(await call(id, { id: '8' })).toMatchObject({ isError: true, text: expect.stringContaining('announced_otherwise') });
    expect(at.house.reached('get_thing')).toHaveLength(before);
    expect(await call(id, { id: '7' })).toMatchObject({ isError: false });
  });

  it('tells of a server that does not lead through the gateway, and lets it be', async () => {
    expect((await at.ann.pre('mcp__shadow__send_all', { to: 'x' })).whole).toEqual({});
    expect(at.house.written.at(-1)).toMatchObject({ kind: 'attributed', coverage: 'hook', tool: 'mcp__shadow__send_all' });
  });
});
