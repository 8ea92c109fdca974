import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type FreshDatabase } from '../../../../../test/support/databases.ts';
import { type OpenRecorder, openRecorder } from '../../effects/record/effect.ts';
import type { Admitted, Announcements, HookCall } from '../../kernel/announced.ts';
import { openAnnouncements } from './act.ts';

const startMs = Date.UTC(2026, 5, 6);
const keys = { master: Buffer.alloc(32, 1), names: Buffer.alloc(32, 2) };
const call: HookCall = {
  person: 'ada@corp.example',
  toolUse: 'toolu_1',
  session: 's1',
  agent: 'main',
  agentType: undefined,
  prompt: 'p1',
  tool: 'mcp__plugin_sales_crm__get_thing',
  args: { id: '7', more: { b: 1, a: 2 } },
  atMs: startMs,
};
const came = {
  person: call.person,
  toolUse: call.toolUse,
  endpoint: { plugin: 'sales', connector: 'crm' },
  tool: 'get_thing',
  args: { more: { a: 2, b: 1 }, id: '7' },
  atMs: startMs + 50,
};
const admitted: Admitted = {
  call: 'C1',
  ticket: undefined,
  run: 'R-1',
  args: call.args,
  instead: false,
  entry: { timestamp: '2026-06-06T00:00:00.000Z', kind: 'decided', call: 'C1', verdict: 'allow', code: 'allowed', rule: 'tier/low' },
};
const result = {
  person: call.person,
  toolUse: call.toolUse,
  session: call.session,
  outcome: 'done',
  bytes: 3,
  isError: false,
  payload: undefined,
  tookMs: 5,
  atMs: startMs + 90,
} as const;

describe.each(databases)('announcements on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let recorder: OpenRecorder;
  let [one, two]: Announcements[] = [];
  beforeEach(async () => {
    at = await fresh();
    recorder = openRecorder({ database: at.database, keys });
    const open = () =>
      openAnnouncements({
        database: at.database,
        recorder,
        keys,
        tickets: { finish: async () => ({ ok: true }) },
        unseal: () => Promise.reject(new Error('nothing is sealed here')),
      });
    [one, two] = [open(), open()];
  });
  afterEach(async () => {
    await recorder.close();
    await at.drop();
  });
  const both = () => [one, two] as readonly [Announcements, Announcements];

  it('join in another process what one was told, whatever the order of keys', async () => {
    const [here, there] = both();
    expect(await here.announce(call, undefined)).toBe('announced');
    const joined = await there.join(came);
    expect(joined.announced).toEqual({ kind: 'joined', agentType: undefined });
    expect(joined.by).toMatchObject({ session: 's1', agent: 'main', prompt: 'p1' });
    expect(JSON.stringify(await at.database.read.selectFrom('announcements').selectAll().execute())).not.toContain('more');
  });

  it('join nothing that is another call, another person’s, or too far away in time', async () => {
    const [here] = both();
    await here.announce(call, undefined);
    const kindOf = async (change: Partial<typeof came>) => (await here.join({ ...came, ...change })).announced.kind;
    expect(await kindOf({ person: 'bo@corp.example' })).toBe('none');
    expect(await kindOf({ toolUse: 'toolu_2' })).toBe('none');
    expect(await kindOf({ args: { id: '8', more: { a: 2, b: 1 } } })).toBe('otherwise');
    expect(await kindOf({ tool: 'delete_thing' })).toBe('otherwise');
    expect(await kindOf({ endpoint: { plugin: 'hr', connector: 'crm' } })).toBe('otherwise');
    // Clocks of nodes differ by seconds: a call may seem to come before its announcement.
    expect(await kindOf({ atMs: startMs - 5_000 })).toBe('joined');
    expect(await kindOf({ atMs: startMs + 601_000 })).toBe('none');
    expect(await kindOf({ atMs: startMs - 601_000 })).toBe('none');
  });

  it('let one of two processes run a call, and record its end once', async () => {
    const [here, there] = both();
    const own = { ...call, tool: 'Read' };
    expect((await Promise.all([here.admit(own, admitted), there.admit(own, admitted)])).sort()).toEqual([false, true]);
    expect(await there.admitted(own)).toMatchObject({ call: 'C1', args: call.args, instead: false });
    expect(await there.admitted({ ...own, args: { id: '8' } })).toBe('otherwise');
    expect(await there.admitted({ ...own, atMs: startMs + 6_000 })).toBe('otherwise');
    const ends = await Promise.all([here.finish(result), there.finish(result), there.finish({ ...result, session: 's2' })]);
    expect(ends.sort()).toEqual(['again', 'recorded', 'unknown']);
    expect(await here.admitted(own)).toBe('otherwise');
    const kinds = await at.database.read.selectFrom('ledger').select('kind').execute();
    expect(kinds).toEqual([{ kind: 'executed' }]);
  });

  it('close what a session never told of, once', async () => {
    const [here, there] = both();
    await here.admit({ ...call, tool: 'Bash' }, admitted);
    const session = { person: call.person, session: 's1', atMs: startMs + 100 };
    expect(await there.endSession({ ...session, person: 'bo@corp.example' })).toBe(0);
    const ended = await Promise.all([here.endSession(session), there.endSession(session)]);
    expect(ended[0] + ended[1]).toBe(1);
    expect(await here.finish(result)).toBe('again');
  });
});
