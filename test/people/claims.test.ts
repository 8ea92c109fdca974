import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../support/databases.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';
import { startOidc, type TestProvider } from '../support/oidc.ts';
import { type Desk, openDesk } from './desk.ts';

const policy = (url: string) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:leads"], needs: 1, expires: 1h } }
---
connection: crm
owner: o
upstream: { url: "${url}" }
network: private
---
connector: crm
tools: { look: { effect: read }, export: { effect: read } }
---
plugin: desk
owner: o
for: ["group:sales"]
release: { version: 1.0.0 }
connectors: [crm]
---
entitlement: all
groups: [export]
allow: [{ connector: crm }]
---
entitlement: some
groups: [sales]
allow: [{ connector: crm, tools: [look] }]
`;
const verified = { email_verified: true };
const accounts = {
  ann: { ...verified, email: 'ann@corp.example', groups: ['sales', 'export'] },
  bob: { ...verified, email: 'bob@corp.example', groups: ['sales', 'export'] },
};

describe.each(databases)('groups from claims, on $name', (database) => {
  let desk: Desk;
  let upstream: RecordingUpstream;
  let house: TestProvider;
  let other: TestProvider;
  beforeAll(async () => {
    upstream = await startUpstream({ look: {}, export: {} });
    [house, other] = await Promise.all([startOidc(accounts), startOidc(accounts)]);
    desk = await openDesk({ policy: policy(upstream.url), database, oidc: { issuer: house.issuer, insecureLoopback: true } });
  });
  afterAll(async () => {
    await desk.close();
    await Promise.all([house.stop(), other.stop(), upstream.close()]);
  });
  const resource = () => `${desk.url}/p/desk/1.0.0/crm`;

  it('gives what the provider says; of who is kept here by SCIM, nothing that the directory does not say too', async () => {
    const [ann, bob] = [await house.token('ann', resource()), await house.token('bob', resource())];
    expect((await desk.call(ann, 'crm', 'export')).isError).toBe(false);
    expect(upstream.calls).toHaveLength(1);

    const made = (await desk.scim('POST', '/Users', { userName: 'ann@corp.example' })).body.id;
    await desk.scim('POST', '/Groups', { displayName: 'sales', members: [{ value: made }] });
    // Her token still says `export`; the directory does not, so it is older than that, or forged.
    expect((await desk.call(ann, 'crm', 'export')).text).toContain('not_entitled');
    expect((await desk.call(ann, 'crm', 'look')).isError).toBe(false);
    expect((await desk.call(bob, 'crm', 'export')).isError).toBe(false);
    expect(upstream.calls.map(({ name }) => name)).toEqual(['export', 'look', 'export']);
  });

  it('believes no other issuer, and no signature but the provider’s', async () => {
    const stranger = await other.token('ann', resource());
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const forged = await new SignJWT({ email: 'ann@corp.example', email_verified: true, groups: ['sales', 'export'] })
      .setProtectedHeader({ alg: 'RS256', kid: (await exportJWK(privateKey)).kid ?? 'key-1', typ: 'at+jwt' })
      .setIssuer(house.issuer)
      .setSubject('ann')
      .setAudience(resource())
      .setExpirationTime('1h')
      .sign(privateKey);
    const before = upstream.calls.length;
    for (const token of [stranger, forged]) expect((await desk.call(token, 'crm', 'look')).status).toBe(401);
    expect(upstream.calls.length).toBe(before);
  });
});
