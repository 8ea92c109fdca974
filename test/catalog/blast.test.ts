import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OpenRecorder, openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openKeys } from '../../packages/server/src/effects/record/keys.ts';
import type { ProvenPerson } from '../../packages/server/src/kernel/approvals.ts';
import { compileSet } from '../../packages/server/src/policy/compile/set.ts';
import { releasesOver } from '../../packages/server/src/wire-releases.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { folderOf, plugin, policy } from './house.ts';

const atMs = 1_780_000_000_000;
const someone = (person: string, ...roles: string[]): ProvenPerson => ({ person: `${person}@corp.example`, roles, freshAtMs: atMs });
const [lee, sam, dana, chief, sec] = [
  someone('lee', 'approver'),
  someone('sam', 'approver'),
  someone('dana', 'approver'),
  someone('chief', 'administrator'),
  someone('sec'),
];

/** The plugin of the house, whose notes nothing bounds, and a max where there is one. */
function compiled(max: string) {
  const text = policy('https://crm.example/mcp')
    .replace('approvals:', `${max}\napprovals:`)
    .replace(
      'directory:\n',
      'directory:\n  - { person: sec@corp.example, groups: [safety] }\n  - { person: chief@corp.example, groups: [safety] }\n',
    );
  const said = compileSet({ 'policy.yaml': text }, {});
  if (!said.ok) throw new Error(JSON.stringify(said.problems));
  return said.set;
}
const low = compiled('blast_radius: { max: 5, above: { approvers: ["group:safety"], needs: 1 } }');
const none = compiled('');

describe.each(databases)('a release over the max on $name', ({ fresh }) => {
  let one: FreshDatabase;
  let keys: string;
  let recorder: OpenRecorder;
  beforeEach(async () => {
    one = await fresh();
    keys = mkdtempSync(join(tmpdir(), 'trapkey-keys-'));
    recorder = openRecorder({ database: one.database, keys: openKeys(keys, { mayCreate: true }) });
  });
  afterEach(async () => {
    await recorder.close();
    await one.drop();
    rmSync(keys, { recursive: true, force: true });
  });
  const open = (set: typeof low) => releasesOver({ database: one.database, recorder, clock: () => atMs }, () => set);
  const named = (by: ProvenPerson) => ({ kind: 'plugin', id: 'desk', version: '1.1.0', reason: 'for the test', by }) as const;

  test('is opened to nobody until one of those who are named signed it, besides who opens it', async () => {
    const releases = open(low);
    const proposed = await releases.propose({ source: folderOf(plugin('1.1.0')), by: lee, privateNetwork: false });
    expect(proposed.over?.why.join()).toContain('The max is 5');
    await releases.review(named(sam));
    await releases.sign({ ...named(sam), aspect: 'security', passed: true });
    const reviewed = await releases.sign({ ...named(dana), aspect: 'data', passed: true });
    expect(reviewed.missing).toEqual([expect.stringContaining('a blast_radius sign-off by 1 of group safety')]);
    const refused = /group safety, besides who opens it: .*The max is 5/;
    await expect(releases.approve(named(chief))).rejects.toThrow(refused);
    await expect(releases.canary({ ...named(chief), people: ['ann@corp.example'], share: 0 })).rejects.toThrow(refused);
    const blast = { aspect: 'blast_radius', passed: true } as const;
    await expect(releases.sign({ ...named(someone('eve', 'administrator')), ...blast })).rejects.toThrow(
      'eve@corp.example is none of them',
    );
    await expect(releases.sign({ ...named(sec), ...blast, capabilities: ['reads'] })).rejects.toThrow(
      'nothing for the blast_radius review',
    );
    // Chief is one of them, but cannot both sign and open it.
    await releases.sign({ ...named(chief), ...blast });
    await expect(releases.approve(named(chief))).rejects.toThrow(refused);
    expect(await releases.sign({ ...named(sec), ...blast })).toMatchObject({ missing: [] });
    expect(await releases.approve(named(chief))).toMatchObject({ state: 'approved', current: true });
    const rows = await one.database.read.selectFrom('ledger').select('bytes').where('kind', '=', 'admin').orderBy('entry').execute();
    const signed = rows
      .map(({ bytes }) => JSON.parse(bytes) as Record<string, string>)
      .filter(({ action }) => action === 'release.signed_off');
    expect(signed.at(-1)).toMatchObject({ detail: expect.stringMatching(/^blast_radius passed for .*The max is 5.*sha256:/) });
  });

  test('needs no such signature where policy has no max', async () => {
    const releases = open(none);
    const proposed = await releases.propose({ source: folderOf(plugin('1.1.0')), by: lee, privateNetwork: false });
    expect([proposed.over, proposed.missing.join()]).toEqual([undefined, expect.not.stringContaining('blast_radius')]);
    await releases.review(named(sam));
    await expect(releases.sign({ ...named(sec), aspect: 'blast_radius', passed: true })).rejects.toThrow('needs nobody to sign');
  });
});
