import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVendors } from './vendor.ts';

const rules = (issuer: string, privateNetwork = false) =>
  ({
    kind: 'per_person',
    vendor: 'v',
    issuer,
    clientId: 'c',
    clientSecret: 's',
    scopes: ['x'],
    resource: undefined,
    privateNetwork,
  }) as const;
const asked = { back: 'https://here.example/back', state: 's', verifier: 'v'.repeat(43) };

describe('the door to issuers', () => {
  const reached: string[] = [];
  let base = '';
  const server = createServer((request, response) => {
    reached.push(request.url ?? '');
    if (request.url?.startsWith('/moved')) return response.writeHead(302, { location: '/inside' }).end();
    if (request.url?.startsWith('/liar')) {
      // Metadata that sends secrets to this machine's metadata service.
      const liar = `${base}/liar`;
      const meta = {
        issuer: liar,
        authorization_endpoint: `${liar}/auth`,
        token_endpoint: 'http://169.254.169.254/token',
        response_types_supported: ['code'],
      };
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(meta));
    }
    return response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  beforeAll(async () => {
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it.each(['https://169.254.169.254', 'https://10.0.0.1', 'https://[::1]', 'https://127.0.0.1', 'https://[fd00:ec2::254]'])(
    'does not go to %s',
    async (issuer) => {
      await expect(openVendors(Date.now).authorize(rules(issuer), asked)).rejects.toThrow();
    },
  );

  it('does not speak plain http, follow a redirect, or believe metadata of another issuer', async () => {
    const vendors = openVendors(Date.now);
    await expect(vendors.authorize(rules(base), asked)).rejects.toThrow();
    expect(reached).toEqual([]);
    await expect(vendors.authorize(rules(`${base}/moved`, true), asked)).rejects.toThrow();
    expect(reached.filter((path) => path === '/inside')).toEqual([]);
    await expect(vendors.authorize(rules(`${base}/other`, true), asked)).rejects.toThrow();
  });

  it('sends no token to an address that the issuer’s metadata names and the door refuses', async () => {
    const vendors = openVendors(Date.now);
    await expect(vendors.refresh(rules(`${base}/liar`, true), 'refresh')).rejects.toThrow();
    await expect(vendors.exchange(rules(`${base}/liar`, true), 'subject')).rejects.toThrow();
    expect(await vendors.revoke(rules(`${base}/liar`, true), 'refresh')).toBe(false);
  });
});
