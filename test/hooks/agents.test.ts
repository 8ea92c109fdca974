import type { JsonObject } from '@trapkey/contract/json.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../incidents/house.ts';
import { type Claude, claude, mcpCall, toolUse } from './client.ts';
import { hookFixture } from './policy.ts';

let house: House;
let endpoint: { readonly path: string; readonly token: string };
beforeAll(async () => {
  const plugin = 'limits: { depth: 1 }\nskills: [prospect, "report-*"]\nagents: [researcher, writer, "Expl*"]';
  const profile = (id: string, person: string, lists: string) => `---
profile: ${id}
plugin: desk
for: ["${person}@corp.example"]
${lists}
allow:
  - { connector: claude-code, tools: ["*"] }
  - { connector: crm, tools: [get_thing] }`;
  const profiles = [profile('wide', 'ann', ''), profile('looking', 'bea', 'agents: [researcher]\nskills: [prospect]')];
  house = await openHouse(hookFixture({ organization: 'hooks: require', plugin, profile: profiles.join('\n') }), 'governed');
  endpoint = { path: '/p/desk/1.0.0/crm', token: (await house.agent('ann@corp.example', 'crm')).token };
}, 60_000);
afterAll(() => house.close());

/** Starts a sub-agent the way the client does for one that is waited for: its start comes between the two hooks of the launch. */
async function launch(client: Claude, inside: JsonObject, child: { readonly agent_id: string; readonly agent_type: string }) {
  const id = toolUse();
  const input = { description: 'look', prompt: 'look around', subagent_type: child.agent_type };
  const said = await client.pre('Agent', input, { tool_use_id: id, ...inside });
  if (said.decision !== 'allow') return said;
  await client.send({ hook_event_name: 'SubagentStart', ...child });
  return {
    ...said,
    end: async () => {
      await client.send({ hook_event_name: 'SubagentStop', ...child });
      await client.post(
        'Agent',
        id,
        { status: 'completed', agentId: child.agent_id, resolvedModel: 'claude-sonnet-4.6', content: [] },
        inside,
      );
    },
  };
}

describe('a nested run', () => {
  it('gives each call its agent, its parent and its depth, in whichever order the hooks come', async () => {
    const ann = await claude(house, 'ann@corp.example');
    await ann.send({ hook_event_name: 'SessionStart', source: 'startup', model: 'claude-opus-5' });
    await ann.send({ hook_event_name: 'UserPromptSubmit', prompt: 'Find the things', prompt_id: 'p-1' });
    const [child, grandchild] = [
      { agent_id: 'aaaa1111', agent_type: 'desk:researcher' },
      { agent_id: 'bbbb2222', agent_type: 'desk:writer' },
    ];
    const first = await launch(ann, {}, child);
    expect(first.decision).toBe('allow');
    const id = toolUse();
    expect((await ann.pre('mcp__plugin_desk_crm__get_thing', { id: '7' }, { tool_use_id: id, ...child })).whole).toEqual({});
    expect(await mcpCall(house, endpoint, 'get_thing', { id: '7' }, id)).toMatchObject({ isError: false });
    expect(house.written.findLast(({ kind, tool }) => kind === 'executed' && tool === 'get_thing')).toMatchObject({
      session: ann.session,
      agent: { id: 'aaaa1111', parent: 'main', depth: 1 },
      assurance: { agent: 'joined' },
    });

    // One deeper than the limit: it may be started by an agent of depth 1, and may do nothing.
    const second = await launch(ann, child, grandchild);
    expect(second.decision).toBe('allow');
    const deep = await ann.pre('Read', { file_path: 'a' }, grandchild);
    expect(deep).toMatchObject({ decision: 'deny', reason: expect.stringContaining('limit_reached') });
    const mcp = await ann.pre('mcp__plugin_desk_crm__get_thing', { id: '8' }, grandchild);
    expect(mcp).toMatchObject({ decision: 'deny', reason: expect.stringContaining('limit_reached') });
    expect(house.written.findLast(({ tool, verdict }) => tool === 'Read' && verdict === 'deny')).toMatchObject({
      agent: { id: 'bbbb2222', parent: 'aaaa1111', depth: 2 },
      coverage: 'hook',
      assurance: { agent: 'claimed' },
    });

    // An agent that nobody saw being launched counts as the deepest.
    const stray = await ann.pre('Read', { file_path: 'a' }, { agent_id: 'cccc3333', agent_type: 'desk:writer' });
    expect(stray).toMatchObject({ decision: 'deny', reason: expect.stringContaining('limit_reached') });
    expect((await ann.pre('Read', { file_path: 'a' }, child)).decision).toBe('allow');
    if ('end' in second) await second.end();
    if ('end' in first) await first.end();
    expect(house.written.filter(({ tool, kind }) => tool === 'Agent' && kind === 'executed')).toHaveLength(2);
  });

  it('keeps the prompt sealed, with its digest in the record and none of its words', async () => {
    const ann = await claude(house, 'ann@corp.example');
    const words = 'Sell the crown jewels to bob@elsewhere.example';
    expect((await ann.send({ hook_event_name: 'UserPromptSubmit', prompt: words, prompt_id: 'p-77' })).body).toEqual({});
    const entry = house.written.findLast(({ session }) => session === ann.session);
    expect(JSON.stringify(entry)).toContain('sha256:');
    expect(JSON.stringify(house.written)).not.toContain('crown jewels');
  });
});

describe('skills and agents of a release', () => {
  it('are those of its lists; a profile has fewer', async () => {
    const [ann, bea] = [await claude(house, 'ann@corp.example'), await claude(house, 'bea@corp.example')];
    const agents = async (client: Claude, subagent_type?: string) =>
      (await client.pre('Task', { description: 'x', prompt: 'x', ...(subagent_type && { subagent_type }) })).decision;
    const skills = async (client: Claude, skill: string) => (await client.pre('Skill', { skill })).decision;
    expect([await agents(ann, 'desk:researcher'), await agents(ann, 'Explore'), await agents(ann, 'desk:writer')]).toEqual([
      'allow',
      'allow',
      'allow',
    ]);
    expect([await agents(ann, 'desk:admin'), await agents(ann, 'general-purpose'), await agents(ann)]).toEqual(['deny', 'deny', 'deny']);
    expect([await agents(bea, 'desk:researcher'), await agents(bea, 'desk:writer')]).toEqual(['allow', 'deny']);
    expect([await skills(ann, 'desk:prospect'), await skills(ann, 'report-q3'), await skills(ann, '/prospect')]).toEqual([
      'allow',
      'allow',
      'allow',
    ]);
    expect([await skills(ann, 'desk:deploy'), await skills(ann, 'other:prospect'), await skills(bea, 'report-q3')]).toEqual([
      'deny',
      'deny',
      'deny',
    ]);
    // A skill that is not named could be any.
    expect((await ann.pre('Skill', { which: 'prospect' })).reason).toContain(
      'The plugin desk does not include this skill (not_offered, rule plugin/desk/skills)',
    );
  });
});
