import { expect, it } from 'vitest';
import { openHouseForTest } from '../support/e2e.ts';
import { corp } from '../support/e2e-policy.ts';

it('settings bring the marketplace, plugins and servers of policy, in the same bytes each time', async () => {
  const house = openHouseForTest({ 'corp.yaml': corp('https://crm.corp.example/mcp') });
  const url = ['--url', 'https://trapkey.corp.example'];
  const managed = ['settings', 'managed', ...url, '--plugins', 'sales', '--servers'];
  const [one, two] = [await house.run(managed), await house.run(managed)];
  expect(one).toMatchObject({ status: 0, err: '' });
  expect(two.out).toBe(one.out);
  const endpoint = 'https://trapkey.corp.example/p/sales/1.0.0';
  expect(JSON.parse(one.out)).toMatchObject({
    allowManagedMcpServersOnly: true,
    allowedMcpServers: [{ serverUrl: 'https://trapkey.corp.example/*' }],
    strictKnownMarketplaces: [{ source: 'url', url: 'https://trapkey.corp.example/marketplace.json' }],
    extraKnownMarketplaces: {
      'trapkey-corp': { source: { source: 'url', headersHelper: expect.stringContaining('TRAPKEY_TOKEN') }, autoUpdate: true },
    },
    enabledPlugins: { 'sales@trapkey-corp': true },
    managedMcpServers: {
      'sales-crm': { type: 'http', url: `${endpoint}/crm` },
      'sales-crm-act': { type: 'http', url: `${endpoint}/crm-act` },
    },
    hooks: { PreToolUse: [{}] },
  });
  const cowork = await house.run(['settings', 'cowork', ...url]);
  expect(JSON.parse(cowork.out)).toEqual({
    managedMcpServers: [
      { name: 'sales-crm', url: `${endpoint}/crm`, transport: 'http', oauth: true, toolPolicy: { look: 'allow', slow: 'allow' } },
      {
        name: 'sales-crm-act',
        url: `${endpoint}/crm-act`,
        transport: 'http',
        oauth: true,
        toolPolicy: { note: 'allow', send: 'ask', slow_note: 'allow' },
      },
    ],
    isLocalDevMcpEnabled: false,
  });
  expect(await house.run(['settings', 'managed', ...url, '--plugins', 'nothing'])).toMatchObject({
    status: 2,
    err: expect.stringContaining('has no plugin nothing.'),
  });
  expect(await house.run(['settings', 'managed', '--url', 'http://gw.example', '--servers'])).toMatchObject({
    status: 2,
    err: expect.stringContaining('https alone'),
  });
});
