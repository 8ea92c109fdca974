import { randomBytes } from 'node:crypto';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Access, isRefusal, openAccess } from '../../packages/server/src/access/intake.ts';
import { readOidc } from '../../packages/server/src/access/jwt/settings.ts';
import { fetchKeys, type KeyFetcher } from '../../packages/server/src/access/jwt/worker.ts';
import type { AccessRefusal } from '../../packages/server/src/access/refusal.ts';
import type { Credential } from '../../packages/server/src/kernel/call.ts';
import { databases } from '../support/databases.ts';
import { startOidc, type TestProvider } from '../support/oidc.ts';
import { type House, house, policy } from './house.ts';

const publicUrl = 'http://127.0.0.1:7433';
const path = '/p/sales/2.1.0/crm';
const resource = publicUrl + path;

const accounts = {
  ada: { email: 'AL@corp.example', email_verified: true, groups: ['directors', 'sales'] },
  plain: { email: 'al@corp.example', email_verified: true },
  odd: { email: 'al@corp.example', email_verified: true, groups: { sales: true } },
  unverified: { email: 'ada@corp.example', email_verified: false },
  nameless: { groups: ['sales'] },
  bound: { email: 'ada@corp.example', email_verified: true, cnf: { jkt: 'x' } },
};

let provider: TestProvider;
let at: House;
beforeAll(async () => {
  provider = await startOidc(accounts);
  const [sqlite] = databases;
  at = await house(sqlite as NonNullable<typeof sqlite>);
});
afterAll(async () => {
  await provider.stop();
  await at.close();
});

interface Opened {
  readonly access: Access;
  readonly fetcher: KeyFetcher;
  readonly alarms: string[];
}

async function open(settings: Record<string, unknown> = {}, apartMs = 0): Promise<Opened> {
  const oidc = readOidc({ issuer: provider.issuer, insecureLoopback: true, ...settings });
  const access = openAccess({
    database: at.database,
    keys: { tokens: randomBytes(32) },
    policy: () => policy,
    clock: Date.now,
    oidc,
    publicUrl: () => publicUrl,
  });
  const alarms: string[] = [];
  const fetcher = fetchKeys({ settings: oidc, keys: access.keys, clock: Date.now, alarm: (says) => alarms.push(says), apartMs });
  await fetcher.ready;
  return { access, fetcher, alarms };
}

async function ask({ access }: Opened, token: string, endpoint = path, atMs = Date.now()): Promise<Credential | AccessRefusal> {
  return await access.authenticate(`Bearer ${token}`, endpoint, atMs, '192.0.2.1');
}

async function admitted(opened: Opened, token: string, at?: string): Promise<Credential> {
  const answer = await ask(opened, token, at);
  if (isRefusal(answer)) throw new Error(`refused: ${answer.says}`);
  return answer;
}

async function refused(opened: Opened, token: string, at?: string, atMs?: number): Promise<AccessRefusal> {
  const answer = await ask(opened, token, at, atMs);
  if (!isRefusal(answer)) throw new Error(`let in: ${answer.person}`);
  return answer;
}

describe('a JWT of the identity provider', () => {
  it('for the endpoint proves person and plugin, the second time at once', async () => {
    const opened = await open();
    const token = await provider.token('ada', resource);
    const first = await admitted(opened, token);
    expect(first).toMatchObject({
      kind: 'jwt',
      person: 'ada@corp.example',
      client: 'test-client',
      audience: path,
      assurance: { person: 'proved', plugin: 'proved' },
    });
    expect(first.groups).toEqual(['directors', 'sales']);
    expect(opened.access.authenticate(`Bearer ${token}`, path, Date.now())).toEqual(first);
    opened.fetcher.stop();
  });

  it('takes groups from the directory only when there is no claim; a claim that is no list gives none', async () => {
    const opened = await open();
    expect((await admitted(opened, await provider.token('plain', resource))).groups).toEqual(['sales']);
    expect((await admitted(opened, await provider.token('odd', resource))).groups).toEqual([]);
    opened.fetcher.stop();
  });

  it('for the whole gateway proves the plugin only with its scope', async () => {
    const opened = await open();
    const strict = await open({ pluginScopeRequired: true });
    const scoped = await provider.token('ada', publicUrl, 'plugin:sales');
    const bare = await provider.token('ada', publicUrl);
    const foreign = await provider.token('ada', publicUrl, 'plugin:other');
    expect((await admitted(opened, scoped)).assurance.plugin).toBe('proved');
    expect((await admitted(opened, bare)).assurance.plugin).toBe('claimed');
    expect((await admitted(opened, foreign)).assurance.plugin).toBe('claimed');
    expect((await admitted(strict, scoped)).assurance.plugin).toBe('proved');
    const answer = await refused(strict, foreign);
    expect(answer).toMatchObject({ status: 403, code: 'wrong_audience' });
    expect(answer.wwwAuthenticate).toContain('error="insufficient_scope", scope="plugin:sales"');
    opened.fetcher.stop();
    strict.fetcher.stop();
  });

  it('for another endpoint, or read as remembered at another, is refused', async () => {
    const opened = await open();
    const token = await provider.token('ada', resource);
    await admitted(opened, token);
    for (const other of ['/p/sales/2.1.0/mail', '/p/sales/2.1.1/crm', '/p/hr/2.1.0/crm', '/p/sales/2.1.0/crm/', '/']) {
      expect(await refused(opened, token, other)).toMatchObject({ status: 401, code: 'wrong_audience' });
    }
    expect(await refused(opened, await provider.token('ada', 'https://elsewhere.example/p/sales/2.1.0/crm'))).toMatchObject({
      code: 'wrong_audience',
    });
    opened.fetcher.stop();
  });

  it('is refused when it expired, also when it was remembered', async () => {
    const opened = await open();
    const token = await provider.token('ada', resource);
    await admitted(opened, token);
    expect(await refused(opened, token, path, Date.now() + 2 * 3_600_000)).toMatchObject({
      status: 401,
      reason: 'expired',
      code: 'unauthenticated',
    });
    expect(await refused(await open(), token, path, Date.now() + 2 * 3_600_000)).toMatchObject({ reason: 'expired' });
    opened.fetcher.stop();
  });

  it('is refused when it proves no person, or is bound to a key that was not shown', async () => {
    const opened = await open();
    for (const account of ['unverified', 'nameless'])
      expect(await refused(opened, await provider.token(account, resource))).toMatchObject({ reason: 'no_person' });
    expect(await refused(opened, await provider.token('bound', resource))).toMatchObject({ reason: 'not_an_access_token' });
    opened.fetcher.stop();
  });

  it('is refused from another issuer, forged, altered, unsigned, or signed with the public key as a secret', async () => {
    const opened = await open();
    const claims = { email: 'ada@corp.example', email_verified: true, scope: '' };
    const published = (await (await fetch(`${provider.issuer}/jwks`)).json()) as { keys: { kid: string; n: string; e: string }[] };
    const kid = published.keys[0]?.kid as string;
    const sign = async (key: Parameters<SignJWT['sign']>[0], alg: string, issuer = provider.issuer, header = {}) =>
      await new SignJWT(claims)
        .setProtectedHeader({ alg, kid, typ: 'at+jwt', ...header })
        .setIssuer(issuer)
        .setAudience(resource)
        .setSubject('ada')
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(key);
    const own = await generateKeyPair('RS256', { extractable: true });
    expect(await refused(opened, await sign(own.privateKey, 'RS256'))).toMatchObject({ reason: 'bad_signature' });
    // A key that the token brings along is no key.
    const jwk = await exportJWK(own.publicKey);
    expect(await refused(opened, await sign(own.privateKey, 'RS256', provider.issuer, { jwk }))).toMatchObject({ reason: 'bad_signature' });
    for (const secret of [JSON.stringify(published.keys[0]), await exportSPKI(own.publicKey)]) {
      expect(await refused(opened, await sign(new TextEncoder().encode(secret), 'HS256'))).toMatchObject({ reason: 'algorithm' });
    }
    const unsigned = new UnsecuredJWT(claims)
      .setIssuer(provider.issuer)
      .setAudience(resource)
      .setSubject('ada')
      .setExpirationTime('1h')
      .encode();
    expect(isRefusal(await ask(opened, unsigned))).toBe(true);

    const token = await provider.token('ada', resource);
    const [head, body, signature] = token.split('.') as [string, string, string];
    const altered = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), email: 'boss@corp.example' }),
    ).toString('base64url');
    expect(await refused(opened, `${head}.${altered}.${signature}`)).toMatchObject({ reason: 'bad_signature' });
    opened.fetcher.stop();

    const other = await startOidc(accounts);
    // The keys of the one, the tokens of the other: the issuer decides.
    const mixed = await open({ jwksUrl: `${other.issuer}/jwks` });
    expect(await refused(mixed, await other.token('ada', resource))).toMatchObject({ reason: 'wrong_issuer' });
    mixed.fetcher.stop();
    await other.stop();
  });
});

describe('the keys of the provider', () => {
  it('are fetched again when a token names a new one, not on the path of the call, and old ones end', async () => {
    const opened = await open();
    const old = await provider.token('ada', resource);
    await admitted(opened, old);
    await provider.rotate();
    const next = await provider.token('ada', resource);
    const fetched = provider.keyFetches();
    const answer = await refused(opened, next);
    expect(answer).toMatchObject({ status: 401, reason: 'unknown_key' });
    expect(answer.says).toContain('try again');
    await expect.poll(async () => isRefusal(await ask(opened, next))).toBe(false);
    expect(provider.keyFetches()).toBeGreaterThan(fetched);
    expect(await refused(opened, old)).toMatchObject({ reason: 'unknown_key' });
    opened.fetcher.stop();
  });

  it('are not fetched again for every unknown key', async () => {
    const opened = await open({}, 60_000);
    const fetched = provider.keyFetches();
    const { privateKey } = await generateKeyPair('ES256');
    for (let i = 0; i < 20; i++) {
      const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: `made-up-${i}` }).sign(privateKey);
      expect(await refused(opened, token)).toMatchObject({ reason: 'unknown_key' });
    }
    expect(provider.keyFetches()).toBe(fetched);
    opened.fetcher.stop();
  });

  it('that cannot be had let nobody in, with an alarm in words', async () => {
    const broken = { unreachable: 'http://127.0.0.1:1', 'another issuer': `${provider.issuer}/` };
    for (const issuer of Object.values(broken)) {
      const opened = await open({ issuer });
      expect(opened.alarms).toHaveLength(1);
      expect(opened.alarms[0]).toContain('cannot be fetched');
      expect(await refused(opened, await provider.token('ada', resource))).toMatchObject({ reason: 'unknown_key' });
      opened.fetcher.stop();
    }
  });

  it('are never fetched from this machine, a private network or over http, unless a setting says so', async () => {
    const before = provider.keyFetches();
    const refusals = [
      { jwksUrl: `${provider.issuer}/jwks`, insecureLoopback: false },
      { jwksUrl: provider.issuer.replace('http:', 'https:'), insecureLoopback: false },
      { jwksUrl: 'https://localhost/jwks', insecureLoopback: false },
      { jwksUrl: 'https://169.254.169.254/latest' },
      { jwksUrl: 'https://[fd00::1]/jwks' },
      { jwksUrl: 'https://[::ffff:10.0.0.1]/jwks' },
      { jwksUrl: 'https://10.1.2.3/jwks' },
      { jwksUrl: 'http://10.1.2.3/jwks', network: 'private' },
    ];
    for (const settings of refusals) {
      const opened = await open(settings);
      expect(opened.alarms[0], JSON.stringify(settings)).toMatch(/is refused|is not https/);
      opened.fetcher.stop();
    }
    expect(provider.keyFetches()).toBe(before);
  });

  it('sign with asymmetric algorithms only: others are no setting', () => {
    for (const alg of ['none', 'HS256', 'HS512'])
      expect(() => readOidc({ issuer: provider.issuer, algorithms: [alg as 'ES256'] })).toThrow('algorithms');
  });
});
