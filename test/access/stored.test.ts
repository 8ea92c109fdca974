import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Access, isRefusal, openAccess } from '../../packages/server/src/access/intake.ts';
import { openTokens } from '../../packages/server/src/access/tokens/act.ts';
import { startAccess } from '../../packages/server/src/access/worker.ts';
import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import type { Issued, Tokens } from '../../packages/server/src/kernel/tokens.ts';
import { databases } from '../support/databases.ts';
import { type House, house, policy } from './house.ts';

const admin = { person: 'boss@corp.example', roles: ['administrator', 'approver'] };
const ada = { person: 'ada@corp.example', roles: [] };
const day = 86_400_000;

describe.each(databases)('tokens on $name', (kind) => {
  let at: House;
  let tokens: Tokens;
  let access: Access;
  beforeAll(async () => {
    at = await house(kind);
    tokens = openTokens({ ...at, policy: () => policy });
    access = openAccess({ ...at, policy: () => policy, oidc: undefined, publicUrl: () => 'http://127.0.0.1:7433' });
  });
  afterAll(() => at.close());
  afterEach(() => at.setTime(at.start));

  const ask = async (token: string, path: string) => await access.authenticate(`Bearer ${token}`, path, at.clock(), '192.0.2.1');
  const one = async (request: object = {}): Promise<Issued> => {
    const [first] = await tokens.issue({ plugin: 'sales', by: ada, ...request });
    if (!first) throw new Error('nothing was issued');
    return first;
  };

  it('are issued for each connector of the current release, and let their person in there alone', async () => {
    const issued = await tokens.issue({ plugin: 'sales', profile: 'outreach', by: ada });
    expect(issued.map(({ audience }) => audience)).toEqual(['/p/sales/2.1.0/crm', '/p/sales/2.1.0/mail']);
    const [crm, mail] = issued as [Issued, Issued];
    expect(crm.token).toMatch(/^tk_[\w-]{43}$/);
    expect(await ask(crm.token, crm.audience)).toEqual({
      kind: 'token',
      id: crm.id,
      person: 'ada@corp.example',
      groups: ['sales'],
      client: `token:${crm.id}`,
      audience: crm.audience,
      profile: 'outreach',
      assurance: { person: 'proved', plugin: 'proved' },
    });
    // Seen before, it is no promise any more.
    expect(access.authenticate(`Bearer ${crm.token}`, crm.audience, at.clock())).toMatchObject({ id: crm.id });
    for (const path of [mail.audience, '/p/sales/2.1.1/crm', '/p/hr/2.1.0/crm', '/']) {
      expect(await ask(crm.token, path)).toMatchObject({ status: 401, code: 'wrong_audience' });
    }
  });

  it('are nowhere in the database', async () => {
    const issued = await one();
    await ask(issued.token, issued.audience);
    const dump = await at.dump();
    expect(dump).toContain(issued.id);
    expect(dump).not.toContain(issued.token);
    expect(dump).not.toContain(issued.token.slice(3));
  });

  it('end when they expire', async () => {
    const issued = await one({ expiresMs: day });
    at.setTime(at.start + day - 1);
    expect(isRefusal(await ask(issued.token, issued.audience))).toBe(false);
    at.setTime(at.start + day);
    expect(await ask(issued.token, issued.audience)).toMatchObject({ status: 401, reason: 'expired' });
  });

  it('that are unknown, altered or malformed let nobody in', async () => {
    const { token, audience } = await one();
    const other = token.at(-5) === 'A' ? 'B' : 'A';
    const altered = `${token.slice(0, -5)}${other}${token.slice(-4)}`;
    for (const wrong of [altered, token.slice(0, -1), `${token}A`, 'tk_', `tk_${'A'.repeat(43)}`])
      expect(await ask(wrong, audience)).toMatchObject({ reason: 'unknown_token' });
    expect(await access.authenticate(undefined, audience, at.clock())).toMatchObject({ status: 401, reason: 'missing' });
    for (const header of ['', token, `Basic ${token}`, `Bearer ${token} x`, 'Bearer', `Bearer ${'a'.repeat(20_000)}`]) {
      expect(await access.authenticate(header, audience, at.clock()), header.slice(0, 40)).toMatchObject({ reason: 'malformed' });
    }
    // A JWT where there is no identity provider.
    expect(await ask('a.b.c', audience)).toMatchObject({ reason: 'unknown_token' });
  });

  it('that are revoked by another process end with the next refresh, and at the latest after half a minute', async () => {
    const elsewhere = openTokens({ ...at, policy: () => policy });
    const [watched, silent] = [await one(), await one()];
    for (const issued of [watched, silent]) await ask(issued.token, issued.audience);
    await elsewhere.revoke(watched.id, ada);
    await access.refresh();
    expect(await ask(watched.token, watched.audience)).toMatchObject({ status: 401, reason: 'revoked' });
    await elsewhere.revoke(silent.id, admin);
    at.setTime(at.start + 30_001);
    expect(await ask(silent.token, silent.audience)).toMatchObject({ reason: 'revoked' });
    await expect(tokens.revoke(silent.id, admin)).rejects.toThrow('revoked already');
  });

  it('that are revoked reach a running gateway through the watcher', async () => {
    const issued = await one();
    await ask(issued.token, issued.audience);
    const unwatch = at.database.watch(() => void access.refresh());
    await tokens.revoke(issued.id, ada);
    await expect.poll(() => ask(issued.token, issued.audience)).toMatchObject({ reason: 'revoked' });
    unwatch();
  });

  it('for somebody else, and their end, need an administrator', async () => {
    const request = { plugin: 'sales', person: 'AL@corp.example' };
    await expect(tokens.issue({ ...request, by: { person: 'bob@corp.example', roles: ['approver'] } })).rejects.toThrow(
      'needs an administrator',
    );
    const [issued] = (await tokens.issue({ ...request, by: admin })) as [Issued];
    expect(issued.person).toBe('ada@corp.example');
    await expect(tokens.revoke(issued.id, { person: 'bob@corp.example', roles: [] })).rejects.toThrow('no token');
    await expect(tokens.revoke('AT-0000000000', admin)).rejects.toThrow('no token');
    await tokens.revoke(issued.id, ada);
    expect((await tokens.list('ada@corp.example')).find(({ id }) => id === issued.id)).toMatchObject({
      issuedBy: admin.person,
      revokedAtMs: at.start,
    });
  });

  it('are not issued for what could never be used', async () => {
    const before = (await tokens.list()).length;
    await expect(one({ plugin: 'nope' })).rejects.toThrow('no plugin nope');
    await expect(one({ profile: 'nope' })).rejects.toThrow('no profile nope');
    await expect(one({ by: { person: 'bob@corp.example', roles: [] } })).rejects.toThrow('does not include bob');
    for (const expiresMs of [0, -1, 1.5, 367 * day, Number.NaN]) await expect(one({ expiresMs })).rejects.toThrow('at most 366 days');
    await expect(tokens.issue({ plugin: 'sales', person: 'ada@corp.example', by: { setup: 'boss@corp.example' } })).rejects.toThrow(
      'just enrolled',
    );
    expect(await tokens.list()).toHaveLength(before);
  });

  it('leave an entry for each issue and revocation, without a secret or a name', async () => {
    const issued = await one({ expiresMs: day });
    await tokens.revoke(issued.id, admin);
    const entries = (await at.entries()).filter(({ detail }) => detail?.startsWith(issued.id));
    expect(entries.map(({ kind, action }) => [kind, action])).toEqual([
      ['admin', 'token.issued'],
      ['admin', 'token.revoked'],
    ]);
    expect(entries[0]).toMatchObject({ plugin: 'sales@2.1.0', connector: 'crm', assurance: { on_behalf_of: 'proved' } });
    expect(entries[0]?.subject).toBe(entries[1]?.subject);
    expect(JSON.stringify(entries)).not.toMatch(/corp\.example|tk_/);
  });

  it('groups follow the policy of the moment', async () => {
    let set = policy;
    const moving = openAccess({ ...at, policy: () => set, oidc: undefined, publicUrl: () => 'http://127.0.0.1:7433' });
    const issued = await one();
    expect(await moving.authenticate(`Bearer ${issued.token}`, issued.audience, at.clock())).toMatchObject({ groups: ['sales'] });
    set = { ...policy, directory: new Map() };
    expect(moving.authenticate(`Bearer ${issued.token}`, issued.audience, at.clock())).toMatchObject({ groups: [] });
  });

  it('a flood without identity is refused at once, is one entry, and keeps nobody out who is known', async () => {
    const gate = openAccess({ ...at, policy: () => policy, oidc: undefined, publicUrl: () => 'http://127.0.0.1:7433' });
    const work = startAccess({ access: gate, recorder: at.recorder, clock: at.clock, alarm: () => undefined });
    const known = await one();
    const from = (token: string | undefined, source: string) =>
      gate.authenticate(token && `Bearer ${token}`, known.audience, at.clock(), source);
    await from(known.token, '198.51.100.9');
    const before = (await at.entries()).length;
    let limited = 0;
    for (let i = 0; i < 1_000; i++) {
      const answer = await from(`tk_${randomBytes(32).toString('base64url')}`, '198.51.100.9');
      if ('status' in answer && answer.status === 429) limited++;
    }
    expect(limited).toBe(940);
    expect(from(known.token, '198.51.100.9')).toMatchObject({ id: known.id });
    expect(from(undefined, '198.51.100.9')).toMatchObject({ status: 429, reason: 'too_many' });
    expect(from(undefined, '198.51.100.10')).toMatchObject({ status: 401 });
    expect((await at.entries()).length).toBe(before);
    await work.stop();
    const written = (await at.entries()).slice(before);
    expect(written.map(({ verdict, code, reason, count }) => [verdict, code, reason, count])).toEqual([
      ['deny', 'unauthenticated', 'unknown_token', 60],
      ['deny', 'limit_reached', 'too_many', 941],
      ['deny', 'unauthenticated', 'missing', 1],
    ]);
    expect(new Set(written.map(({ source }) => source)).size).toBe(2);
    expect(JSON.stringify(written)).not.toContain('198.51');
  });

  it('counts of refused callers wait when the record cannot be written', async () => {
    const gate = openAccess({ ...at, policy: () => policy, oidc: undefined, publicUrl: () => 'http://127.0.0.1:7433' });
    const dead = openRecorder({ database: at.database, keys: { master: randomBytes(32), names: randomBytes(32) } });
    await dead.close();
    for (let i = 0; i < 3; i++) await gate.authenticate(undefined, '/', at.clock(), '198.51.100.9');
    const before = (await at.entries()).length;
    await startAccess({ access: gate, recorder: dead, clock: at.clock, alarm: () => undefined }).stop();
    expect(await at.entries()).toHaveLength(before);
    await gate.authenticate(undefined, '/', at.clock(), '198.51.100.9');
    await startAccess({ access: gate, recorder: at.recorder, clock: at.clock, alarm: () => undefined }).stop();
    expect((await at.entries()).slice(before)).toMatchObject([{ reason: 'missing', count: 4 }]);
  });

  it('and a database that cannot be read lets in nobody who is not known, and says so', async () => {
    const own = await house(kind);
    const issue = openTokens({ ...own, policy: () => policy });
    const gate = openAccess({ ...own, policy: () => policy, oidc: undefined, publicUrl: () => 'http://127.0.0.1:7433' });
    const [known, unknown] = (await issue.issue({ plugin: 'sales', by: ada })) as [Issued, Issued];
    const from = async ({ token, audience }: Issued) => await gate.authenticate(`Bearer ${token}`, audience, own.clock());
    expect(await from(known)).toMatchObject({ id: known.id });
    await own.close();
    await gate.refresh();
    expect(await from(known)).toMatchObject({ id: known.id });
    expect(await from(unknown)).toMatchObject({ status: 503, code: 'record_unavailable', reason: 'unreadable' });
    own.setTime(own.start + 30_001);
    expect(await from(known)).toMatchObject({ status: 503 });
  });
});
