import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectAs, openHouseForTest } from '../support/e2e.ts';
import { call, connect, offered } from '../support/e2e-client.ts';
import { startUpstream } from '../support/e2e-upstream.ts';

it('writes a policy that checks, runs, and denies by default', async () => {
  const upstream = await startUpstream(
    {
      get_account: { description: 'Get an account by id' },
      delete_account: { description: 'Delete an account for good' },
      frobnicate: { description: 'Frobs' },
    },
    'key-123',
  );
  const house = openHouseForTest();
  const file = join(house.folder, '.claude.json');
  writeFileSync(
    file,
    JSON.stringify({
      mcpServers: {
        Books: { url: upstream.url, headers: { Authorization: 'Bearer key-123' } },
        odd: { type: 'sse', url: 'https://odd.example/' },
      },
    }),
  );
  const ran = await house.run(['init', file, '--live', '--allow-private', '--json']);
  expect(ran).toMatchObject({ status: 0, err: '' });
  expect(JSON.parse(ran.out)).toMatchObject({
    connectors: [
      { id: 'books', tools: 1 },
      { id: 'books-act', tools: 1 },
    ],
    left: [{ name: 'odd', says: expect.stringContaining('speaks sse') }],
  });
  const policy = readdirSync(house.policy)
    .map((name) => readFileSync(join(house.policy, name), 'utf8'))
    .join('');
  expect(policy).not.toContain('key-123');
  expect(policy).toMatch(/# Not offered[^#]*\n# {1,3}frobnicate: /);
  expect(await house.run(['policy', 'check'])).toMatchObject({ status: 0 });
  expect(await house.run(['init', file])).toMatchObject({ status: 2, err: expect.stringContaining('holds a policy already') });

  const gateway = await house.serve({ command: ['up', '--admin', 'you@localhost'] });
  const servers = await connectAs(house, 'first', gateway.code);
  const [reads, acts] = [await connect(servers['first-books']), await connect(servers['first-books-act'])];
  expect([await offered(reads), await offered(acts)]).toEqual([['get_account'], ['delete_account']]);
  expect((await call(reads, 'get_account')).isError).toBe(false);
  expect((await call(acts, 'delete_account')).text).toContain('held for approval');
  expect((await call(acts, 'frobnicate')).decision).toMatchObject({ code: 'not_offered' });
  await reads.close();
  await acts.close();
  expect(upstream.calls.map(({ name }) => name)).toEqual(['get_account']);
  await upstream.close();
});

it('says what to try where there is nothing to write a policy for', async () => {
  const house = openHouseForTest();
  mkdirSync(join(house.folder, 'empty'));
  expect(await house.run(['init', join(house.folder, 'empty')])).toMatchObject({
    status: 2,
    err: expect.stringMatching(/nothing was written|Name a/),
  });
  expect(readdirSync(house.policy)).toEqual([]);
});
