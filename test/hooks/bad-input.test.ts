import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../incidents/house.ts';
import { type Claude, claude, toolUse } from './client.ts';
import { hookFixture } from './policy.ts';

let house: House;
let ann: Claude;
beforeAll(async () => {
  house = await openHouse(hookFixture({ organization: 'hooks: observe' }), 'governed');
  ann = await claude(house, 'ann@corp.example');
}, 60_000);
afterAll(() => house.close());

const pre = { hook_event_name: 'PreToolUse', tool_name: 'Read', tool_input: { file_path: 'a' } };

/** Whatever else is wrong: a client that reads the answer does not run the tool. */
async function refused(sent: Promise<{ readonly status: number; readonly body: object }>): Promise<string> {
  const { status, body } = await sent;
  const verdict = ann.verdictOf(body as never);
  // Clients let the tool run on any other status, unless their hook says otherwise.
  expect({ status, decision: verdict.decision }).toEqual({ status: 200, decision: 'deny' });
  return verdict.reason;
}

describe('an event that is not one', () => {
  it('is answered with a no that clients understand', async () => {
    const whole = { session_id: ann.session, ...pre, tool_use_id: 'toolu_1' };
    const bodies: readonly (readonly [string, string])[] = [
      ['', 'it is no JSON'],
      ['{', 'it is no JSON'],
      ['[]', 'it names no hook_event_name'],
      ['{"hook_event_name":"PreToolUse"}', 'is not as Claude Code sends it'],
      [JSON.stringify({ ...whole, tool_input: 'ls' }), 'tool_input is not as'],
      [JSON.stringify({ ...whole, tool_use_id: 7 }), 'tool_use_id is not as'],
      [JSON.stringify({ ...whole, tool_use_id: "'; drop table announcements" }), 'tool_use_id is not as'],
      [JSON.stringify({ ...whole, session_id: 'x'.repeat(129) }), 'session_id is not as'],
      // What is decided must be what any reader of the same bytes would see.
      [JSON.stringify(whole).replace('"file_path":"a"', '"file_path":"a","file_path":"/etc/shadow"'), 'not I-JSON'],
      [JSON.stringify(whole).replace('"a"', '"\\ud800"'), 'not I-JSON'],
      [JSON.stringify(whole).replace('"a"', '9007199254740993'), 'not I-JSON'],
      [JSON.stringify(whole).replace('{"file_path":"a"}', `${'{"a":'.repeat(80)}1${'}'.repeat(80)}`), 'not I-JSON'],
    ];
    const before = house.written.length;
    for (const [body, says] of bodies) expect(await refused(ann.send({}, { body })), body.slice(0, 80)).toContain(says);
    expect(house.written.slice(before).filter(({ kind }) => kind === 'requested')).toEqual([]);
  });

  it('of ten megabytes is not read to its end', async () => {
    const body = JSON.stringify({
      session_id: ann.session,
      ...pre,
      tool_use_id: toolUse(),
      tool_input: { file_path: 'a'.repeat(10 * 2 ** 20) },
    });
    expect(await refused(ann.send({}, { body }))).toContain('over 4194304 bytes');
  });

  it('that nothing here is about has no answer but none', async () => {
    expect((await ann.send({ hook_event_name: 'PreCompact', trigger: 'auto' })).body).toEqual({});
    expect((await ann.send({ hook_event_name: 'Stop', stop_hook_active: false })).body).toEqual({});
    expect((await ann.send({ hook_event_name: 'Notification', message: 'x' })).body).toEqual({});
  });

  it('whose result is no I-JSON ends its call all the same', async () => {
    const id = toolUse();
    expect((await ann.pre('Read', { file_path: 'a' }, { tool_use_id: id })).decision).toBe('allow');
    const event = { session_id: ann.session, hook_event_name: 'PostToolUse', tool_name: 'Read', tool_use_id: id, tool_response: 'x' };
    await ann.send({}, { body: JSON.stringify(event).replace('"x"', '{"n":9007199254740993,"s":"\\ud800"}') });
    const entry = house.written.findLast(({ kind }) => kind === 'executed');
    expect(entry).toMatchObject({ outcome: 'done', result: { screened: [] } });
    expect(entry?.result).not.toHaveProperty('digest');
  });

  it('that failed is recorded as failed', async () => {
    const id = toolUse();
    await ann.pre('Read', { file_path: 'none' }, { tool_use_id: id });
    await ann.send({ hook_event_name: 'PostToolUseFailure', tool_name: 'Read', tool_use_id: id, error: 'ENOENT' });
    expect(house.written.findLast(({ kind }) => kind === 'executed')).toMatchObject({ outcome: 'failed', result: { is_error: true } });
  });
});

describe('a forged hook', () => {
  const event = { ...pre, tool_use_id: 'toolu_forged' };

  it('without a credential, with a wrong one, or with the agent’s own token is told no', async () => {
    const agent = await house.agent('ann@corp.example', 'crm');
    expect(await refused(ann.send(event, { token: 'tk_nothing' }))).toContain('Not let in');
    expect(await refused(ann.send(event, { token: `tk_${'a'.repeat(43)}` }))).toContain('Not let in');
    expect(await refused(ann.send(event, { token: agent.token }))).toContain('Not let in');
    // With its own path it is let in there, and still speaks for no hook.
    expect(await refused(ann.send(event, { token: agent.token, path: '/hooks/claude/p/desk/1.0.0/crm' }))).toContain('not one for hooks');
    expect((await ann.send(event, { path: '/hooks/claude/p/desk/1.0.0/claude-code' })).body).toMatchObject({
      hookSpecificOutput: { permissionDecision: 'allow' },
    });
  });

  it('that names another person in its body speaks for its own all the same', async () => {
    await ann.send({
      ...event,
      tool_use_id: toolUse(),
      user_email: 'boss@corp.example',
      person: 'boss@corp.example',
      organization: 'other',
    });
    expect(house.written.at(-1)).toMatchObject({
      kind: 'decided',
      on_behalf_of: 'ann@corp.example',
      assurance: { on_behalf_of: 'proved' },
    });
  });

  it('cannot run a built-in tool through the MCP endpoint, nor a connector through the hook', async () => {
    const agent = await house.agent('ann@corp.example', 'claude-code');
    expect(await agent.call('Read', { file_path: 'a' })).toMatchObject({ isError: true, text: expect.stringContaining('client_runs') });
    expect((await agent.tools()).map(({ name }) => name)).toEqual(['trapkey_wait', 'trapkey_list']);
    expect((await ann.pre('get_thing', { id: '7' })).reason).toContain('not_offered');
    expect(house.reached('get_thing')).toEqual([]);
  });

  it('is only ever posted', async () => {
    const reply = await fetch(`${house.url}/hooks/claude`, { headers: { authorization: `Bearer ${ann.token}` } });
    expect(reply.status).toBe(405);
  });
});
