import { describe, expect, inject, it } from 'vitest';
import { until } from '../support/e2e.ts';
import { call } from '../support/e2e-client.ts';
import { batchIn, retier, retierings } from './agent.ts';
import { openDeploymentForTest, type Where } from './deployment.ts';
import { entriesIn } from './record.ts';

const databases: readonly { readonly name: string; readonly where: () => Where }[] = [
  { name: 'SQLite', where: () => ({ kind: 'sqlite' }) },
  { name: 'PostgreSQL', where: () => ({ kind: 'postgres', url: inject('postgresUrl') }) },
];

describe.each(databases)('reads of a run with staged changes, on $name', ({ where }) => {
  it('show it what it staged where policy says how, and say so where it does not', async () => {
    const deployment = await openDeploymentForTest({ where: where(), crm: { accounts: 100 }, book: { stage: '{ over: 0 per run }' } });
    const { crm } = deployment;
    const [act, read] = [await deployment.agent('crm-act'), await deployment.agent('crm')];
    const [wish, other] = retierings(await crm.accounts(), 2);
    const [id, later] = [wish?.id ?? '', other?.id ?? ''];
    const before = await call(read, 'get_account', { id });
    expect(before.text).not.toContain('Note from Trapkey');

    const batch = batchIn(
      await retier(
        act,
        [wish, other].flatMap((one) => one ?? []),
        1, // In order: the first is change 1.
      ),
    );
    const shown = await call(read, 'get_account', { id });
    expect(shown.structured).toEqual({ ...(before.structured as object), tier: wish?.tier });
    expect(shown.text).toContain(`"tier":"${wish?.tier}"`);
    expect(shown.text).toContain(
      `Note from Trapkey: Staged change 1 of batch ${batch} is in this answer as if made; nothing of that has happened yet.`,
    );
    expect((await crm.account(id))?.tier).toBe((before.structured as { readonly tier: string }).tier);
    // What was staged last stands.
    await call(act, 'set_tier', { id, tier: 'C' });
    expect((await call(read, 'get_account', { id })).structured).toMatchObject({ tier: 'C' });
    expect((await call(read, 'get_account', { id: later })).structured).toMatchObject({ tier: other?.tier });

    const list = await call(read, 'list_accounts', {});
    expect(list.text).toContain(
      `Staged changes of this run are not in this answer: 3 of crm-act.set_tier in batch ${batch}. Nothing of them has happened yet.`,
    );
    // Another's reads are theirs, and what is on record is what the connector said.
    const bobs = await deployment.agent('crm', 'bob@corp.example');
    expect((await call(bobs, 'get_account', { id })).structured).toEqual(before.structured);
    const [, executed] = await entriesIn(deployment.config, 'tool:get_account kind:executed');
    expect(executed?.detail).toContain(`Staged change 1 of batch ${batch}`);

    expect((await call(act, 'trapkey_batch_withdraw', { batch })).isError).toBe(false);
    await until(
      'what was taken back is not shown any more',
      async () => !(await call(read, 'get_account', { id })).text.includes('Note from'),
    );
    expect((await call(read, 'get_account', { id })).structured).toEqual(before.structured);
  });
});
