import type { Client } from '@modelcontextprotocol/client';
import { describe, expect, inject, it } from 'vitest';
import { until } from '../support/e2e.ts';
import { call, type Heard } from '../support/e2e-client.ts';
import { batchIn, madeSince, retier, retierings } from './agent.ts';
import { openDeploymentForTest, type Where } from './deployment.ts';
import { entriesIn } from './record.ts';

const databases: readonly { readonly name: string; readonly where: () => Where }[] = [
  { name: 'SQLite', where: () => ({ kind: 'sqlite' }) },
  { name: 'PostgreSQL', where: () => ({ kind: 'postgres', url: inject('postgresUrl') }) },
];

const bob = 'bob@corp.example';
const batchTools = async (client: Client) =>
  (await client.listTools()).tools.map(({ name }) => name).filter((name) => name.startsWith('trapkey_batch'));
const codeOf = ({ decision }: Heard) => decision?.['code'];

describe.each(databases)('staging on $name', ({ where }) => {
  it('lets exactly so many of a race happen, stages the rest, and loses nothing that it acknowledged when it is killed', async () => {
    const deployment = await openDeploymentForTest({ where: where(), crm: { accounts: 700 } });
    const { crm } = deployment;
    const act = await deployment.agent('crm-act');
    const wishes = retierings(await crm.accounts(), 100);
    const heard = await retier(act, wishes, 100);
    expect(heard.filter(({ isError }) => isError).map(({ text }) => text)).toEqual([]);
    const staged = heard.filter((one) => codeOf(one) === 'staged');
    expect([(await madeSince(crm)).size, staged.length]).toEqual([20, 80]);
    const batch = batchIn(staged);
    expect(staged.map(({ decision }) => decision?.['change']).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 80 }, (_, at) => at + 1),
    );
    expect(staged[0]?.text).toMatch(/^STAGED as change \d+ of batch B-[0-9A-Z]{10}\. Nothing has happened in crm-act\./);

    await deployment.kill();
    await deployment.start();
    // Connections of before are dead; what is asked first changes nothing.
    await until('the agent is back', () => call(act, 'trapkey_batch_status').catch(() => undefined));
    const more = await call(act, 'set_tier', { ...(retierings(await crm.accounts(), 80)[0] ?? {}) });
    expect([codeOf(more), more.decision?.['batch'], more.decision?.['change']]).toEqual(['staged', batch, 81]);
    expect((await madeSince(crm)).size).toBe(20);
    // What stands there was read again after each call that ran, and nobody takes that for a call that never ended.
    expect(await entriesIn(deployment.config, 'kind:closed')).toEqual([]);
    expect(await entriesIn(deployment.config, 'kind:probed -changed.after:null')).toHaveLength(20);
    const entries = await entriesIn(deployment.config, `batch:${batch} kind:staged`);
    expect(entries.map(({ change }) => change)).toEqual(Array.from({ length: 81 }, (_, at) => at + 1));
    expect(entries[0]).toMatchObject({
      verdict: 'stage',
      code: 'staged',
      rule: 'stage/crm-act.set_tier',
      changed: { before: expect.stringMatching(/^sha256:/) },
    });

    const status = await call(act, 'trapkey_batch_status', { batch });
    expect(status.structured).toMatchObject({ batches: [{ batch, state: 'open', changes: 81, reach: 81 }] });
    const read = await deployment.agent('crm');
    expect(await batchTools(read)).toEqual(['trapkey_batch_submit', 'trapkey_batch_status', 'trapkey_batch_withdraw']);
    const other = await deployment.agent('crm-act', bob);
    expect((await call(other, 'trapkey_batch_submit', { batch })).text).toContain(`there is no batch "${batch}"`);
    const submitted = await call(read, 'trapkey_batch_submit', { batch });
    expect(submitted.text).toContain(`Batch ${batch}: proposed, 81 changes reaching 81.`);
    // What comes now is another batch.
    const next = await call(act, 'set_tier', { ...(retierings(await crm.accounts(), 80)[1] ?? {}) });
    expect([codeOf(next), next.decision?.['change']]).toEqual(['staged', 1]);
    expect(next.decision?.['batch']).not.toBe(batch);
    expect((await madeSince(crm)).size).toBe(20);
  });
});

describe('limits', () => {
  it('count that a staged call came, and not what it would change', async () => {
    const deployment = await openDeploymentForTest({
      where: { kind: 'sqlite' },
      crm: { accounts: 100 },
      book: { stage: '{ over: 0 per run }', organization: ['limits: { calls: 6 per 1h, writes: 3 per 1h }'] },
    });
    const act = await deployment.agent('crm-act');
    const wishes = retierings(await deployment.crm.accounts(), 7);
    const heard = await retier(act, wishes, 1);
    expect(heard.map(codeOf)).toEqual([...Array(6).fill('staged'), 'limit_reached']);
    expect(heard.at(-1)?.decision?.['rule']).toContain('calls');
    expect((await madeSince(deployment.crm)).size).toBe(0);
  });
});
