import type { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { call, connect, eras } from '../waiting/clients.ts';
import { type House, type HouseOptions, openHouse, type Simulated, simulated } from '../waiting/house.ts';

/**
 * S30: clients end a request that takes a minute, while a person still decides. A client that goes away cancels its
 * request, never a ticket; a late approval runs nothing by itself; whoever comes back gets the stored result; and
 * whatever happens, it runs once.
 */
const cases = eras.flatMap((era) => databases.map(({ name, fresh }) => ({ ...era, era, name, fresh })));
const five = { id: '5' };
const patient = { heldWaitMs: { '*': 45_000 }, heldProgressMs: 1_000 };

describe.each(cases)('S30 a client of $revision gives up, on $name', ({ fresh, era }) => {
  let at: FreshDatabase;
  let clock: Simulated;
  let house: House;
  const clients: Client[] = [];
  beforeEach(async () => {
    at = await fresh();
    clock = simulated();
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await house.close();
    await at.drop();
  });
  const open = async (options: HouseOptions = {}) => {
    house = await openHouse(at.address, clock, { limits: patient, ...options });
    return await back();
  };
  const back = async () => {
    const client = await connect(house, era);
    clients.push(client);
    return client;
  };
  const tickets = () => house.approvals.list({ state: 'all' });
  /** The client ends its request once `when` is true, as it does when its time is over. */
  const givesUp = async (agent: Client, when: () => Promise<boolean>) => {
    const patience = new AbortController();
    const ended = expect(call(agent, 'delete_contact', five, { signal: patience.signal })).rejects.toThrow('time is over');
    await expect.poll(when, { timeout: 30_000 }).toBe(true);
    patience.abort(new Error('time is over'));
    await ended;
  };
  const holds = async () => (await house.entries()).filter(({ kind, verdict }) => kind === 'decided' && verdict === 'hold').length;

  it('while it is held: the ticket stays, a late approval runs nothing, the next call runs it once', async () => {
    const agent = await open();
    await givesUp(agent, async () => (await tickets()).length === 1);
    const [held] = await tickets();
    expect(held?.state).toBe('held');
    clock.pass(10 * 60_000);
    await house.approve(held?.id ?? '');
    expect(await house.runner.runDue()).toBe(0);
    expect(house.deleted()).toEqual([]);
    expect((await tickets()).map(({ state }) => state)).toEqual(['approved']);
    expect(await call(await back(), 'delete_contact', five)).toMatchObject({ isError: false, structured: { ok: true } });
    expect(house.deleted()).toHaveLength(1);
  });

  it('while it runs: it is finished, its result is kept, and the next call gets it without another run', async () => {
    const began = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    const agent = await open({
      before: async (signal) => {
        began.resolve();
        await finish.promise;
        // What runs was not told that its client went away.
        expect(signal.aborted).toBe(false);
      },
    });
    let running = false;
    void began.promise.then(() => {
      running = true;
    });
    const gaveUp = givesUp(agent, async () => running);
    await expect.poll(async () => (await tickets()).length, { timeout: 30_000 }).toBe(1);
    const [held] = await tickets();
    await house.approve(held?.id ?? '');
    await gaveUp;
    // Its client said so before it said anything else.
    await agent.listTools();
    finish.resolve();
    const [again, waited] = await Promise.all([
      call(agent, 'delete_contact', five),
      call(await back(), 'trapkey_wait', { ticket: held?.id ?? '', seconds: 40 }),
    ]);
    expect(again).toMatchObject({ isError: false, structured: { ok: true } });
    expect(waited).toMatchObject({ isError: false, structured: { ok: true } });
    expect(house.deleted()).toHaveLength(1);
    expect((await house.entries()).filter(({ kind }) => kind === 'executed')).toMatchObject([{ outcome: 'done', ticket: held?.id }]);
  });

  it('again and again: one ticket, however often it comes back', async () => {
    const agent = await open();
    for (let n = 0; n < 3; n++) await givesUp(agent, async () => (await holds()) > n);
    expect(await tickets()).toHaveLength(1);
    const [held] = await tickets();
    await house.refuse(held?.id ?? '', 'not this one');
    expect((await call(agent, 'trapkey_wait', { ticket: held?.id ?? '' })).text).toContain('saying "not this one"');
    expect(house.deleted()).toEqual([]);
  });
});

it('S30 fails without a gateway: what was not approved reaches the upstream', async () => {
  const at = await databases[0]?.fresh();
  if (!at) throw new Error('no database');
  const bare = await openHouse(at.address, simulated(), { stubbed: true });
  const client = await connect(bare, eras[0]);
  await call(client, 'delete_contact', five);
  expect(bare.deleted()).toHaveLength(1);
  await client.close();
  await bare.close();
  await at.drop();
});
