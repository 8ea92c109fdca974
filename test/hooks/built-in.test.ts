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
