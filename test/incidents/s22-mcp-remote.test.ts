import { describe, expect, it } from 'vitest';
import { alertsDoor } from '../../packages/server/src/wire-desk-doors.ts';
import { openCatalogHouse, plugin, policy } from '../catalog/house.ts';
import { until } from '../support/e2e.ts';

const leads = (url: string) => ({ '.mcp.json': JSON.stringify({ mcpServers: { crm: { type: 'http', url } } }) });
const addresses = [
  'file:///c:/windows/system32/calc.exe',
  'a:$(calc.exe)?response_type=code',
  'https://169.254.169.254/latest/meta-data',
  'http://mcp.example/sse',
];

describe('S22: an address of a connector is a command, a file, or a machine inside', { timeout: 60_000 }, () => {
  it('a plugin that leads there does not pass its review', async () => {
    const house = await openCatalogHouse({ look: {} });
    try {
      for (const [at, url] of addresses.entries()) {
        const proposed = await house.propose(plugin(`1.1.${at}`, leads(url)));
        expect([url, proposed.checklist.find(({ item }) => item === 'addresses')?.state]).toEqual([url, 'failed']);
        expect(proposed.missing.join()).toContain('addresses: ');
      }
    } finally {
      await house.close();
    }
  });

  it('a connection that leads inside is never dialled unless policy says so, and nothing of it is offered', async () => {
    const inside = (url: string) => policy(url.replace('http:', 'https:')).replace('network: private\n', '');
    const house = await openCatalogHouse({ look: {} }, inside);
    try {
      const { agent } = await house.connect('ann@corp.example');
      await agent.call('look').catch(() => undefined);
      expect(house.house.upstream.calls).toEqual([]);
      expect(await house.pins.catalog.list('crm')).toEqual([]);
      const { alerts, close } = await alertsDoor(house.house.config, house.house.env);
      const told = await until('somebody is told', async () =>
        (await alerts.list({ state: 'all' })).find(({ kind }) => kind === 'upstream_trouble'),
      );
      await close();
      expect(told.says).toContain('127.0.0.1 is private');
    } finally {
      await house.close();
    }
  });
});
