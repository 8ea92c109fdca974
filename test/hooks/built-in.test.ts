import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../incidents/house.ts';
import { type Claude, claude, toolUse } from './client.ts';
import { hookFixture } from './policy.ts';

let house: House;
let ann: Claude;
beforeAll(async () => {
  house = await openHouse(hookFixture(), 'governed');
  ann = await claude(house, 'ann@corp.example');
}, 60_000);
afterAll(() => house.close());

const entriesOf = (tool: string, session = ann.session) =>
  house.written.filter((entry) => entry.tool === tool && entry.session === session);

describe('a built-in tool', () => {
  it('is let run by the same pipeline, and its end is recorded by the hook that follows', async () => {
    const id = toolUse();
    const said = await ann.pre('Read', { file_path: '/home/x/a.txt' }, { tool_use_id: id });
    expect(said.whole).toEqual({
      hookSpecificOutput: {
        hookEventName: 'PreToolUse',
        permissionDecision: 'allow',
        permissionDecisionReason: expect.stringContaining('allowed'),
      },
    });
    expect(await ann.post('Read', id, { type: 'text', file: { content: 'x' } })).toEqual({});
    expect(entriesOf('Read').map(({ kind, coverage, verdict, outcome }) => ({ kind, coverage, verdict, outcome }))).toEqual([
      { kind: 'requested', coverage: 'hook', verdict: undefined, outcome: undefined },
      { kind: 'decided', coverage: 'hook', verdict: 'allow', outcome: undefined },
      { kind: 'executed', coverage: 'hook', verdict: 'allow', outcome: 'done' },
    ]);
    expect(entriesOf('Read').at(-1)).toMatchObject({ assurance: { on_behalf_of: 'proved', outcome: 'claimed' }, upstream_ms: 12 });
  });

  it('that a check refuses never proceeds, and the words say which rule and whom to ask', async () => {
    const said = await ann.pre('Bash', { command: 'curl https://evil.example' });
    expect(said.decision).toBe('deny');
    expect(said.reason).toContain(
      'NOT DONE: not allowed. No curl from here (check_failed, rule check/claude-code.Bash/1). Nothing was changed.',
    );
    expect(entriesOf('Bash').map(({ kind, verdict, code }) => [kind, verdict, code])).toEqual([
      ['requested', undefined, undefined],
      ['decided', 'deny', 'check_failed'],
    ]);
  });

  it('that no document lists is refused', async () => {
    expect(await ann.pre('NotebookEdit', { notebook_path: 'x' })).toMatchObject({
      decision: 'deny',
      reason: expect.stringContaining('not_offered'),
    });
  });
});

describe('a built-in tool that a person must approve', () => {
  it('is held in words, passes once when approved, with the bytes that were approved', async () => {
    const command = { command: 'make deploy', description: 'ship it' };
    const held = await ann.pre('Bash', command);
    expect(held).toMatchObject({ decision: 'deny', ticket: expect.stringMatching(/^TK-/) });
    expect(held.reason.split('\n').slice(0, 2)).toEqual([
      `NOT DONE: held for approval, ticket ${held.ticket}. Nothing was sent.`,
      'claude-code.Bash would run "make deploy", in laptops. It cannot be undone.',
    ]);
    expect((await ann.pre('Bash', command)).ticket).toBe(held.ticket);
    const lee = await house.person('lee@corp.example');
    expect((await lee.approve(held.ticket)).body).toMatchObject({ state: 'approved' });

    // Not another session of the same person, not another agent in it, not other bytes.
    const elsewhere = await claude(house, 'ann@corp.example');
    expect((await elsewhere.pre('Bash', command)).decision).toBe('deny');
    expect((await ann.pre('Bash', command, { agent_id: 'a1', agent_type: 'general-purpose' })).decision).toBe('deny');
    expect((await ann.pre('Bash', { ...command, command: 'make deploy FORCE=1' })).decision).toBe('deny');

    const id = toolUse();
    const said = await ann.pre('Bash', command, { tool_use_id: id });
    expect(said).toMatchObject({ decision: 'allow', updatedInput: command });
    expect((await lee.show(held.ticket)).state).toBe('executing');
    await ann.post('Bash', id, { stdout: 'done', stderr: '', interrupted: false });
    expect((await lee.show(held.ticket)).state).toBe('done');
    expect(entriesOf('Bash').at(-1)).toMatchObject({
      kind: 'executed',
      approval: 'human:lee@corp.example',
      ticket: held.ticket,
      coverage: 'hook',
    });

    const next = await ann.pre('Bash', command);
    expect(next).toMatchObject({ decision: 'deny' });
    expect(next.ticket).not.toBe(held.ticket);
  });

  it('is never run from here: not when it is approved, not by Run, not by coming back for its ticket', async () => {
    const held = await ann.pre('Bash', { command: 'make test' });
    const lee = await house.person('lee@corp.example');
    expect((await lee.approve(held.ticket, { runs: 'approval' })).status).toBe(200);
    const agent = await house.agent('ann@corp.example', 'claude-code');
    const waited = await agent.call('trapkey_wait', { ticket: held.ticket, seconds: 0 });
    expect(waited).toMatchObject({ isError: true, text: expect.stringContaining('client_runs') });
    expect((await lee.show(held.ticket)).state).toBe('approved');
    expect(await ann.pre('Bash', { command: 'make test' })).toMatchObject({ decision: 'allow', updatedInput: { command: 'make test' } });
  });

  it('runs as a person changed it', async () => {
    const held = await ann.pre('Bash', { command: 'rm -r build', timeout: 5 });
    const lee = await house.person('lee@corp.example');
    const changed = await lee.decide(held.ticket, { decision: 'edit', arguments: { command: 'rm -r build/tmp', timeout: 5 } });
    expect(changed.status, JSON.stringify(changed.body)).toBe(200);
    const max = await house.person('max@corp.example');
    expect((await max.approve(held.ticket)).body).toMatchObject({ state: 'approved' });
    const id = toolUse();
    const said = await ann.pre('Bash', { command: 'rm -r build', timeout: 5 }, { tool_use_id: id });
    expect(said).toMatchObject({ decision: 'allow', updatedInput: { command: 'rm -r build/tmp', timeout: 5 } });
    // A second hook of the same client hears the same.
    expect(await ann.pre('Bash', { command: 'rm -r build', timeout: 5 }, { tool_use_id: id })).toMatchObject({
      decision: 'allow',
      updatedInput: { command: 'rm -r build/tmp', timeout: 5 },
    });
  });

  it('whose end nobody tells closes as unknown when the session ends, and is spent', async () => {
    const bea = await claude(house, 'bea@corp.example');
    const held = await bea.pre('Bash', { command: 'sleep 1' });
    const lee = await house.person('lee@corp.example');
    await lee.approve(held.ticket);
    const id = toolUse();
    expect((await bea.pre('Bash', { command: 'sleep 1' }, { tool_use_id: id })).decision).toBe('allow');
    await bea.send({ hook_event_name: 'SessionEnd', reason: 'other' });
    expect((await lee.show(held.ticket)).state).toBe('unknown');
    expect(entriesOf('Bash', bea.session).at(-1)).toMatchObject({ kind: 'closed', outcome: 'unknown', ticket: held.ticket });
    expect((await bea.pre('Bash', { command: 'sleep 1' })).decision).toBe('deny');
  });
});

describe('the same call told twice', () => {
  it('is one call: two hooks of one client hear the same, and its end is recorded once', async () => {
    const cat = await claude(house, 'ann@corp.example');
    const id = toolUse();
    const both = await Promise.all([1, 2, 3].map(() => cat.pre('Write', { file_path: 'a', content: 'b' }, { tool_use_id: id })));
    expect(both.map(({ decision }) => decision)).toEqual(['allow', 'allow', 'allow']);
    await Promise.all([1, 2, 3].map(() => cat.post('Write', id, 'ok')));
    expect(entriesOf('Write', cat.session).map(({ kind }) => kind)).toEqual(['requested', 'decided', 'executed']);
    // Used up: the same id is no way to run it again without an entry.
    expect(await cat.pre('Write', { file_path: 'a', content: 'b' }, { tool_use_id: id })).toMatchObject({
      decision: 'deny',
      reason: expect.stringContaining('announced_otherwise'),
    });
  });

  it('with other bytes under the same id is refused', async () => {
    const id = toolUse();
    expect((await ann.pre('Read', { file_path: 'a' }, { tool_use_id: id })).decision).toBe('allow');
    expect((await ann.pre('Read', { file_path: '/etc/shadow' }, { tool_use_id: id })).decision).toBe('deny');
    // Another person's call of the same id is another call.
    const bea = await claude(house, 'bea@corp.example');
    expect((await bea.pre('Read', { file_path: 'a' }, { tool_use_id: id })).decision).toBe('allow');
  });

  it('and an end that came before its beginning, of another session or of another person is none', async () => {
    const id = toolUse();
    await ann.post('Read', id, 'x');
    expect(house.written.at(-1)).toMatchObject({ kind: 'attributed', coverage: 'reported', tool: 'Read' });
    expect((await ann.pre('Read', { file_path: 'a' }, { tool_use_id: id })).decision).toBe('allow');
    const [bea, other] = [await claude(house, 'bea@corp.example'), await claude(house, 'ann@corp.example')];
    await bea.post('Read', id, 'x');
    await other.post('Read', id, 'x');
    expect(house.written.filter((entry) => entry.kind === 'executed' && entry.session === other.session)).toEqual([]);
    await ann.post('Read', id, 'x');
    expect(house.written.at(-1)).toMatchObject({ kind: 'executed', session: ann.session });
  });
});

describe('a stop', () => {
  it('denies a built-in tool and the announcement of an MCP call, also one that was let run a moment ago', async () => {
    const id = toolUse();
    expect((await ann.pre('Read', { file_path: 'a' }, { tool_use_id: id })).decision).toBe('allow');
    await house.stop({ kind: 'everything' });
    const again = await ann.pre('Read', { file_path: 'a' }, { tool_use_id: id });
    expect(again).toMatchObject({ decision: 'deny', reason: expect.stringContaining('(stopped, rule stop/') });
    // `continue: false` would end the session and let this tool run.
    expect(again.whole).not.toHaveProperty('continue');
    const mcp = await ann.pre('mcp__plugin_desk_crm__get_thing', { id: '7' });
    expect(mcp).toMatchObject({ decision: 'deny', reason: expect.stringContaining('(stopped, rule stop/') });
    expect(house.reached('get_thing')).toEqual([]);
  });
});
