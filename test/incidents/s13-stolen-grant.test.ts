import { describe, expect, it } from 'vitest';
import { administrator, openDesk } from '../people/desk.ts';
import { freePort, startVendor, throughVendor, vendorClient } from '../people/vendor.ts';
import { browser } from '../sign-in/browser.ts';
import { post } from '../support/e2e-client.ts';
import { startUpstream, text } from '../support/e2e-upstream.ts';
import type { Fixture } from './house.ts';
import { replay } from './replay.ts';

const page = Array.from({ length: 100 }, (_, at) => ({ id: at, email: `customer${at}@elsewhere.example` }));

const fixture: Fixture = {
  tools: { query: { answer: () => ({ content: [{ type: 'text', text: JSON.stringify(page) }] }) }, ping: {} },
  policy: (url) => `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
---
directory:
  - { person: ann@corp.example, groups: [staff] }
  - { person: lee@corp.example, groups: [] }
---
connection: crm
owner: lee@corp.example
upstream: { url: "${url}" }
network: private
---
connector: crm
tools: { query: { effect: read } }
---
connector: other
connection: crm
tools: { ping: { effect: read } }
---
plugin: desk
owner: lee@corp.example
for: ["group:staff"]
release: { version: 1.0.0 }
connectors: [crm, other]
limits: { rows_read: { max: 500 per 1d, each: person } }
`,
};

replay('S13: a token that a vendor lost reads out a whole system', fixture, async (house) => {
  const stolen = await house.agent('ann@corp.example', 'crm');
  const answers = [];
  for (let at = 0; at < 12; at++) answers.push(await stolen.call('query', { from: at * 100 }));
  // Ten times what anybody reads in a day trips the breaker, and what was read before is bounded.
  expect(house.reached('query')).toHaveLength(5);
  expect(answers.filter(({ isError }) => isError).map(({ text: said }) => said.includes('limit_reached'))).toEqual(Array(7).fill(true));
  // It is good for one connector of one release, and not for long.
  const elsewhere = await post(
    { url: `${house.url}/p/desk/1.0.0/other`, headers: { Authorization: `Bearer ${stolen.token}` } },
    'tools/call',
    { name: 'ping', arguments: {} },
  );
  expect(elsewhere.status).toBe(401);
  expect(house.reached('ping')).toEqual([]);
});

describe('S13, the vendor is breached', () => {
  it('all that people granted there ends in one act, and the next call of each is refused', { timeout: 60_000 }, async () => {
    const port = await freePort();
    const vendor = await startVendor(`http://127.0.0.1:${port}/credentials/back`);
    const upstream = await startUpstream({ look: { answer: () => text('looked') } });
    const people = ['ann@corp.example', 'bob@corp.example'];
    const desk = await openDesk({
      port,
      env: { VENDOR_SECRET: vendorClient.secret },
      policy: `
organization: corp
owner: boss@corp.example
inside: { domains: [corp.example] }
---
directory: [{ person: ann@corp.example, groups: [staff] }, { person: bob@corp.example, groups: [staff] }]
---
connection: crm
owner: o
upstream: { url: "${upstream.url}" }
network: private
credentials: per_person
oauth: { issuer: "${vendor.issuer}", client_id: ${vendorClient.id}, client_secret: "\${env:VENDOR_SECRET}", scopes: [openid, crm], vendor: drift }
---
connector: crm
tools: { look: { effect: read } }
---
plugin: desk
owner: o
for: ["group:staff"]
release: { version: 1.0.0 }
connectors: [crm]
`,
    });
    try {
      const tokens = [];
      for (const person of people) {
        const mine = browser(desk.url);
        await mine.signIn(await desk.access.people.enroll(person, [], administrator));
        const back = await throughVendor(mine, '/credentials/crm/sign-in', desk.url);
        await mine.get(back.pathname + back.search);
        const token = await desk.connect(person, 'crm');
        expect((await desk.call(token, 'crm', 'look')).text).toContain('looked');
        tokens.push(token);
      }
      const door = await desk.credentials();
      expect(await door.grants.revoke({ vendor: 'drift' }, administrator, 'breached')).toHaveLength(2);
      await door.close();
      for (const token of tokens) expect((await desk.call(token, 'crm', 'look')).text).toContain('not_signed_in');
      expect(upstream.calls).toHaveLength(2);
    } finally {
      await desk.close();
      await vendor.stop();
      await upstream.close();
    }
  });
});
