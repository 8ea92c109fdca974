import type { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { call, connect, eras } from './clients.ts';
import { approver, asker, type House, type HouseOptions, openHouse, type Simulated, simulated } from './house.ts';

const five = { id: '5' };
const [modern] = eras;
/** The tool runs as soon as it is approved. */
const atApproval = {
  'delete_contact: { effect: delete, reach: "1",':
    'delete_contact: { effect: delete, reach: "1", approvals: { approvers: [group:managers], run: approval },',
};

describe.each(databases)('what runs without its agent, on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let clock: Simulated;
  const houses: House[] = [];
  const clients: Client[] = [];
  beforeEach(async () => {
    at = await fresh();
    clock = simulated();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    for (const house of houses.splice(0)) await house.close();
    await at.drop();
  });
  const open = async (options: HouseOptions = {}) => {
    const house = await openHouse(at.address, clock, options);
    houses.push(house);
    return house;
  };
  const client = async (house: House, era: (typeof eras)[number] = modern) => {
    const one = await connect(house, era);
    clients.push(one);
    return one;
  };
  const stateOf = async (house: House, ticket: string) =>
    (await house.approvals.list({ state: 'all' })).find(({ id }) => id === ticket)?.state;
  const operator = { person: asker, roles: [] };

  it('runs at approval where policy says so; the same call again gets its result, and nothing runs twice', async () => {
    const house = await open({ edit: atApproval });
    const agent = await client(house);
    const { ticket } = await call(agent, 'delete_contact', five);
    expect(await house.runner.runDue()).toBe(0);
    await house.approve(ticket);
    expect(await house.runner.runDue()).toBe(1);
    expect(house.deleted()).toHaveLength(1);
    expect(await stateOf(house, ticket)).toBe('done');
    clock.pass(3 * 3_600_000);
    expect(await call(agent, 'delete_contact', five)).toMatchObject({ isError: false, structured: { ok: true } });
    expect(await call(agent, 'trapkey_wait', { ticket })).toMatchObject({ isError: false, structured: { ok: true } });
    expect(house.deleted()).toHaveLength(1);
    const entries = await house.entries();
    expect(entries.filter(({ kind }) => kind === 'executed')).toMatchObject([{ ticket, code: 'approved', outcome: 'done' }]);
    expect(entries.filter(({ action }) => action === 'result.picked_up')).toHaveLength(1);
  });

  it('asks a person anew when the agent wants it again after it got the result', async () => {
    const house = await open({ edit: atApproval });
    const agent = await client(house);
    const { ticket } = await call(agent, 'delete_contact', five);
    await house.approve(ticket);
    await house.runner.runDue();
    expect(await call(agent, 'delete_contact', five)).toMatchObject({ isError: false });
    const next = await call(agent, 'delete_contact', five);
    expect(next).toMatchObject({ isError: true, text: expect.stringContaining('held for approval') });
    expect(next.ticket).not.toBe(ticket);
  });

  it('runs nothing by itself that waits for its agent, however late it is approved', async () => {
    const house = await open();
    const { ticket } = await call(await client(house), 'delete_contact', five);
    clock.pass(50 * 60_000);
    await house.approve(ticket);
    expect(await house.runner.runDue()).toBe(0);
    expect(house.deleted()).toEqual([]);
  });

  it('runs when a person presses Run, once', async () => {
    const house = await open();
    const agent = await client(house);
    const { ticket } = await call(agent, 'delete_contact', five);
    await expect(house.running.run({ ticket, by: operator, via: 'page' })).rejects.toThrow('is held, so it cannot be run');
    await house.approve(ticket);
    await expect(house.running.run({ ticket, by: { person: 'p.wu@corp.example', roles: ['approver'] }, via: 'page' })).rejects.toThrow(
      'p.wu@corp.example neither asked for ticket',
    );
    await house.running.run({ ticket, by: { person: approver, roles: ['approver'] }, via: 'page' });
    await house.running.run({ ticket, by: operator, via: 'page' });
    expect(await house.runner.runDue()).toBe(1);
    expect(await house.runner.runDue()).toBe(0);
    expect(house.deleted()).toHaveLength(1);
    await expect(house.running.run({ ticket, by: operator, via: 'page' })).rejects.toThrow('is done, so it cannot be run');
    expect((await house.entries()).filter(({ action }) => action === 'ticket.run')).toHaveLength(1);
    expect(await call(agent, 'delete_contact', five)).toMatchObject({ isError: false, structured: { ok: true } });
    expect(house.deleted()).toHaveLength(1);
  });

  it('is run by exactly one of several processes, the agent among them', async () => {
    const [one, two] = [await open({ edit: atApproval }), await open({ edit: atApproval })];
    const agent = await client(one);
    for (let n = 0; n < 20; n++) {
      const args = { id: String(100 + n) };
      const { ticket } = await call(agent, 'delete_contact', args);
      await one.approve(ticket);
      await Promise.all([one.runner.runDue(), two.runner.runDue(), call(agent, 'delete_contact', args), two.runner.runDue()]);
      expect(await stateOf(one, ticket)).toBe('done');
    }
    expect(one.deleted().length + two.deleted().length).toBe(20);
    const executed = (await one.entries()).filter(({ kind }) => kind === 'executed');
    expect(new Set(executed.map(({ ticket }) => ticket)).size).toBe(20);
    expect(executed).toHaveLength(20);
  });

  it('does not run what a revoked token asked for; it stays approved for an agent with a good one', async () => {
    const house = await open({ edit: atApproval });
    const agent = await client(house);
    const { ticket } = await call(agent, 'delete_contact', five);
    await house.approve(ticket);
    house.revoked.add(`AT-${asker}`);
    await house.runner.runDue();
    expect(house.deleted()).toEqual([]);
    expect(await stateOf(house, ticket)).toBe('approved');
    expect((await house.entries()).at(-1)).toMatchObject({
      action: 'ticket.left',
      detail: 'not run: the token that asked for it was revoked',
    });
    expect(await house.runner.runDue()).toBe(0);
    expect(await call(agent, 'trapkey_wait', { ticket })).toMatchObject({ isError: false });
    expect(house.deleted()).toHaveLength(1);
  });

  it('is decided from the top: a stop holds it back, and it does not run by itself when the stop is over', async () => {
    const house = await open({ edit: atApproval });
    const { ticket } = await call(await client(house), 'delete_contact', five);
    await house.approve(ticket);
    await house.stops.engage({ scope: { kind: 'everything' }, mode: 'full', by: { person: 'op', assurance: 'claimed' }, reason: 'drill' });
    await house.runner.runDue();
    const [stop] = house.stops.current().stops;
    const by = { person: 'op2', roles: ['administrator'], freshAtMs: clock.now() };
    await house.stops.release({ stop: stop?.id ?? '', by, reason: 'over' });
    expect(await house.runner.runDue()).toBe(0);
    expect(house.deleted()).toEqual([]);
    await house.running.run({ ticket, by: operator, via: 'cli' });
    await house.runner.runDue();
    expect(house.deleted()).toHaveLength(1);
  });

  it('is taken over when the process that claimed it died before it began', async () => {
    const [dead, other] = [await open({ edit: atApproval, dies: true }), await open({ edit: atApproval })];
    const { ticket } = await call(await client(dead), 'delete_contact', five);
    await dead.approve(ticket);
    void dead.runner.runDue();
    await dead.claimed;
    expect(await other.runner.runDue()).toBe(0);
    clock.pass(61_000);
    expect(await other.runner.runDue()).toBe(1);
    expect(other.deleted()).toHaveLength(1);
  });

  it('is unknown after the process that ran it died; nobody runs it again', async () => {
    let reached = () => {};
    const began = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const house = await open({
      edit: atApproval,
      before: () => {
        reached();
        return new Promise(() => {});
      },
    });
    const agent = await client(house);
    const { ticket } = await call(agent, 'delete_contact', five);
    await house.approve(ticket);
    void house.runner.runDue();
    await began;
    const next = await open({ edit: atApproval });
    expect(await next.tickets.closeAbandoned(-1)).toEqual([ticket]);
    expect(await next.runner.runDue()).toBe(0);
    const said = await call(agent, 'trapkey_wait', { ticket });
    expect(said).toMatchObject({ isError: true, text: expect.stringMatching(/^NOT KNOWN WHETHER DONE\./) });
    expect(next.deleted()).toEqual([]);
  });
});
