import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { claude, mcpCall, toolUse } from '../hooks/client.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { type House, openHouse, waits } from './house.ts';
import { nestedRun } from './otlp.ts';

const ann = 'ann@corp.example';

describe.each(databases)('a nested run told by telemetry, on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let house: House;
  let bearer: string;
  let endpoint: { readonly path: string; readonly token: string };
  beforeAll(async () => {
    at = await fresh();
    // Nothing of a session may be joined before the last of it is told, however slow the machine is.
    house = await openHouse(at.address, {}, { ...waits, joinAfterMs: 3_000, bypassAfterMs: 9_000 });
    bearer = await house.telemetryToken(ann);
    endpoint = { path: '/p/desk/1.0.0/crm', token: (await house.agent(ann, 'crm')).token };
  }, 60_000);
  afterAll(async () => {
    await house.close();
    await at.drop();
  });

  /** Calls of the three agents, each announced by its hook and come through the gateway. */
  async function called() {
    const client = await claude(house as never, ann);
    const uses = [toolUse(), toolUse(), toolUse()] as const;
    const insides = [{}, { agent_id: 'aaaa1111', agent_type: 'desk:researcher' }, { agent_id: 'bbbb2222', agent_type: 'desk:writer' }];
    for (const [i, id] of uses.entries()) {
      await client.pre('mcp__plugin_desk_crm__get_thing', { id: `${i}` }, { tool_use_id: id, ...insides[i] });
      expect(await mcpCall(house as never, endpoint, 'get_thing', { id: `${i}` }, id)).toMatchObject({ isError: false });
    }
    return { session: client.session, uses };
  }
  const entriesOf = (session: string) => house.written.filter((entry) => entry.session === session);
  const joinedIn = async (session: string) => {
    const calls = () => entriesOf(session).filter(({ kind, call }) => kind === 'attributed' && call !== undefined);
    await vi.waitFor(() => expect(calls()).toHaveLength(3), { timeout: 10_000, interval: 50 });
    return calls();
  };

  it('has the right tree, depths, cost and joins, in every order of arrival, twice told, in deliveries of any size', async () => {
    // A sequence is a whole session over the real gateway: few are tried here, the fold is tried by thousands beside it.
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...Array(14).keys()], { minLength: 14 }),
        fc.integer({ min: 1, max: 14 }),
        async (order, size) => {
          const { session, uses } = await called();
          const events = nestedRun(session, uses);
          const told = [...order, ...order.slice(0, 5)].map((place) => events[place] as (typeof events)[number]);
          for (let from = 0; from < told.length; from += size) await house.tell(bearer, told.slice(from, from + size));
          const joined = await joinedIn(session);
          const of = (use: string) => joined.find(({ tool_use }) => tool_use === use);
          const prompt = expect.stringMatching(/^sha256:/);
          expect(of(uses[0])).toMatchObject({
            agent: { id: 'main', depth: 0 },
            model: 'claude-opus-5',
            spend: { micro_usd: 50_000, tokens: 1_000, requests: 1 },
            instructions: { prompt },
          });
          expect(of(uses[1])).toMatchObject({
            agent: { id: 'aaaa1111', parent: 'main', depth: 1 },
            model: 'claude-sonnet-4.6',
            spend: { micro_usd: 30_000, tokens: 600, requests: 1 },
            instructions: { agent_type: 'desk:researcher', prompt },
          });
          expect(of(uses[2])).toMatchObject({
            agent: { id: 'bbbb2222', parent: 'aaaa1111', depth: 2 },
            spend: { micro_usd: 20_000, tokens: 500 },
          });
          const calls = house.written.filter(({ kind, tool_use }) => kind === 'decided' && uses.includes(tool_use as never));
          expect(new Set(joined.map(({ call }) => call))).toEqual(new Set(calls.map(({ call }) => call)));
          // One run: the session that the hook joined.
          const [run, ...others] = new Set(calls.map((entry) => entry.run));
          expect(others).toEqual([]);
          expect(calls[0]?.assurance).toMatchObject({
            on_behalf_of: 'proved',
            session: 'joined',
            run: 'joined',
            agent: 'joined',
            actor: 'claimed',
          });
          await vi.waitFor(async () => expect((await house.runs.show(run ?? ''))?.calls).toBe(3), { timeout: 10_000, interval: 50 });
          expect(await house.runs.show(run ?? '')).toMatchObject({
            person: ann,
            session,
            proved: true,
            agents: 2,
            spend: { microUsd: 150_000, tokens: 3_200, requests: 5 },
            coverage: ['gateway', 'hook', 'reported'],
            missing: 0,
            bypassed: 0,
            tree: [
              {
                id: 'main',
                depth: 0,
                spend: { microUsd: 90_000 },
                children: [
                  {
                    id: 'aaaa1111',
                    depth: 1,
                    spend: { microUsd: 40_000 },
                    children: [{ id: 'bbbb2222', depth: 2, spend: { microUsd: 20_000 } }],
                  },
                ],
              },
            ],
          });
        },
      ),
      { numRuns: Number(process.env['TRAPKEY_ORDERS'] ?? 3) },
    );
    expect(house.written.some(({ code }) => code === 'bypassed')).toBe(false);
    expect(JSON.stringify(house.written)).not.toContain('Find the things');
  }, 120_000);

  it('is of the person of the credential, whatever it names itself', async () => {
    const { session, uses } = await called();
    await house.tell(await house.telemetryToken('bea@corp.example'), nestedRun(session, uses));
    // Of bea's session nobody called anything: it is not joined to the calls of ann, and spends nothing of hers.
    const rows = await house.look.read.selectFrom('agents').selectAll().where('session', '=', session).where('micro_usd', '>', 0).execute();
    expect(new Set(rows.map(({ person }) => person))).toEqual(new Set(['bea@corp.example']));
    expect(
      entriesOf(session).filter(({ kind, call, on_behalf_of }) => kind === 'attributed' && (call !== undefined || on_behalf_of === ann)),
    ).toEqual([]);
  });
});
