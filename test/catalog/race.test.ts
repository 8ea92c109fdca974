import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStandings } from '../../packages/server/src/catalog/releases/read.ts';
import { type OpenRecorder, openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openKeys } from '../../packages/server/src/effects/record/keys.ts';
import type { ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import { refusedRelease, releaseFor, triesIt } from '../../packages/server/src/kernel/release-standing.ts';
import type { Releases } from '../../packages/server/src/kernel/releases.ts';
import { compileSet } from '../../packages/server/src/policy/compile/set.ts';
import { releasesOver } from '../../packages/server/src/wire-releases.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { folderOf, plugin, policy } from './house.ts';

const atMs = 1_780_000_000_000;
const someone = (person: string, ...roles: string[]): ProvenPerson => ({ person: `${person}@corp.example`, roles, freshAtMs: atMs });
const [lee, sam, dana, chief] = [
  someone('lee', 'approver'),
  someone('sam', 'approver'),
  someone('dana', 'approver'),
  someone('chief', 'administrator'),
];

const compiled = compileSet({ 'policy.yaml': policy('https://crm.example/mcp') }, {});
if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));

describe.each(databases)('releases on $name', ({ fresh }) => {
  let one: FreshDatabase;
  let keys: string;
  let recorder: OpenRecorder;
  let releases: Releases;
  beforeEach(async () => {
    one = await fresh();
    keys = mkdtempSync(join(tmpdir(), 'trapkey-keys-'));
    recorder = openRecorder({ database: one.database, keys: openKeys(keys, { mayCreate: true }) });
    releases = releasesOver({ database: one.database, recorder, clock: () => atMs }, () => compiled.set);
  });
  afterEach(async () => {
    await recorder.close();
    await one.drop();
    rmSync(keys, { recursive: true, force: true });
  });
  const named = (version: string, by = chief) => ({ kind: 'plugin', id: 'desk', version, reason: 'for the test', by }) as const;
  async function reviewed(version: string): Promise<void> {
    await releases.propose({ source: folderOf(plugin(version)), by: lee, privateNetwork: false });
    await releases.review(named(version, sam));
    await releases.sign({ ...named(version, sam), aspect: 'security', passed: true });
    await releases.sign({ ...named(version, dana), aspect: 'data', passed: true });
  }
  const entries = async () => {
    const rows = await one.database.read.selectFrom('ledger').select('bytes').where('kind', '=', 'admin').orderBy('entry').execute();
    return rows.map(({ bytes }) => JSON.parse(bytes) as Record<string, unknown>);
  };

  test('of acts at the same moment one counts, and each that counts is an entry', async () => {
    await reviewed('1.1.0');
    const tried = await Promise.allSettled([
      releases.approve(named('1.1.0')),
      releases.approve(named('1.1.0')),
      releases.revoke(named('1.1.0')),
      releases.canary({ ...named('1.1.0'), people: ['ann@corp.example'], share: 0 }),
    ]);
    const done = tried.filter(({ status }) => status === 'fulfilled');
    expect(done).toHaveLength(1);
    for (const one of tried) if (one.status === 'rejected') expect(String(one.reason)).toMatch(/same moment|is (approved|revoked|canary)/);
    const said = (await entries()).map(({ action }) => action);
    expect(said.slice(0, 4)).toEqual(['release.proposed', 'release.in_review', 'release.signed_off', 'release.signed_off']);
    expect(said).toHaveLength(5);
    expect((await entries())[3]).toMatchObject({
      subject: 'plugin desk@1.1.0',
      assurance: { on_behalf_of: 'proved' },
      detail: expect.stringContaining('data passed'),
    });
  });

  test('the same folder proposed by two at once is one release', async () => {
    const source = folderOf(plugin('1.1.0'));
    const both = await Promise.allSettled([lee, sam].map((by) => releases.propose({ source, by, privateNetwork: false })));
    expect(both.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await releases.list()).toHaveLength(1);
    expect((await entries()).filter(({ action }) => action === 'release.proposed')).toHaveLength(1);
  });

  test('approving, rolling back and revoking move the latch, so that what was allowed before is decided again', async () => {
    const latch = async () =>
      Number((await one.database.read.selectFrom('latch').select('generation').executeTakeFirstOrThrow()).generation);
    await reviewed('1.1.0');
    const before = await latch();
    await releases.approve(named('1.1.0'));
    await reviewed('1.2.0');
    await releases.approve(named('1.2.0'));
    await releases.rollBack({ kind: 'plugin', id: 'desk', by: chief, reason: '' });
    await releases.revoke(named('1.2.0'));
    expect((await latch()) - before).toBe(4);
    const standings = await openStandings({ database: one.database });
    const desk = standings.over(compiled.set).plugins.get('desk');
    expect([desk?.version, desk?.releases?.states.get('1.2.0')]).toEqual(['1.1.0', 'revoked']);
    expect(standings.over(compiled.set)).toBe(standings.over(compiled.set));
    await expect(releases.rollBack({ kind: 'plugin', id: 'desk', version: '1.2.0', by: chief, reason: '' })).rejects.toThrow('is revoked');
  });

  test('a reviewer who does not pass it bars it until they say otherwise; a capability that nobody approved bars it too', async () => {
    await releases.propose({ source: folderOf(plugin('1.1.0')), by: lee, privateNetwork: false });
    await releases.review(named('1.1.0', lee));
    await releases.sign({ ...named('1.1.0', sam), aspect: 'security', passed: true });
    await expect(releases.sign({ ...named('1.1.0', dana), reason: '', aspect: 'data', passed: false })).rejects.toThrow('Say why');
    await releases.sign({ ...named('1.1.0', dana), reason: 'it reads salaries', aspect: 'data', passed: false });
    await expect(releases.approve(named('1.1.0'))).rejects.toThrow('did not pass the data review: it reads salaries');
    const narrow = await releases.sign({ ...named('1.1.0', dana), aspect: 'data', passed: true, capabilities: [] });
    expect(narrow.missing.join()).toMatch(/nobody approved that it reads \(crm\)/);
    await releases.sign({ ...named('1.1.0', dana), aspect: 'data', passed: true });
    expect(await releases.approve(named('1.1.0'))).toMatchObject({ state: 'approved' });
  });
});

describe('a canary for a share', () => {
  const canary = { version: '2.0.0', people: [], share: 1_000 };
  const people = Array.from({ length: 5_000 }, (_, n) => `person${n}@corp.example`);

  test('is about that share, the same people each time, and others for another release', () => {
    const chosen = people.filter((person) => triesIt(canary, 'desk', person));
    expect(chosen.length).toBeGreaterThan(400);
    expect(chosen.length).toBeLessThan(600);
    expect(people.filter((person) => triesIt(canary, 'desk', person.toUpperCase()))).toEqual(chosen);
    const wider = people.filter((person) => triesIt({ ...canary, share: 2_000 }, 'desk', person));
    expect(chosen.every((person) => wider.includes(person))).toBe(true);
    expect(people.filter((person) => triesIt({ ...canary, version: '3.0.0' }, 'desk', person))).not.toEqual(chosen);
  });

  test('those who are not of it are told which release is theirs, and the others are given the new one', () => {
    const standing = {
      current: '1.0.0',
      canary,
      states: new Map([
        ['1.0.0', 'approved'],
        ['2.0.0', 'canary'],
      ] as const),
    };
    const [inside, outside] = [
      people.find((one) => triesIt(canary, 'desk', one)) ?? '',
      people.find((one) => !triesIt(canary, 'desk', one)) ?? '',
    ];
    expect([releaseFor(standing, 'desk', inside), releaseFor(standing, 'desk', outside)]).toEqual(['2.0.0', '1.0.0']);
    expect(refusedRelease(standing, 'desk', '2.0.0', inside)).toBeUndefined();
    expect(refusedRelease(standing, 'desk', '1.0.0', inside)).toBeUndefined();
    expect(refusedRelease(standing, 'desk', '2.0.0', outside)).toMatchObject({
      code: 'release_not_approved',
      says: expect.stringContaining('is being tried by others and not approved for this person; desk@1.0.0 is current'),
    });
    expect(refusedRelease(standing, 'desk', '0.9.0', outside)).toMatchObject({ code: 'release_not_current' });
  });
});
