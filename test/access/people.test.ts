import { randomBytes, scryptSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPeople } from '../../packages/server/src/access/people/act.ts';
import { lockMs } from '../../packages/server/src/access/people/attempts.ts';
import { replaceCode } from '../../packages/server/src/access/people/store.ts';
import { openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import type { ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import { RecordUnavailable } from '../../packages/server/src/kernel/errors.ts';
import type { Enrolled, People } from '../../packages/server/src/kernel/people.ts';
import { databases } from '../support/databases.ts';
import { type House, house } from './house.ts';

describe.each(databases)('credentials of people on $name', (kind) => {
  let at: House;
  let people: People;
  let boss: Enrolled;
  let admin: ProvenPerson;

  const prove = async (who: Enrolled): Promise<ProvenPerson> => {
    const verified = await people.verifyCode(who.person, who.code);
    if (!verified.ok) throw new Error(verified.says);
    return verified.who;
  };

  beforeAll(async () => {
    at = await house(kind);
    people = openPeople(at);
    boss = await people.enrollFirst(' Boss@corp.example ');
    admin = await prove(boss);
  });
  afterAll(() => at.close());
  beforeEach(() => at.setTime(at.start));

  it('begin with one, once: administrator and approver', async () => {
    expect(boss.person).toBe('boss@corp.example');
    expect(admin).toEqual({ person: 'boss@corp.example', roles: ['administrator', 'approver'], freshAtMs: at.start });
    await expect(people.enrollFirst('eve@corp.example')).rejects.toThrow('Somebody is enrolled already');
    await expect(people.enrollFirst('boss@corp.example')).rejects.toThrow('Somebody is enrolled already');
  });

  it('are given by an administrator alone, with roles that exist', async () => {
    const approver = await prove(await people.enroll('mo@corp.example', ['approver', 'approver'], admin));
    expect(approver.roles).toEqual(['approver']);
    await expect(people.enroll('eve@corp.example', [], approver)).rejects.toThrow('needs an administrator');
    await expect(people.enroll('eve@corp.example', ['boss'], admin)).rejects.toThrow('not a role');
    await expect(people.enroll('mo@corp.example', ['administrator'], admin)).rejects.toThrow('enrolled already');
    for (const name of ['', ' ', 'a b', 'a\nb', 'x'.repeat(300)])
      await expect(people.enroll(name, [], admin)).rejects.toThrow('cannot be the id');
    expect((await people.list()).map(({ person, roles, enrolledBy }) => [person, roles, enrolledBy])).toEqual([
      ['boss@corp.example', ['administrator', 'approver'], 'boss@corp.example'],
      ['mo@corp.example', ['approver'], 'boss@corp.example'],
    ]);
  });

  it('are nowhere in the database as they are typed', async () => {
    const dump = await at.dump();
    expect(dump).toContain('$sha256$');
    expect(dump).not.toContain(boss.code);
    expect(dump).not.toContain(boss.code.replaceAll('-', ''));
  });

  it('that were kept as scrypt work on, and are kept anew when they are typed', async () => {
    const { person, code } = await people.enroll('kim@corp.example', [], admin);
    const salt = randomBytes(16);
    const key = scryptSync(code.replaceAll('-', ''), salt, 32, { N: 2 ** 10, r: 8, p: 1 });
    const [saltWord, keyWord] = [salt, key].map((bytes) => bytes.toString('base64').replaceAll('=', ''));
    const before = `$scrypt$ln=10,r=8,p=1$${saltWord}$${keyWord}`;
    await at.recorder.commit({ entries: [], steps: (tx) => replaceCode(tx, person, before) });
    const kept = async () =>
      await at.database.read.selectFrom('people').select('code_hash').where('person', '=', person).executeTakeFirstOrThrow();
    expect(await people.verifyCode(person, `${code.slice(0, -1)}!`)).toMatchObject({ ok: false });
    expect(await kept()).toEqual({ code_hash: before });
    expect(await people.verifyCode(person, code)).toMatchObject({ ok: true });
    expect((await kept()).code_hash).toMatch(/^\$sha256\$/);
    expect(await people.verifyCode(person, code)).toMatchObject({ ok: true });
  });

  it('end when they are rotated, by oneself or an administrator', async () => {
    const first = await people.enroll('ann@corp.example', [], admin);
    const ann = await prove(first);
    await expect(people.rotate('boss@corp.example', ann)).rejects.toThrow('needs an administrator');
    const second = await people.rotate('ann@corp.example', ann);
    expect(await people.verifyCode(first.person, first.code)).toMatchObject({ ok: false });
    const third = await people.rotate('ann@corp.example', admin);
    expect(await people.verifyCode(second.person, second.code)).toMatchObject({ ok: false });
    expect(await people.verifyCode(third.person, third.code)).toMatchObject({ ok: true });
    await expect(people.rotate('nobody@corp.example', admin)).rejects.toThrow('not enrolled');
  });

  it('say the same of a wrong code and of nobody', async () => {
    const wrong = await people.verifyCode('boss@corp.example', 'AAAAA');
    const nobody = await people.verifyCode('nobody@corp.example', 'AAAAA');
    expect(wrong).toEqual(nobody);
    expect(wrong).toMatchObject({ ok: false, retryAtMs: undefined });
  });

  it('after failures the place that they came from waits, longer each time; the person signs in from elsewhere', async () => {
    const lou = await people.enroll('lou@corp.example', [], admin);
    const stranger = '203.0.113.9';
    const fail = () => people.verifyCode(lou.person, 'WRONG', stranger);
    await Promise.all([fail(), fail(), fail(), fail(), fail()]);
    const locked = await people.verifyCode(lou.person, lou.code, stranger);
    expect(locked).toMatchObject({ ok: false, retryAtMs: at.start + 30_000 });
    expect(locked).toHaveProperty('says', expect.stringContaining('Too many wrong codes came from here'));
    expect(await people.verifyCode(lou.person, lou.code, '198.51.100.7')).toMatchObject({ ok: true });
    expect(await people.verifyCode(lou.person, lou.code)).toMatchObject({ ok: true });
    // What somebody else shows elsewhere frees the stranger of nothing.
    expect(await people.verifyCode(lou.person, lou.code, stranger)).toMatchObject({ ok: false, retryAtMs: at.start + 30_000 });
    at.setTime(at.start + 30_000);
    expect(await fail()).toMatchObject({ ok: false, retryAtMs: undefined });
    expect(await fail()).toMatchObject({ ok: false, retryAtMs: at.start + 90_000 });
    at.setTime(at.start + 90_000);
    expect(await people.verifyCode(lou.person, lou.code, stranger)).toMatchObject({ ok: true });
    // A success forgets the failures.
    await fail();
    expect(await people.verifyCode(lou.person, lou.code, stranger)).toMatchObject({ ok: true });
  });

  it('whoever tries many at once is told to wait; somebody else still gets a turn', async () => {
    const ned = await people.enroll('ned@corp.example', [], admin);
    const flood = Array.from({ length: 12 }, () => people.verifyCode(ned.person, 'WRONG', '203.0.113.10'));
    const own = people.verifyCode(ned.person, ned.code, '198.51.100.8');
    expect((await Promise.all(flood)).filter((one) => !one.ok && one.says.startsWith('Too many codes are being tried'))).toHaveLength(4);
    expect(await own).toMatchObject({ ok: true });
  });

  it('lock for at most an hour', () => {
    expect([0, 4, 5, 6, 7, 12, 100].map(lockMs)).toEqual([0, 0, 30_000, 60_000, 120_000, 3_600_000, 3_600_000]);
  });

  it('leave an entry for each attempt and change, without a code or a name', async () => {
    const before = (await at.entries()).length;
    const sam = await people.enroll('sam@corp.example', ['approver'], admin);
    await people.verifyCode(sam.person, 'WRONG');
    await people.verifyCode(sam.person, sam.code);
    await people.verifyCode('nobody@corp.example', 'WRONG');
    await people.rotate(sam.person, admin);
    const entries = (await at.entries()).slice(before);
    expect(entries.map(({ kind, action }) => [kind, action])).toEqual([
      ['admin', 'credential.enrolled'],
      ['admin', 'credential.refused'],
      ['admin', 'credential.accepted'],
      ['admin', 'credential.refused'],
      ['admin', 'credential.rotated'],
    ]);
    expect(entries[1]).toMatchObject({ code: 'unauthenticated', assurance: { on_behalf_of: 'claimed' } });
    expect(entries[2]?.on_behalf_of).toBe(entries[1]?.on_behalf_of);
    expect(entries[3]).not.toHaveProperty('on_behalf_of');
    expect(JSON.stringify(entries)).not.toMatch(new RegExp(`corp\\.example|${sam.code}`));
  });

  it('prove nobody while the record cannot be written', async () => {
    const dead = openRecorder({ database: at.database, keys: { master: randomBytes(32), names: randomBytes(32) } });
    await dead.close();
    const blind = openPeople({ ...at, recorder: dead });
    await expect(blind.verifyCode(boss.person, boss.code)).rejects.toThrow(RecordUnavailable);
    await expect(blind.verifyCode(boss.person, 'WRONG')).rejects.toThrow(RecordUnavailable);
    await expect(blind.rotate(boss.person, admin)).rejects.toThrow(RecordUnavailable);
    expect(await people.verifyCode(boss.person, boss.code)).toMatchObject({ ok: true });
  });
});
