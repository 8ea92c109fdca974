import type { JsonObject } from '@trapkey/contract/json.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { asker, type House, type HouseOptions, openHouse, path, type Simulated, simulated } from './house.ts';

const tasks = { extensions: { 'io.modelcontextprotocol/tasks': {} } };

interface Answered {
  readonly result?: JsonObject & { readonly taskId: string };
  readonly error?: { readonly code: number; readonly message: string; readonly data?: JsonObject };
}

/** One request of revision 2026-07-28, by a client that declares the tasks extension unless told otherwise. */
async function ask(
  house: House,
  method: string,
  params: JsonObject,
  { person = asker, capabilities = tasks as JsonObject, at = path, name = params['name'] ?? params['taskId'] } = {},
): Promise<Answered> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'claude-code', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  };
  const response = await fetch(`${house.url}${at}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${person}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(name !== undefined && { 'mcp-name': String(name) }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
  });
  const text = await response.text();
  const data = text.startsWith('{') ? text : (text.split('\n').findLast((line) => line.startsWith('data: ')) ?? '').slice(6);
  return JSON.parse(data) as Answered;
}

describe.each(databases)('a client that polls tasks, on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let clock: Simulated;
  let house: House;
  beforeEach(async () => {
    at = await fresh();
    clock = simulated();
  });
  afterEach(async () => {
    await house.close();
    await at.drop();
  });
  const open = async (options: HouseOptions = {}) => {
    house = await openHouse(at.address, clock, { limits: { heldWaitMs: { '*': 45_000 } }, ...options });
  };
  const held = async (id = '5'): Promise<string> => {
    const { result } = await ask(house, 'tools/call', { name: 'delete_contact', arguments: { id } });
    return result?.taskId ?? '';
  };
  const get = (taskId: string) => ask(house, 'tasks/get', { taskId });

  it('is told of the extension, and gets a task at once', async () => {
    await open();
    const { result: discovered } = await ask(house, 'server/discover', {});
    expect(discovered?.['capabilities']).toMatchObject(tasks);
    const { result } = await ask(house, 'tools/call', { name: 'delete_contact', arguments: { id: '5' } });
    expect(result).toMatchObject({
      resultType: 'task',
      taskId: expect.stringMatching(/^TK-/),
      status: 'working',
      statusMessage: expect.stringContaining('held for approval'),
      createdAt: '2026-06-06T12:00:00.000Z',
      ttlMs: 3_600_000,
    });
    expect(result).not.toHaveProperty('result');
  });

  it('works, then is completed with the result once a person approved; it ran once', async () => {
    await open();
    const task = await held();
    expect((await get(task)).result).toMatchObject({ resultType: 'complete', taskId: task, status: 'working' });
    clock.pass(10 * 60_000);
    await house.approve(task);
    expect(house.deleted()).toEqual([]);
    for (let n = 0; n < 3; n++) {
      expect((await get(task)).result).toMatchObject({
        resultType: 'complete',
        status: 'completed',
        result: { resultType: 'complete', structuredContent: { ok: true } },
      });
    }
    expect(house.deleted()).toHaveLength(1);
  });

  it('hears a refusal as a result of the tool', async () => {
    await open();
    const task = await held();
    await house.refuse(task, 'not this one');
    expect((await get(task)).result).toMatchObject({
      status: 'completed',
      result: { isError: true, content: [{ text: expect.stringContaining('a person refused it, saying "not this one"') }] },
    });
  });

  it('does not try again at every poll what a stop holds back', async () => {
    await open();
    const task = await held();
    await house.approve(task);
    await house.stops.engage({ scope: { kind: 'everything' }, mode: 'full', by: { person: 'op', assurance: 'claimed' }, reason: 'drill' });
    expect((await get(task)).result).toMatchObject({ status: 'working', statusMessage: expect.stringContaining('(stopped') });
    const before = (await house.entries()).length;
    for (let n = 0; n < 10; n++) expect((await get(task)).result?.['status']).toBe('working');
    expect((await house.entries()).filter((entry) => entry['code'] === 'stopped').length).toBe(1);
    expect((await house.entries()).length - before).toBeLessThan(5);
    expect(house.deleted()).toEqual([]);
  });

  it('takes back what has not run, and nothing that has', async () => {
    await open();
    const task = await held();
    expect((await ask(house, 'tasks/cancel', { taskId: task })).result).toEqual({ resultType: 'complete' });
    expect((await get(task)).result).toMatchObject({ status: 'cancelled' });
    await expect(house.approve(task)).rejects.toThrow('is withdrawn');
    const second = await held('6');
    await house.approve(second);
    await get(second);
    expect((await ask(house, 'tasks/cancel', { taskId: second })).result).toEqual({ resultType: 'complete' });
    expect((await get(second)).result).toMatchObject({ status: 'completed' });
    expect(house.deleted()).toHaveLength(1);
  });

  it('is bound to its person, release and connector', async () => {
    await open();
    const task = await held();
    await house.approve(task);
    for (const method of ['tasks/get', 'tasks/cancel', 'tasks/update']) {
      const foreign = await ask(house, method, { taskId: task }, { person: 'm.osei@corp.example' });
      expect(foreign.error).toEqual((await ask(house, method, { taskId: 'TK-0000000000' })).error);
      expect(foreign.error?.code).toBe(-32602);
    }
    const elsewhere = await ask(house, 'tasks/get', { taskId: task }, { at: path.replace('crm-act', 'crm') });
    expect(elsewhere.error?.code).toBe(-32602);
    expect(house.deleted()).toEqual([]);
  });

  it('is not served to a client that declares no tasks, nor under another name in the header', async () => {
    await open({ limits: { heldWaitMs: { '*': 0 } } });
    const task = await held();
    const undeclared = await ask(house, 'tasks/get', { taskId: task }, { capabilities: {} });
    expect(undeclared.error).toMatchObject({ code: -32021, data: { requiredCapabilities: tasks } });
    const { error } = await ask(house, 'tasks/get', { taskId: task }, { name: 'TK-0000000000' });
    expect(error?.code).toBe(-32020);
  });
});
