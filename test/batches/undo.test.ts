import { describe, expect, inject, it } from 'vitest';
import { call } from '../support/e2e-client.ts';
import { ann, boss } from '../support/e2e-policy.ts';
import { retierings } from './agent.ts';
import { type Deployment, openDeploymentForTest, type Where } from './deployment.ts';
import { entriesIn } from './record.ts';
import { undoerAt } from './undoing.ts';

const databases: readonly { readonly name: string; readonly where: () => Where }[] = [
  { name: 'SQLite', where: () => ({ kind: 'sqlite' }) },
  { name: 'PostgreSQL', where: () => ({ kind: 'postgres', url: inject('postgresUrl') }) },
];

const tiers = async ({ crm }: Deployment, ids: readonly string[]) =>
  await Promise.all(ids.map(async (id) => (await crm.account(id))?.tier));
const runOf = async ({ config }: Deployment) => String((await entriesIn(config, `kind:executed on_behalf_of:${ann}`)).at(-1)?.run);

describe.each(databases)('undo on $name', ({ where }) => {
  it('takes a run back, the newest first, leaves what somebody else changed and says what was sent', async () => {
    const deployment = await openDeploymentForTest({ where: where(), crm: { accounts: 60 } });
    const { crm } = deployment;
    const act = await deployment.agent('crm-act');
    const wishes = retierings(await crm.accounts(), 4);
    const ids = wishes.map(({ id }) => id);
    const before = await tiers(deployment, ids);
    for (const wish of wishes) expect(await call(act, 'set_tier', { ...wish })).toMatchObject({ isError: false });
    // The same record once more, and one that somebody else edits.
    await call(act, 'set_tier', { id: ids[0], tier: before[0] === 'A' ? 'B' : 'A' });
    await crm.edit(ids[3] ?? '', { notes: 'called them' });
    const made = (await crm.log()).length;
    const run = await runOf(deployment);

    const operator = undoerAt(await deployment.person(boss));
    const id = await operator.ask({ kind: 'run', id: run }, 'wrong rule');
    const looked = await operator.settled(id, 'looked');
    expect(looked.says).toBe('4 changes can be undone and 1 changed since and was left out. Nothing was taken back yet.');
    expect((await crm.applied(made)).filter(({ by }) => by === 'mcp')).toEqual([]);
    await operator.must(id, 'start');
    const ended = await operator.settled(id, 'undone', 'paused');
    expect([ended.state, ended.says]).toEqual(['undone', '4 changes were undone and 1 changed since and stands as it is.']);
    expect((await tiers(deployment, ids)).slice(0, 3)).toEqual(before.slice(0, 3));
    expect(await tiers(deployment, ids.slice(3))).toEqual([wishes[3]?.tier]);
    const undone = (await crm.applied(made)).map(({ account }) => account);
    expect(undone).toEqual([ids[0], ids[2], ids[1], ids[0]]);
    const entries = await entriesIn(deployment.config, `batch:${id} kind:executed`);
    expect(entries).toHaveLength(4);
    expect(entries[0]).toMatchObject({ on_behalf_of: boss, approval: `human:${boss}`, actor: 'trapkey-undo', rule: `undo/${id}` });
    expect(entries[0]?.run).not.toBe(run);
  });
});
