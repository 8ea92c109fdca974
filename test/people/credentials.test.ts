import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, browser } from '../sign-in/browser.ts';
import { databases } from '../support/databases.ts';
import { type RecordingUpstream, startUpstream, text } from '../support/e2e-upstream.ts';
import { startOidc, type TestProvider } from '../support/oidc.ts';
import { administrator, type Desk, openDesk } from './desk.ts';
import { freePort, startVendor, throughVendor, type Vendor, vendorClient } from './vendor.ts';

const serviceKey = 'service-account-of-the-house';

const policy = (url: string, issuer: string) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
approvals: { high: { approvers: ["group:leads"], needs: 1, expires: 1h } }
---
directory:
  - { person: ann@corp.example, groups: [sales] }
  - { person: bob@corp.example, groups: [sales] }
---
connection: mail
owner: it@corp.example
upstream: { url: "${url}", headers: { Authorization: "Bearer ${serviceKey}" } }
network: private
credentials: per_person
oauth: { issuer: "${issuer}", client_id: ${vendorClient.id}, client_secret: "\${env:VENDOR_SECRET}", scopes: [openid, offline_access, crm], vendor: acme }
---
connection: books
owner: it@corp.example
upstream: { url: "${url}", headers: { Authorization: "Bearer ${serviceKey}" } }
network: private
credentials: exchange
oauth: { issuer: "${issuer}", client_id: ${vendorClient.id}, client_secret: "\${env:VENDOR_SECRET}", scopes: [crm] }
---
connector: mail
tools: { look: { effect: read } }
---
connector: books
tools: { look: { effect: read } }
---
plugin: desk
owner: it@corp.example
for: ["group:sales"]
release: { version: 1.0.0 }
connectors: [mail, books]
`;

describe.each(databases)('credentials of people, on $name', (database) => {
  let desk: Desk;
  let vendor: Vendor;
  let house: TestProvider;
  let upstream: RecordingUpstream;
  const seen: (string | undefined)[] = [];
  let ann: Browser;
  let annToken: string;

  beforeAll(async () => {
    const port = await freePort();
    // Ends within the time ahead of which it is renewed: each call renews it.
    vendor = await startVendor(`http://127.0.0.1:${port}/credentials/back`, { accessTokenS: 20 });
    house = await startOidc({
      ann: { email: 'ann@corp.example', email_verified: true },
      stranger: { email: 'bob@corp.example', email_verified: true },
    });
    upstream = await startUpstream({
      look: {
        answer: (_, { response }) => {
          seen.push(response.req.headers.authorization);
          return text('looked');
        },
      },
    });
    desk = await openDesk({
      policy: policy(upstream.url, vendor.issuer),
      env: { VENDOR_SECRET: vendorClient.secret },
      port,
      database,
      oidc: { issuer: house.issuer, insecureLoopback: true },
    });
    annToken = await desk.connect('ann@corp.example', 'mail');
    ann = browser(desk.url);
    await ann.signIn(await desk.access.people.enroll('ann@corp.example', [], administrator));
  });
  afterAll(async () => {
    await desk.close();
    await vendor.stop();
    await house.stop();
    await upstream.close();
  });

  it('reaches nothing before the person signed in, and gives the link to where they do', async () => {
    const refused = await desk.call(annToken, 'mail', 'look');
    expect(refused.text).toContain('not_signed_in');
    expect(refused.text).toContain(`Ask: ${desk.url}/credentials/mail`);
    expect(seen).toEqual([]);
    expect((await ann.get('/credentials/mail')).text).toContain('href="/credentials/mail/sign-in"');
  });

  it('keeps what they signed in with sealed, sends it and nothing else, and renews it', async () => {
    const back = await throughVendor(ann, '/credentials/mail/sign-in', desk.url);
    // Somebody else's browser cannot end what this one began.
    const bob = browser(desk.url);
    await bob.signIn(await desk.access.people.enroll('bob@corp.example', [], administrator));
    expect((await bob.get(back.pathname + back.search)).status).toBe(409);
    expect((await ann.get(`${back.pathname}?code=forged&state=forged`)).status).toBe(409);
    const done = await ann.get(back.pathname + back.search);
    expect([done.status, done.location]).toEqual([303, '/credentials']);

    for (const _ of [1, 2]) expect((await desk.call(annToken, 'mail', 'look')).text).toContain('looked');
    const [first, second] = seen.map((value) => value?.replace('Bearer ', '') ?? '');
    expect(await vendor.holder(first ?? '')).toBe('ann-at-vendor');
    expect(second).not.toBe(first);
    for (const value of seen) expect([annToken, serviceKey]).not.toContain(value?.replace('Bearer ', ''));
    // Nobody else's rights come of it.
    expect((await desk.call(await desk.connect('bob@corp.example', 'mail'), 'mail', 'look')).text).toContain('not_signed_in');
    const door = await desk.credentials();
    expect(await door.grants.list()).toMatchObject([{ connection: 'mail', vendor: 'acme', person: 'ann@corp.example' }]);
    await door.close();
    expect(JSON.stringify(desk.written)).not.toContain(first);
  });

  it('says so when the vendor is down, keeps the grant, and records the refusal', async () => {
    vendor.setDown(true);
    const before = seen.length;
    const refused = await desk.call(annToken, 'mail', 'look');
    expect(refused.text).toContain('acme, which gives credentials for mail, cannot be reached, so nothing was sent');
    expect(seen.length).toBe(before);
    expect(desk.written.at(-1)).toMatchObject({ kind: 'executed', outcome: 'failed', code: 'upstream_failed', connector: 'mail' });
    vendor.setDown(false);
    expect((await desk.call(annToken, 'mail', 'look')).text).toContain('looked');
  });

  it('ends a grant that the vendor does not renew any more, and asks the person to sign in again', async () => {
    await vendor.takeBack(seen.at(-1)?.replace('Bearer ', '') ?? '');
    const before = seen.length;
    expect((await desk.call(annToken, 'mail', 'look')).text).toContain('The sign-in of this person ended for mail at acme');
    expect(seen.length).toBe(before);
    expect(desk.written.find(({ action }) => action === 'upstream.ended')?.detail).toContain('the vendor does not renew it');
    const back = await throughVendor(ann, '/credentials/mail/sign-in', desk.url);
    await ann.get(back.pathname + back.search);
    expect((await desk.call(annToken, 'mail', 'look')).text).toContain('looked');
  });

  it('revokes all grants of a vendor in one act: the next call is refused', async () => {
    const door = await desk.credentials();
    await expect(door.grants.revoke({ vendor: 'acme' }, { person: 'bob@corp.example', roles: [] })).rejects.toThrow(
      'needs an administrator',
    );
    expect(await door.grants.revoke({ vendor: 'acme' }, administrator, 'The vendor was breached.')).toHaveLength(1);
    await expect(door.grants.revoke({ vendor: 'acme' }, administrator)).rejects.toThrow('no open grant');
    await door.close();
    const before = seen.length;
    expect((await desk.call(annToken, 'mail', 'look')).text).toContain('not_signed_in');
    expect(seen.length).toBe(before);
    // The vendor has heard of it as well.
    expect(vendor.revoked.length).toBeGreaterThan(0);
  });

  it('exchanges the token that a person came with; theirs goes to the issuer, and never upstream', async () => {
    const theirs = await house.token('ann', `${desk.url}/p/desk/1.0.0/books`);
    const before = seen.length;
    for (const _ of [1, 2]) expect((await desk.call(theirs, 'books', 'look')).text).toContain('looked');
    const sent = seen.slice(before).map((value) => value?.replace('Bearer ', '') ?? '');
    expect(await vendor.holder(sent[0] ?? '')).toBe('ann');
    expect(vendor.asked.at(-1)?.body).toBe(theirs);
    for (const value of sent) expect([theirs, serviceKey]).not.toContain(value);
    expect(JSON.stringify(desk.written)).not.toContain(theirs);

    const strange = await house.token('stranger', `${desk.url}/p/desk/1.0.0/books`);
    expect((await desk.call(strange, 'books', 'look')).text).toContain("does not exchange this person's token");
    // A token of Trapkey's own is nothing that could be exchanged.
    expect((await desk.call(await desk.connect('ann@corp.example', 'books'), 'books', 'look')).text).toContain(
      'takes a token of the identity provider',
    );
    expect(seen.length).toBe(before + 2);
  });
});
