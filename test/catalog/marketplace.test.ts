import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readReleaseFiles } from '../../packages/server/src/catalog/releases/files.ts';
import { openLocal } from '../../packages/server/src/catalog/releases/unpack.ts';
import { accessDoor } from '../../packages/server/src/wire-doors.ts';
import { agentOf } from '../incidents/agent.ts';
import { administrator, type CatalogHouse, folderOf, openCatalogHouse, plugin } from './house.ts';

interface Listed {
  readonly name: string;
  readonly plugins: readonly {
    readonly name: string;
    readonly version: string;
    readonly tags: string[];
    readonly source: { readonly source: string; readonly url: string; readonly sha256: string };
  }[];
}

const servers = {
  crm: { type: 'http', url: 'https://crm.example/mcp', headers: { Authorization: 'Bearer theirs' }, timeout: 9 },
  gmail: { type: 'http', url: '' },
  elsewhere: { type: 'http', url: 'https://elsewhere.example/mcp' },
  local: { command: 'npx', args: ['x@1.0.0'] },
};

/** As the catalog would read it if somebody proposed it again. */
async function unpacked(zip: Uint8Array): Promise<Map<string, string>> {
  const folder = folderOf({ 'desk.zip': zip });
  const opened = await openLocal(join(folder, 'desk.zip'));
  if (!opened) throw new Error('it is no archive');
  const { files, bytes } = await readReleaseFiles(opened.folder);
  await opened.remove();
  return new Map(files.map(({ path, digest }) => [path, Buffer.from(bytes.get(digest) ?? '').toString('utf8')]));
}

describe('the governed marketplace', { timeout: 60_000 }, () => {
  let it: CatalogHouse;
  beforeAll(async () => {
    it = await openCatalogHouse({ look: {}, note: {} });
  });
  afterAll(() => it.close());

  const tokenOf = async (person: string) => {
    const door = await accessDoor(it.house.config, it.house.env);
    const [issued] = await door.tokens.issue({ plugin: 'desk', person, by: administrator });
    await door.close();
    return issued?.token ?? '';
  };
  const read = async (token?: string, path = '/marketplace.json') =>
    await fetch(`${it.house.url}${path}`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  const list = async (token: string) => (await (await read(token)).json()) as Listed;

  test('nobody without a token is told anything, and nothing is in it before a release is approved', async () => {
    for (const path of ['/marketplace.json', '/archives/desk/1.1.0/0.zip']) expect((await read(undefined, path)).status).toBe(401);
    expect((await read('tk_wrong')).status).toBe(401);
    expect((await list(await tokenOf('bob@corp.example'))).plugins).toEqual([]);
    await it.propose(plugin('1.1.0', { '.mcp.json': JSON.stringify({ mcpServers: { crm: servers.crm } }) }));
    expect((await list(await tokenOf('bob@corp.example'))).plugins).toEqual([]);
  });

  test('an approved release comes with its digest; each connector leads here, or says that it is not covered', async () => {
    const more = { '.mcp.json': `\uFEFF// ours\n${JSON.stringify({ mcpServers: servers })}`, 'hooks/run.sh': '#!/bin/sh\ntrue\n' };
    const reviewed = await it.reviewed(await it.propose(plugin('1.2.0', more)));
    await it.desk.releases.canary({ ...named('1.2.0'), by: await it.root(), people: ['ann@corp.example'], share: 0 });
    const [ann, bob] = [await tokenOf('ann@corp.example'), await tokenOf('bob@corp.example')];
    expect((await list(bob)).plugins).toEqual([]);
    const { name, plugins } = await list(ann);
    expect(name).toBe('trapkey-corp');
    expect(plugins).toMatchObject([
      { name: 'desk', version: '1.2.0', source: { source: 'archive', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    ]);
    expect(plugins[0]?.tags).toEqual(['governed', 'not-covered:elsewhere', 'not-covered:gmail', 'not-covered:local']);
    expect(reviewed.manifest.plugin?.connectors.length).toBe(4);

    const { url = '', sha256 } = plugins[0]?.source ?? {};
    const zip = await buffer((await fetch(url)).body as never);
    expect(createHash('sha256').update(zip).digest('hex')).toBe(sha256);
    const files = await unpacked(zip);
    expect([...files.keys()]).toEqual([
      '.claude-plugin/coverage.json',
      '.claude-plugin/plugin.json',
      '.mcp.json',
      'hooks/run.sh',
      'skills/books/SKILL.md',
    ]);
    const config = JSON.parse(files.get('.mcp.json') ?? '') as { mcpServers: Record<string, { url: string }> };
    expect(config.mcpServers).toEqual({
      crm: {
        type: 'http',
        url: `${it.house.url}/p/desk/1.2.0/crm`,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the client fills it in.
        headers: { Authorization: 'Bearer ${TRAPKEY_TOKEN_DESK_CRM}' },
        timeout: 9,
      },
      gmail: servers.gmail,
    });
    const agent = await agentOf(
      { url: config.mcpServers['crm']?.url ?? '', token: ann },
      { url: it.house.upstream.url, token: '' },
      'governed',
    );
    expect(await agent.call('note', { text: 'a' })).toMatchObject({ isError: false });
    await agent.close();
  });

  test('an address is of its archive and its days alone, and ends with the release', async () => {
    const ann = await tokenOf('ann@corp.example');
    const url = (await list(ann)).plugins[0]?.source.url ?? '';
    expect((await list(ann)).plugins[0]?.source.url).toBe(url);
    const status = async (changed: string) => (await fetch(changed)).status;
    expect(await status(url)).toBe(200);
    expect(await status(url.replace(/k=\d+/, 'k=19000'))).toBe(404);
    expect(await status(url.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')))).not.toBe(200);
    expect(await status(url.replace('1.2.0', '1.1.0'))).toBe(404);
    expect(await status(`${it.house.url}/archives/../keys/master.key?k=1`)).not.toBe(200);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    await it.desk.releases.approve({ ...named('1.2.0'), by: await it.root() });
    expect((await list(await tokenOf('bob@corp.example'))).plugins.map(({ version }) => version)).toEqual(['1.2.0']);
    await it.desk.releases.revoke({ ...named('1.2.0'), by: await it.root() });
    expect(await status(url)).toBe(404);
  });
});

const named = (version: string) => ({ kind: 'plugin', id: 'desk', version, reason: 'tried' }) as const;

test('the bytes of an archive are the same in every time zone and order', () => {
  const zip = new URL('../../packages/server/src/catalog/marketplace/zip.ts', import.meta.url).href;
  const program = `
    import { zipOf } from ${JSON.stringify(zip)};
    import { createHash } from 'node:crypto';
    const files = [['b/x.sh', Buffer.from('#!/bin/sh')], ['a.md', Buffer.from('é'.repeat(5000))], ['empty', Buffer.alloc(0)]];
    if (process.env.TZ !== 'UTC') files.reverse();
    console.log(createHash('sha256').update(await zipOf(new Map(files))).digest('hex'));`;
  const made = ['UTC', 'Asia/Kolkata', 'America/Los_Angeles'].map((TZ) =>
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { env: { ...process.env, TZ }, encoding: 'utf8' }).trim(),
  );
  expect(made[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(made).size).toBe(1);
});
