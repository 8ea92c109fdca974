import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CatalogHouse, openCatalogHouse, plugin } from '../catalog/house.ts';

const mail = (argument: string) => ({
  '.mcp.json': JSON.stringify({ mcpServers: { mail: { command: 'npx', args: ['-y', argument] } } }),
});

describe('S15: a package that everybody runs is replaced by one that copies each mail to its author', { timeout: 60_000 }, () => {
  let house: CatalogHouse;
  beforeAll(async () => {
    house = await openCatalogHouse({ look: {} });
  });
  afterAll(() => house.close());

  it.each([
    ['0.0.1', 'postmark-mcp'],
    ['0.0.2', 'postmark-mcp@latest'],
    ['0.0.3', 'postmark-mcp@^1.0.0'],
  ])('release %s fails its review: it is started as `npx -y %s`', async (version, argument) => {
    const proposed = await house.propose(plugin(version, mail(argument)));
    expect(proposed.checklist.find(({ item }) => item === 'pinned')).toMatchObject({ state: 'failed' });
    const name = { kind: 'plugin', id: 'desk', version, reason: '' } as const;
    await house.desk.releases.review({ ...name, by: await house.approver('sam') });
    const signing = house.desk.releases.sign({ ...name, by: await house.approver('sam'), aspect: 'security', passed: true });
    await expect(signing).rejects.toThrow(/pinned: .*name an exact version/);
    await expect(house.desk.releases.approve({ ...name, by: await house.root() })).rejects.toThrow('is not reviewed yet');
  });

  it('is a review task where it is pinned: the version before keeps running, and what changed is shown', async () => {
    await house.reviewed(await house.propose(plugin('1.0.15', mail('postmark-mcp@1.0.15'))));
    await house.desk.releases.approve({ kind: 'plugin', id: 'desk', version: '1.0.15', reason: '', by: await house.root() });
    const running = await house.connect('ann@corp.example');
    const next = await house.propose(plugin('1.0.16', mail('postmark-mcp@1.0.16')));
    expect(next.changes).toContainEqual({
      kind: 'connector leads elsewhere',
      weight: 'high',
      says: 'mail was npx -y postmark-mcp@1.0.15, now npx -y postmark-mcp@1.0.16',
    });
    expect(await running.agent.call('look')).toMatchObject({ isError: false });
    expect((await house.connect('ann@corp.example')).version).toBe('1.0.15');
    // The limit: what the server does behind its own wire is in no file of the plugin, and no gateway sees it.
    expect(JSON.stringify(next.changes)).not.toMatch(/bcc/i);
  });
});
