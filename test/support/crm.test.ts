import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, it, onTestFinished } from 'vitest';
import { compileSet } from '../../packages/server/src/policy/compile/set.ts';
import { salesBookFiles } from './batch-policy.ts';
import { makeAccounts, rightTier } from './crm/accounts.ts';
import { type Crm, startCrmForTest } from './crm.ts';
import { until } from './e2e.ts';

async function opened(accounts = 40, mode: 'auto' | 'legacy' = 'auto') {
  const crm = await startCrmForTest({ accounts });
  const client = new Client({ name: 'crm-test', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(crm.url)));
  onTestFinished(() => client.close());
  const call = async (name: string, args: Record<string, unknown>, key?: string) =>
    await client.callTool({ name, arguments: { ...args, ...(key !== undefined && { idempotency_key: key }) } }, { timeout: 60_000 });
  return { crm, client, call };
}

const did = async (crm: Crm) => (await crm.log()).map((line) => `${line.tool} ${line.did}`);

it('is the same book for the same seed, with one tier in five outgrown', async () => {
  const crm = await startCrmForTest();
  const accounts = await crm.accounts();
  expect(accounts).toHaveLength(4_000);
  expect(accounts).toEqual(makeAccounts(4_000, 1));
  expect(accounts.filter((one) => one.tier !== rightTier(one))).toHaveLength(800);
  expect(makeAccounts(100, 2)).not.toEqual(makeAccounts(100, 1));
});

it.each(['auto', 'legacy'] as const)(
  'answers with structured content in mode %s, and its log has each change with its key',
  async (mode) => {
    const { crm, client, call } = await opened(40, mode);
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('set_tier');
    const before = await call('get_account', { id: '10000' });
    const { tier } = before.structuredContent as { readonly tier: string };
    const other = tier === 'A' ? 'B' : 'A';
    expect(await call('set_tier', { id: '10000', tier: other }, 'k1')).toMatchObject({
      structuredContent: { id: '10000', before: tier, after: other },
    });
    expect((await call('set_tier', { id: '99999', tier: 'A' })).isError).toBe(true);
    expect((await call('set_tier', { id: '10000', tier: 'Z' })).isError).toBe(true);
    expect(await crm.account('10000')).toMatchObject({ tier: other });
    expect(await crm.applied()).toMatchObject([
      {
        seq: 2,
        tool: 'set_tier',
        account: '10000',
        key: 'k1',
        args: { id: '10000', tier: other },
        before: { tier },
        after: { tier: other },
      },
    ]);
    expect(await did(crm)).toEqual(['get_account read', 'set_tier applied', 'set_tier refused', 'set_tier refused']);
  },
);

it('honours idempotency keys, ignores them, or knows none', async () => {
  const { crm, client, call } = await opened();
  const note = (key?: string) => call('add_note', { id: '10001', text: 'called' }, key);
  const first = await note('k');
  expect((await note('k')).structuredContent).toEqual(first.structuredContent);
  expect((await call('add_note', { id: '10002', text: 'called' }, 'k')).isError).toBe(true);
  await crm.behave({ keys: 'ignored' });
  await note('k');
  expect(await did(crm)).toEqual(['add_note applied', 'add_note replayed', 'add_note refused', 'add_note applied']);
  await crm.behave({ keys: 'unknown' });
  const schemas = (await client.listTools()).tools.map(({ inputSchema }) => JSON.stringify(inputSchema));
  expect(schemas.filter((schema) => schema.includes('idempotency_key'))).toEqual([]);
  expect((await note('k2')).isError).toBe(true);
  expect((await crm.account('10001'))?.notes).toBe('called\ncalled\n');
});

it('reads back, fails to, or does not offer it', async () => {
  const { crm, client, call } = await opened();
  await crm.behave({ read_back: 'fails' });
  expect((await call('get_account', { id: '10001' })).isError).toBe(true);
  await crm.behave({ read_back: 'missing' });
  expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('get_account');
  await crm.recover();
  expect((await call('get_account', { id: '10001' })).isError).not.toBe(true);
});

it.each([
  ['error', 'refused', false],
  ['error_after', 'applied', true],
  ['status_500_before', 'dropped', false],
  ['status_500_after', 'applied', true],
  ['cut_before', 'dropped', false],
  ['cut_after', 'applied', true],
] as const)('with %s the log says %s', async (does, word, changed) => {
  const { crm, call } = await opened();
  await crm.behave({ faults: [{ does, tool: 'set_owner', nth: 2 }] });
  const owner = 'new@corp.example';
  expect((await call('set_owner', { id: '10001', owner })).isError).not.toBe(true);
  const failed = await call('set_owner', { id: '10002', owner }).then(
    ({ isError }) => isError === true,
    () => true,
  );
  expect(failed).toBe(true);
  expect((await call('set_owner', { id: '10003', owner })).isError).not.toBe(true);
  expect((await crm.log()).map((line) => line.did)).toEqual(['applied', word, 'applied']);
  expect((await crm.account('10002'))?.owner === owner).toBe(changed);
});

it.each([
  ['hold_before', 'dropped'],
  ['hold_after', 'applied'],
  ['late', 'applied'],
] as const)('with %s it waits; when the caller is gone, the log says %s', async (does, word) => {
  const { crm, call } = await opened();
  const owner = 'new@corp.example';
  await crm.behave({ faults: [{ does, id: '10001' }] });
  const answered = call('set_owner', { id: '10001', owner });
  await until('it is held', async () => (await crm.held()).length === 1);
  expect(await crm.applied()).toHaveLength(does === 'hold_after' ? 1 : 0);
  await crm.release();
  expect((await answered).isError).not.toBe(true);

  const gone = new AbortController();
  const aborted = fetch(crm.url, {
    method: 'POST',
    signal: gone.signal,
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'set_owner', arguments: { id: '10001', owner } } }),
  }).catch(() => undefined);
  await until('it is held', async () => (await crm.held()).length === 1);
  gone.abort();
  await aborted;
  const after = await until('it is settled', async () => (await crm.log()).at(1));
  expect(after.did).toBe(word);
});

it('dies in the middle of an answer and comes back with what it had', async () => {
  const { crm, call } = await opened();
  await crm.behave({ faults: [{ does: 'exit_after', tool: 'delete_account' }] });
  await expect(call('delete_account', { id: '10001' }, 'k')).rejects.toThrow();
  await until('it is gone', () => !crm.alive());
  await crm.restart();
  expect(await crm.account('10001')).toBeNull();
  await call('delete_account', { id: '10001' }, 'k');
  await call('restore_account', { id: '10001' });
  expect(await did(crm)).toEqual(['delete_account applied', 'delete_account replayed', 'restore_account applied']);
  await crm.edit('10001', { tier: 'A' });
  expect((await crm.log()).at(-1)).toMatchObject({ by: 'someone', account: '10001', after: { tier: 'A' } });
});

it.each([true, false])('its policy checks, with keys: %s', (keys) => {
  const compiled = compileSet(salesBookFiles('http://127.0.0.1:1/mcp', { keys }), {});
  expect(compiled.ok ? [] : compiled.problems).toEqual([]);
});
