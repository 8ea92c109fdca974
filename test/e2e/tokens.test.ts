import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectAs, entriesOf, type Gateway, type House, openHouse, type Server, type Servers, until } from '../support/e2e.ts';
import { call, connect, offered, post } from '../support/e2e-client.ts';
import { ann, as, bob, boss, corp } from '../support/e2e-policy.ts';
import { type RecordingUpstream, startUpstream } from '../support/e2e-upstream.ts';
import { startOidc, type TestProvider } from '../support/oidc.ts';

const profiles = `
---
profile: looking
plugin: sales
for: ["group:sales", "group:guests"]
allow: [{ connector: crm, tools: [look] }]
---
profile: keeping
plugin: sales
for: ["group:sales"]
allow:
  - { connector: crm, tools: [look, slow] }
  - { connector: crm-act, tools: [note] }
`;
const accounts = {
  cleo: { email: 'cleo@corp.example', email_verified: true, groups: ['guests'] },
  mallory: { email: 'mallory@corp.example', email_verified: true, groups: ['interns'] },
};

let upstream: RecordingUpstream;
let provider: TestProvider;
let foreign: TestProvider;
let house: House;
let gateway: Gateway;
let servers: Servers;

beforeAll(async () => {
  upstream = await startUpstream({ look: {}, slow: {}, note: {}, slow_note: {}, send: {} });
  [provider, foreign] = await Promise.all([startOidc(accounts), startOidc(accounts)]);
  house = openHouse(
    { 'corp.yaml': corp(upstream.url, profiles).replace('for: ["group:sales"]\nrelease', 'for: ["group:sales", "group:guests"]\nrelease') },
    { TRAPKEY_OIDC_ISSUER: provider.issuer, TRAPKEY_OIDC_INSECURE_LOOPBACK: '1' },
  );
  gateway = await house.serve({ command: ['up', '--admin', boss] });
  servers = await connectAs(house, 'sales', gateway.code, ['--person', ann, '--profile', 'keeping']);
});
afterAll(async () => {
  house?.remove();
  await Promise.all([upstream?.close(), provider?.stop(), foreign?.stop()]);
});

const bearer = (server: Server | undefined, token: string): Server => ({
  url: server?.url ?? '',
  headers: { Authorization: `Bearer ${token}` },
});
const looks = async (server: Server | undefined) => {
  const reply = await post(server, 'tools/call', { name: 'look', arguments: {} });
  return {
    status: reply.status,
    challenge: reply.headers.get('www-authenticate'),
    body: (await reply.json()) as Record<string, Record<string, unknown>>,
  };
};
/** Nothing of a caller who is not let in reaches the upstream. */
async function refused(server: Server, says: string, status = 401) {
  const before = upstream.calls.length;
  const heard = await looks(server);
  expect(heard, says).toMatchObject({ status, body: { error: { message: expect.stringContaining(says) } } });
  expect(upstream.calls).toHaveLength(before);
  return heard.challenge ?? '';
}

describe('a token that trapkey connect issued', () => {
  it('lets its person in', async () => {
    expect(await looks(servers['sales-crm'])).toMatchObject({
      status: 200,
      body: { result: { content: [{ text: 'look done' }, { text: expect.stringMatching(/^trapkey:/) }] } },
    });
  });

  it('is for one endpoint; without one, the challenge says where to learn more', async () => {
    const act = servers['sales-crm-act'];
    await refused(
      bearer(act, servers['sales-crm']?.headers.Authorization.slice(7) ?? ''),
      'the credential was issued for another endpoint',
    );
    await refused(bearer(act, `tk_${'x'.repeat(43)}`), 'the token is not known here');
    const reply = await fetch(act?.url ?? '', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
    expect(reply.status).toBe(401);
    const where = /resource_metadata="([^"]+)"/.exec(reply.headers.get('www-authenticate') ?? '')?.[1] ?? '';
    expect(where).toBe(`${gateway.url}/.well-known/oauth-protected-resource/p/sales/1.0.0/crm-act`);
    expect(await (await fetch(where)).json()).toMatchObject({
      resource: act?.url,
      authorization_servers: [provider.issuer],
      scopes_supported: ['plugin:sales'],
    });
  });

  it('ends when its time is over, and when it is revoked', async () => {
    const short = await connectAs(house, 'sales', gateway.code, ['--person', ann, '--profile', 'looking', '--expires', '1s']);
    await until('it expired', async () => (await looks(short['sales-crm'])).status === 401);
    expect(await refused(short['sales-crm'] as Server, 'the credential expired')).toContain('error="invalid_token"');

    const lost = await connectAs(house, 'sales', gateway.code, ['--person', bob]);
    expect((await looks(lost['sales-crm'])).status).toBe(200);
    const listed = JSON.parse((await house.run(['tokens', 'list', '--person', bob, '--json'])).out) as readonly {
      id: string;
      connector: string;
    }[];
    const id = listed.find(({ connector }) => connector === 'crm')?.id ?? '';
    expect((await house.run(['tokens', 'revoke', id, ...as(boss)], { input: 'WRONG' })).status).toBe(2);
    expect((await looks(lost['sales-crm'])).status).toBe(200);
    expect((await house.run(['tokens', 'revoke', id, ...as(boss)], { input: gateway.code })).status).toBe(0);
    await until('it is revoked', async () => (await looks(lost['sales-crm'])).status === 401);
    await refused(lost['sales-crm'] as Server, 'the token was revoked');
  });

  it('is for whom the plugin is for, and issued by their own code or an administrator’s', async () => {
    for (const [options, says] of [
      [['--person', 'dave@corp.example', '--code-stdin'], /dave@corp\.example/],
      [['--person', ann, '--profile', 'nothing', '--code-stdin'], /no profile nothing/],
      [['--person', ann, '--profile', 'looking', '--expires', 'soon', '--code-stdin'], /not a duration/],
    ] as const)
      expect(await house.run(['connect', 'sales', ...options], { input: gateway.code })).toMatchObject({
        status: 2,
        err: expect.stringMatching(says),
      });
  });

  it('carries its profile; without one, the narrowest of the person holds', async () => {
    const keeping = await connect(servers['sales-crm-act']);
    expect(await offered(keeping)).toEqual(['note']);
    expect(await call(keeping, 'slow_note')).toMatchObject({ isError: true, decision: { code: 'not_in_profile' } });
    const narrowest = await connectAs(house, 'sales', gateway.code, ['--person', ann]);
    const looking = await connect(narrowest['sales-crm']);
    expect(await offered(looking)).toEqual(['look']);
    const before = upstream.calls.length;
    expect(await call(looking, 'slow')).toMatchObject({ isError: true, decision: { code: 'not_in_profile' } });
    expect(upstream.calls).toHaveLength(before);
    await Promise.all([keeping.close(), looking.close()]);
  });
});

describe('a JWT of the identity provider', () => {
  it('lets its person in with the groups that it names', async () => {
    const server = servers['sales-crm'];
    const jwt = await provider.token('cleo', server?.url ?? '');
    const client = await connect(bearer(server, jwt));
    expect(await offered(client)).toEqual(['look']);
    expect((await call(client, 'look')).isError).toBe(false);
    await client.close();
    const [allowed] = (await entriesOf(house, 'kind:decided on_behalf_of:cleo@corp.example')).slice(-1);
    expect(allowed).toMatchObject({ verdict: 'allow', profile: 'looking', assurance: { on_behalf_of: 'proved', plugin: 'proved' } });
  });

  it('of a person whom the plugin is not for is refused as a call, in words', async () => {
    const server = servers['sales-crm'];
    const before = upstream.calls.length;
    const heard = await looks(bearer(server, await provider.token('mallory', server?.url ?? '')));
    expect(heard).toMatchObject({
      status: 200,
      body: { result: { isError: true, _meta: { 'io.trapkey/decision': { code: 'not_for_person', rule: 'plugin/sales/for' } } } },
    });
    expect(upstream.calls).toHaveLength(before);
    expect((await entriesOf(house, 'kind:decided on_behalf_of:mallory@corp.example'))[0]).toMatchObject({
      verdict: 'deny',
      code: 'not_for_person',
    });
  });

  it('for another endpoint, of another issuer, or changed lets nobody in', async () => {
    const [crm, act] = [servers['sales-crm'], servers['sales-crm-act']];
    const other = await provider.token('cleo', act?.url ?? '');
    await refused(bearer(crm, other), 'the credential was issued for another endpoint');
    const stranger = await foreign.token('cleo', crm?.url ?? '');
    await refused(bearer(crm, stranger), 'Not let in');
    const good = await provider.token('cleo', crm?.url ?? '');
    const [head, body, signature = ''] = good.split('.');
    const flipped = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    await refused(bearer(crm, `${head}.${body}.${flipped}`), 'the signature does not match');
  });
});

it('a flood of callers without identity is refused, counted and leaves the gateway serving', async () => {
  const before = upstream.calls.length;
  const answers = await Promise.all(Array.from({ length: 300 }, () => looks(bearer(servers['sales-crm'], 'tk_nobody'))));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 429]));
  expect(upstream.calls).toHaveLength(before);
  expect((await looks(servers['sales-crm'])).status).toBe(200);
  expect(await gateway.stop()).toBe(0);
  const aggregated = (await entriesOf(house, 'kind:decided verdict:deny')).filter(({ source }) => source !== undefined);
  expect(aggregated.length).toBeLessThan(30);
  expect(aggregated.reduce((sum, { count }) => sum + Number(count), 0)).toBeGreaterThanOrEqual(300);
  expect(JSON.stringify(aggregated)).not.toContain('127.0.0.1');
});
