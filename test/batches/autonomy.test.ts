import type { Client } from '@modelcontextprotocol/client';
import { describe, expect, inject, it } from 'vitest';
import type { AutonomyView } from '../../packages/server/src/kernel/autonomy.ts';
import { until } from '../support/e2e.ts';
import { call } from '../support/e2e-client.ts';
import { boss, dave } from '../support/e2e-policy.ts';
import { batchIn, madeSince, type Retiering, retier, retierings } from './agent.ts';
import { openDeploymentForTest, type Where } from './deployment.ts';
import { markBy, reviewerAt } from './people.ts';
import { sending } from './sending.ts';

const settings: readonly { readonly name: string; readonly where: () => Where }[] = [
  { name: 'SQLite', where: () => ({ kind: 'sqlite' }) },
  { name: 'PostgreSQL', where: () => ({ kind: 'postgres', url: inject('postgresUrl') }) },
];
const workflow = { plugin: 'sales-outreach', connector: 'crm-act', tool: 'set_tier' };

describe.each(settings)('autonomy over the gateway, on $name', ({ where }) => {
  it('goes down by itself with each wrong sample, and the next call is staged, then held, then refused', async () => {
    const book = {
      stage: '{ over: 3 per run, sample: 2 }',
      setTier: ['instead: { tool: add_note }'],
    };
    const deployment = await openDeploymentForTest({ where: where(), book });
    const { crm } = deployment;
    const [ann, bob] = [await deployment.agent('crm-act'), await deployment.agent('crm-act', 'bob@corp.example')];
    const reviewer = reviewerAt(await deployment.person(dave));
    const browser = await deployment.person(boss, ['administrator']);
    const send = sending(browser);
    const level = async (): Promise<AutonomyView> => {
      const page = await browser.get('/api/autonomy?connector=crm-act&tool=set_tier');
      return (JSON.parse(page.text) as { readonly workflows: readonly AutonomyView[] }).workflows[0] as AutonomyView;
    };
    const move = (act: 'raise' | 'lower') => send('/api/autonomy', { ...workflow, act, reason: 'for the test' });
    const wishes = [...retierings(await crm.accounts(), 12)];
    const next = (many: number) => wishes.splice(0, many);
    /** Has these staged and submitted, and something in them found wrong. */
    const returned = async (agent: Client, some: readonly Retiering[]) => {
      const batch = batchIn(await retier(agent, some, 1));
      expect((await call(agent, 'trapkey_batch_submit', { batch })).isError).toBe(false);
      expect((await markBy(reviewer, batch, () => 'not this tier')).state).toBe('returned');
    };

    // Unattended: the first three of a run happen at once, the next are staged by their tool's rule.
    expect(await level()).toMatchObject({ policy: 'unattended', level: 'unattended', rule: 'autonomy/crm-act.set_tier' });
    for (const heard of await retier(ann, next(3), 1)) expect(heard.isError).toBe(false);
    await returned(ann, next(3));
    expect(await level()).toMatchObject({ level: 'sample', evidence: { looked: 0 }, next: { level: 'unattended', met: false } });

    // Sample, from the next call on: of another run not even the first happens at once.
    const made = (await madeSince(crm)).size;
    expect(made).toBe(3);
    const [one] = next(1);
    const staged = await call(bob, 'set_tier', { ...(one as Retiering) });
    expect(staged.decision).toMatchObject({ code: 'staged', rule: 'autonomy/demoted/crm-act.set_tier' });
    // Taken back after its draw, it counts as found wrong.
    const batch = batchIn(await retier(bob, next(1), 1));
    expect((await call(bob, 'trapkey_batch_submit', { batch })).isError).toBe(false);
    expect((await call(bob, 'trapkey_batch_withdraw', { batch })).isError).toBe(false);
    expect(await level()).toMatchObject({ level: 'approve', changed: { by: 'trapkey' } });

    // Approve: it waits for a person, though policy still names unattended.
    const held = await until('the level is known', async () => {
      const heard = await call(bob, 'set_tier', { ...(wishes[0] as Retiering) });
      return heard.text.includes('held for approval') ? heard : undefined;
    });
    expect(held.text).toContain('Rule: approvals of medium');

    // Up only on evidence; down by a person at once, and then nothing but drafts.
    const refused = await move('raise');
    expect([refused.status, refused.text]).toEqual([expect.any(Number), expect.stringContaining('takes a clean rate of at least 90 %')]);
    expect((await move('lower')).status).toBe(200);
    const drafted = await until('the level is known', async () => {
      const heard = await call(bob, 'set_tier', { ...(wishes[1] as Retiering) });
      return heard.text.includes('may only draft') ? heard : undefined;
    });
    expect(drafted.text).toContain(
      'sales-outreach may only draft where it would use crm-act.set_tier, and this would write. Use add_note instead',
    );
    expect((await move('raise')).status).toBe(200);
    expect(await level()).toMatchObject({ level: 'approve', changed: { by: boss } });
    expect((await madeSince(crm)).size).toBe(made);

    const alerts = await until('its owner is told', async () => {
      const { text } = await browser.get('/api/alerts?state=all');
      return text.includes('autonomy_demoted') ? text : undefined;
    });
    expect(alerts).toContain('sales-outreach crm-act.set_tier does less by itself now');
  });
});
