import { request } from 'node:http';
import { expect, test } from 'vitest';
import { session } from '../gateway/front.ts';
import { administrator, ask, openHouse, said } from './house.ts';

const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });

/** Sends a path and headers as they are: `fetch` would straighten them out. */
function raw(origin: string, path: string, headers: Record<string, string | string[]>): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sending = request(
      { hostname, port, path, method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        let text = '';
        response.on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    sending.once('error', reject);
    sending.end(body);
  });
}

test('a token opens its own endpoint in its own spelling, for this host, and from nowhere else', async () => {
  const house = await openHouse({
    documents: [
      { connector: 'd', connection: 'c', tools: { look: { effect: 'read' } } },
      { plugin: 'p', owner: 'own@o.example', for: ['group:staff'], release: { version: '1' }, connectors: ['c', 'd'] },
    ],
  });
  const token = await house.tokenOf('ann@o.example');
  const authorization = `Bearer ${token}`;
  for (const path of [
    '/p/p/1/d',
    '/p/p/1/c/',
    '/p/p/1/c%2f',
    '/p/p/1//c',
    '//p/p/1/c',
    '/p/p/1/C',
    '/P/p/1/c',
    '/p/p/1/d/../c',
    '/p/p/%31/c',
    '/p/p/1/c;x',
    `${house.origin}/p/p/1/c`,
  ]) {
    const { status } = await raw(house.origin, path, { authorization });
    expect([401, 404], path).toContain(status);
  }
  for (const [name, value] of [
    ['host', 'evil.example'],
    ['host', '127.0.0.1.evil.example'],
    ['host', '127.0.0.1@evil.example'],
    ['host', ''],
    ['origin', 'https://evil.example'],
    ['origin', 'null'],
    ['origin', 'http://127.0.0.1.evil.example'],
  ] as const)
    expect((await raw(house.origin, '/p/p/1/c', { authorization, [name]: value })).status, `${name} ${value}`).toBeGreaterThanOrEqual(400);
  for (const path of [`/p/p/1/c?access_token=${token}`, `/p/p/1/c?authorization=${encodeURIComponent(authorization)}`])
    expect((await raw(house.origin, path, {})).status).toBe(401);
  for (const bad of [
    token,
    `Basic ${token}`,
    `Bearer ${token} `.trimEnd().slice(0, -1),
    `Bearer ${token},Bearer x`,
    `Bearer ${token}=`,
    `Bearer\t${token}`,
  ])
    expect((await raw(house.origin, '/p/p/1/c', { authorization: bad })).status, bad.replace(token, '…')).toBe(401);
  const { text } = await raw(house.origin, '/p/p/1/c"%22,x', { authorization });
  expect(text).not.toContain(token);
  expect(house.upstream.effects()).toEqual([]);
});

test('a token that is revoked or a person who is not let in any more ends at once, sessions too', async () => {
  const house = await openHouse();
  const [issued] = await house.tokens.issue({ plugin: 'p', person: 'ann@o.example', by: administrator });
  const token = issued?.token ?? '';
  const one = await session(house.url, '2025-11-25', {}, token);
  expect((await ask(house, token, 'tools/call', { name: 'look' })).status).toBe(200);
  await house.tokens.revoke(issued?.id ?? '', administrator);
  await expect.poll(async () => (await ask(house, token, 'tools/call', { name: 'look' })).status, { timeout: 10_000 }).toBe(401);
  expect((await one.post({ id: 1, method: 'tools/call', params: { name: 'look' } })).status).toBe(401);
  const reached = house.upstream.effects().length;
  await ask(house, token, 'tools/call', { name: 'look' });
  expect(house.upstream.effects()).toHaveLength(reached);
  expect(JSON.stringify(house.written)).not.toContain(token.slice(3));
});

test('nobody chooses a wider profile than the narrowest, nor one of others, by anything in the request', async () => {
  const house = await openHouse({
    documents: [
      { profile: 'wide', plugin: 'p', for: ['group:staff'], allow: [{ connector: 'c', tools: ['*'] }] },
      { profile: 'narrow', plugin: 'p', for: ['group:staff'], allow: [{ connector: 'c', tools: ['mail'] }] },
      { profile: 'hers', plugin: 'p', for: ['bob@o.example'], allow: [{ connector: 'c', tools: ['look'] }] },
    ],
  });
  const ann = await house.tokenOf('ann@o.example');
  const answer = await ask(
    house,
    ann,
    'tools/call',
    { name: 'look', profile: 'wide', _meta: { profile: 'wide', 'io.trapkey/profile': 'wide' } },
    { 'x-profile': 'wide' },
  );
  expect(said(answer)).toContain('narrow does not include this');
  await expect(house.tokens.issue({ plugin: 'p', person: 'ann@o.example', profile: 'hers', by: administrator })).rejects.toThrow(
    'no profile hers',
  );
  await expect(house.tokens.issue({ plugin: 'p', person: 'root@o.example', by: { person: 'ann@o.example', roles: [] } })).rejects.toThrow(
    'administrator',
  );
  expect(house.upstream.effects()).toEqual([]);
});
