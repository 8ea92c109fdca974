import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPeople } from '../../packages/server/src/access/people/act.ts';
import { policyCommands } from '../../packages/server/src/cli/policy.ts';
import { type OpenRecorder, openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openKeys } from '../../packages/server/src/effects/record/keys.ts';
import { diffPolicy } from '../../packages/server/src/policy/desk.ts';
import { type OpenPolicy, openPolicy } from '../../packages/server/src/policy/open.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { type Parts, written } from './documents.ts';

const ada = { person: 'ada@corp.example', roles: ['administrator'] };
const bob = { person: 'bob@corp.example', roles: ['administrator'] };
const sam = { person: 'sam@corp.example', roles: [] };
const tim = { person: 'Tim@Corp.example', roles: [], groups: ['security'] };
const eve = { person: 'eve@corp.example', roles: ['administrator'], groups: [] };

const directory = {
  directory: [
    { person: 'sam@corp.example', groups: ['security'], aliases: ['s@corp.example'] },
    { person: 'bob@corp.example', groups: ['security'] },
  ],
};
const corp = (reach: string, more: object = {}, above: object = {}): Parts => ({
  tools: { edit: { effect: 'write', reversible: true, reach } },
  plugin: { autonomy: { 'mail.edit': 'unattended' }, limits: { writes: '10 per run' } },
  organization: { blast_radius: { max: 50, above: { approvers: ['group:security'], ...above } }, ...more },
  profiles: [directory],
});

describe.each(databases)('a loosening past the max on $name', ({ fresh }) => {
  let one: FreshDatabase;
  let recorder: OpenRecorder;
  let folder: string;
  let atMs = Date.parse('2026-11-21T12:00:00Z');
  const clock = () => atMs++;

  beforeEach(async () => {
    one = await fresh();
    folder = await mkdtemp(join(tmpdir(), 'trapkey-blast-'));
    recorder = openRecorder({ database: one.database, keys: openKeys(join(folder, '.keys'), { mayCreate: true }) });
  });
  afterEach(async () => {
    await recorder.close();
    await one.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const write = (parts: Parts) => writeFile(join(folder, 'policy.yaml'), written(parts));
  const open = (): Promise<OpenPolicy> =>
    openPolicy({ database: one.database, recorder, folder, env: {}, clock, onAlarm: () => undefined });
  const entries = async () => {
    const rows = await one.database.read.selectFrom('ledger').select('bytes').where('kind', '=', 'admin').orderBy('entry').execute();
    return rows.map(({ bytes }) => JSON.parse(bytes) as Record<string, string>);
  };
  const proposed = async (policy: OpenPolicy, parts: Parts) => {
    await write(parts);
    const said = await policy.checkFolder();
    if (said.status !== 'proposed') throw new Error(said.status);
    return said.diff;
  };

  test('is refused until those who are named signed it, besides two administrators', async () => {
    await write(corp('1'));
    const policy = await open();
    const before = policy.current().digest;
    const diff = await proposed(policy, corp('30'));
    expect(diff.blast).toContain('sales: one run unattended, records: 10 → 300');
    expect(diff.signOff).toContain('needs 1 of group security to sign it');
    expect(await policy.apply(ada)).toMatchObject({ status: 'second_person' });
    expect(await policy.apply(bob)).toMatchObject({
      status: 'sign_off',
      says: expect.stringContaining('group security'),
      why: ['sales: one run unattended, records: 10 → 300, over 50 records'],
    });
    // Bob is of security, but he applies it.
    expect(await policy.sign(bob)).toMatchObject({ status: 'signed' });
    expect(await policy.apply(bob)).toMatchObject({ status: 'sign_off' });
    expect(policy.current().digest).toBe(before);
    await expect(policy.sign(eve)).rejects.toThrow('signed by group security, and eve@corp.example is none of them');
    expect(await policy.sign(sam)).toMatchObject({ status: 'signed', signed: 2, needs: 1 });
    expect(await policy.apply(bob)).toMatchObject({ status: 'applied', previous: before });
    const all = await entries();
    expect(all.map(({ action }) => action)).toEqual([
      'policy.first',
      'policy.propose',
      'policy.apply.first',
      'policy.sign',
      'policy.sign',
      'policy.apply',
    ]);
    expect(all.at(-1)?.['detail']).toContain('records: 10 → 300');
    expect(all.at(-2)?.['detail']).toContain('over 50 records');
  });

  test('counts a person once, by whatever name, and only for the change and the set that were looked at', async () => {
    await write(corp('1', {}, { needs: 2 }));
    const policy = await open();
    await proposed(policy, corp('30', {}, { needs: 2 }));
    expect(await policy.sign(sam)).toMatchObject({ signed: 1, needs: 2 });
    expect(await policy.sign({ ...sam, person: 'S@corp.example' })).toMatchObject({ signed: 1 });
    await policy.apply(ada);
    expect(await policy.apply(eve)).toMatchObject({ status: 'sign_off', says: expect.stringContaining('1 more of group security') });
    expect(await policy.sign(tim)).toMatchObject({ signed: 2 });
    await proposed(policy, corp('31', {}, { needs: 2 }));
    await policy.apply(ada);
    expect(await policy.apply(eve)).toMatchObject({ status: 'sign_off' });
  });

  test('by raising the max, by leaving it out, or by going back is one, too', async () => {
    await write(corp('1', { solo: true }));
    const policy = await open();
    const raised = corp('30', { solo: true, blast_radius: { max: 5_000, above: { approvers: ['ada@corp.example'] } } });
    await proposed(policy, raised);
    expect(await policy.apply(ada)).toMatchObject({ status: 'sign_off' });
    await expect(policy.sign(ada)).rejects.toThrow('none of them');
    await proposed(policy, corp('1', { solo: true, blast_radius: undefined }));
    expect(await policy.apply(ada)).toMatchObject({ status: 'sign_off', why: ['blast_radius is left out'] });
    await proposed(policy, corp('30', { solo: true }));
    await policy.sign(sam);
    expect(await policy.apply(ada)).toMatchObject({ status: 'applied' });
    await write(corp('1', { solo: true }));
    await policy.checkFolder();
    expect(await policy.apply(ada)).toMatchObject({ status: 'applied' });
    expect(await policy.rollback(ada)).toMatchObject({ status: 'sign_off' });
  });

  test('is signed by one who runs it all alone, where the set says so', async () => {
    const alone = { solo: true, blast_radius: { max: 50, above: { approvers: ['ada@corp.example'] } } };
    await write(corp('1', alone));
    const policy = await open();
    await proposed(policy, corp('30', alone));
    expect(await policy.apply(ada)).toMatchObject({ status: 'sign_off' });
    await policy.sign(ada);
    expect(await policy.apply(ada)).toMatchObject({ status: 'applied' });
  });

  test('needs nobody where it stays below the max', async () => {
    await write(corp('1', { solo: true }));
    const policy = await open();
    const diff = await proposed(policy, corp('5', { solo: true }));
    expect(diff).toMatchObject({ blast: expect.arrayContaining(['sales: one run unattended, records: 10 → 50']) });
    expect(diff.signOff).toBeUndefined();
    expect(await policy.sign(sam)).toMatchObject({ status: 'nothing' });
    expect(await policy.apply(ada)).toMatchObject({ status: 'applied' });
  });

  test('is told, refused and signed by the commands', async () => {
    await write(corp('1', { solo: true }));
    const policy = await open();
    const people = openPeople({ database: one.database, recorder, clock: Date.now });
    const first = await people.enrollFirst('ada@corp.example');
    const second = await people.enroll('sam@corp.example', ['operator'], ada);
    const trapkey = async (code: string, ...words: readonly string[]) => {
      let out = '';
      const stdout = new Writable({
        write(chunk, _, done) {
          out += String(chunk);
          done();
        },
      });
      const program = new Command().exitOverride();
      const desk = { folder: () => folder, check: () => Promise.reject(new Error('not asked for')), schema: () => ({}) };
      const door = {
        people,
        diff: (path: string) => diffPolicy({ database: one.database, env: {}, folder: path, clock }),
        replay: async () => ({ ok: false as const, says: '', problems: [] }),
        propose: policy.checkFolder,
        standing: policy.standing,
        apply: policy.apply,
        rollback: policy.rollback,
        sign: policy.sign,
        close: async () => undefined,
      };
      process.exitCode = undefined;
      policyCommands(program, desk, async () => door, { stdin: Readable.from([`${code}\n`]), stdout, stderr: stdout, env: {} });
      await program.parseAsync(['node', 'trapkey', 'policy', ...words]);
      const exit = Number(process.exitCode ?? 0);
      process.exitCode = undefined;
      return { out, exit };
    };
    await write(corp('30', { solo: true }));
    expect((await trapkey('', 'diff')).out).toMatch(
      /Without a person:\n {2}sales: one action .*\n {2}sales: one run unattended, records: 10 → 300/,
    );
    const refused = await trapkey(first.code, 'apply', '--as', 'ada@corp.example', '--code-stdin');
    expect(refused).toMatchObject({ exit: 1, out: expect.stringContaining('Nothing was changed: more could be altered without a person') });
    const signed = await trapkey(second.code, 'sign', '--as', 'sam@corp.example', '--code-stdin');
    expect(signed).toMatchObject({ exit: 0, out: expect.stringContaining('may follow, by an administrator') });
    expect(await trapkey(first.code, 'apply', '--as', 'ada@corp.example', '--code-stdin')).toMatchObject({ exit: 0 });
    expect(policy.current().connectors.get('mail')?.tools.get('edit')?.reach).toMatchObject({ source: '30' });
  });
});
