import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { entriesOf, type Gateway, type House, openHouse, until } from '../support/e2e.ts';
import { call } from '../support/e2e-client.ts';

const { main } = inject('serving');
let house: House;
let gateway: Gateway;
let tokenFile: string;

beforeAll(async () => {
  house = openHouse();
  gateway = await house.serve({ command: ['start'] });
  tokenFile = join(house.folder, 'token');
  writeFileSync(tokenFile, gateway.servers['starter-files']?.headers.Authorization.slice('Bearer '.length) ?? '', { mode: 0o600 });
});
afterAll(() => house.remove());

async function local(mode: 'auto' | 'legacy', connector = 'files'): Promise<Client> {
  const client = new Client({ name: 'e2e', version: '1.0.0' }, { versionNegotiation: { mode } });
  const args = [main, '--data', house.data, 'stdio', 'starter', connector];
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args, env: { ...house.env, TRAPKEY_TOKEN_FILE: tokenFile }, stderr: 'pipe' }),
  );
  return client;
}

const path = () => join(house.folder, 'samples', 'meeting-notes.md');

describe.each(['auto', 'legacy'] as const)('trapkey stdio, to a client that negotiates %s', (mode) => {
  it('passes every call to the gateway that runs', async () => {
    const client = await local(mode);
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain('read_text_file');
    const before = gateway.stdout().length;
    expect((await call(client, 'read_text_file', { path: path() })).isError).toBe(false);
    await until('the gateway itself decided it', () =>
      gateway.stdout().slice(before).includes('allowed starter@1.0.0 files.read_text_file'),
    );
    expect(await call(client, 'write_file', { path: path(), content: '' })).toMatchObject({
      isError: true,
      decision: { code: 'not_offered' },
    });
    await client.close();
  });
});

it('is let in with the token of that endpoint only', async () => {
  const denied = await house.run(['stdio', 'starter', 'memory'], {
    env: { TRAPKEY_TOKEN_FILE: tokenFile },
    input:
      '{"jsonrpc":"2.0","id":7,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}\n',
  });
  expect(JSON.parse(denied.out)).toMatchObject({ id: 7, error: { code: 40100 } });
  for (const [args, env, says] of [
    [['stdio', 'starter', 'files'], {}, 'No token came.'],
    [['stdio', 'starter', 'nothing'], { TRAPKEY_TOKEN_FILE: tokenFile }, 'The plugin starter has no connector nothing.'],
    [['stdio', 'nothing', 'files'], { TRAPKEY_TOKEN_FILE: tokenFile }, 'The policy has no plugin nothing.'],
  ] as const)
    expect(await house.run(args, { env })).toMatchObject({ status: 2, out: '', err: expect.stringContaining(says) });
  chmodSync(tokenFile, 0o644);
  expect((await house.run(['stdio', 'starter', 'files'], { env: { TRAPKEY_TOKEN_FILE: tokenFile } })).err).toContain(
    'can be read by others',
  );
  chmodSync(tokenFile, 0o600);
});

it('where no gateway runs, opens one for itself: the same policy, the same record', async () => {
  expect(await gateway.stop()).toBe(0);
  const client = await local('auto');
  expect((await call(client, 'read_text_file', { path: path() })).isError).toBe(false);
  expect(await call(client, 'write_file', { path: path(), content: '' })).toMatchObject({
    isError: true,
    decision: { code: 'not_offered' },
  });
  await client.close();
  await until('it ended and left nothing open', async () => (await house.run(['record', 'verify'])).status === 0);
  const decided = (await entriesOf(house, 'kind:decided tool:read_text_file tool:write_file')).map(
    ({ tool, verdict }) => `${tool} ${verdict}`,
  );
  expect(decided).toEqual(Array.from({ length: 3 }, () => ['read_text_file allow', 'write_file deny']).flat());
});
