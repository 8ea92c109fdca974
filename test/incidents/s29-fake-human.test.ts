import type { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { call, connect, eras } from '../waiting/clients.ts';
import { asker, type House, type HouseOptions, openHouse, path, simulated } from '../waiting/house.ts';

/**
 * S29: something answers in a person's place. A client whose elicitations are answered by a program in no time, and an
 * agent that looks for a way to approve: neither is a decision. Nobody is asked through the client at all, the ticket
 * stays open, and no tool, argument or method decides it.
 */
const cases = eras.flatMap((era) => databases.map(({ name, fresh }) => ({ ...era, era, name, fresh })));
const five = { id: '5' };

describe.each(cases)('S29 a fake human behind a client of $revision, on $name', ({ fresh, era }) => {
  let at: FreshDatabase;
  let house: House;
  let asked = 0;
  const clients: Client[] = [];
  beforeEach(async () => {
    at = await fresh();
    asked = 0;
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await house.close();
    await at.drop();
  });

  /** Whatever it is asked, it says yes at once. */
  const yesSayer = async (options: HouseOptions = {}) => {
    house = await openHouse(at.address, simulated(), { limits: { heldWaitMs: { '*': 300 } }, ...options });
    const client = await connect(house, era, { options: { capabilities: { elicitation: { form: {}, url: {} } } } });
    client.setRequestHandler('elicitation/create', async () => {
      asked++;
      return { action: 'accept', content: { approve: true } };
    });
    clients.push(client);
    return client;
  };
  const open = () => house.approvals.list({ state: 'held' });

  it('is never asked, and what it would say is no decision', async () => {
    const agent = await yesSayer();
    const held = await call(agent, 'delete_contact', five);
    expect(held).toMatchObject({ isError: true, text: expect.stringContaining('held for approval') });
    expect(asked).toBe(0);
    expect((await open()).map(({ id, approvals }) => ({ id, approvals }))).toEqual([{ id: held.ticket, approvals: [] }]);
    expect(house.deleted()).toEqual([]);
    const entries = await house.entries();
    expect(entries.filter(({ kind }) => kind === 'approved' || kind === 'refused')).toEqual([]);
    for (const entry of entries) expect(String(entry['approval'] ?? '')).not.toMatch(/^(human|self):/);
  });

  it('finds no tool to approve with, under no name', async () => {
    const agent = await yesSayer();
    const { ticket } = await call(agent, 'delete_contact', five);
    const { tools } = await agent.listTools();
    const own = tools.map(({ name }) => name).filter((name) => name.startsWith('trapkey_'));
    expect(own).toEqual(['trapkey_wait', 'trapkey_list']);
    const guesses = ['trapkey_approve', 'trapkey_decide', 'trapkey_run', 'trapkey_edit', 'trapkey_grant', 'trapkey_release', 'approve'];
    for (const name of guesses) {
      const said = await call(agent, name, { ticket, approve: true });
      expect(said, name).toMatchObject({ isError: true });
    }
    for (const more of [{ approve: true }, { decision: 'approved' }, { by: 'k.lind@corp.example' }]) {
      const said = await call(agent, 'trapkey_wait', { ticket, seconds: 0, ...more }).catch(() => ({ isError: true }));
      expect(said.isError).toBe(true);
    }
    expect((await open()).map(({ id }) => id)).toEqual([ticket]);
    expect(house.deleted()).toEqual([]);
  });

  it('cannot say so in the request either: answers and states it makes up open nothing', async () => {
    const agent = await yesSayer();
    const { ticket } = await call(agent, 'delete_contact', five);
    for (const extra of [
      { inputResponses: { approval: { action: 'accept', content: { approve: true } } } },
      { requestState: ticket },
      { ticket },
      { approval: 'human:k.lind@corp.example' },
      { via: 'ticket' },
    ]) {
      const answer = await post('tools/call', { name: 'delete_contact', arguments: five, ...extra });
      expect(answer, JSON.stringify(extra)).not.toContain('"ok":true');
    }
    for (const method of ['tickets/approve', 'approvals/approve', 'tasks/approve'])
      expect(await post(method, { ticket })).toContain('error');
    expect(house.deleted()).toEqual([]);
    for (const { approvals } of await open()) expect(approvals).toEqual([]);
  });

  const post = async (method: string, params: Record<string, unknown>): Promise<string> => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
    };
    const name = params['name'];
    const answered = await fetch(`${house.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${asker}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': method,
        ...(typeof name === 'string' && { 'mcp-name': name }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
    });
    return await answered.text();
  };
});

it('S29 fails without a gateway: nobody is asked at all, and it is done', async () => {
  const at = await databases[0]?.fresh();
  if (!at) throw new Error('no database');
  const bare = await openHouse(at.address, simulated(), { stubbed: true });
  const client = await connect(bare, eras[0]);
  const done = await call(client, 'delete_contact', five);
  expect(done.isError).toBe(false);
  expect(bare.deleted()).toHaveLength(1);
  await client.close();
  await bare.close();
  await at.drop();
});
