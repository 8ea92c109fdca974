import type { Client } from '@modelcontextprotocol/client';
import { describe, expect, inject, it } from 'vitest';
import { until } from '../support/e2e.ts';
import { call, type Heard } from '../support/e2e-client.ts';
import { dave } from '../support/e2e-policy.ts';
import { batchIn, madeSince, retier, retierings } from './agent.ts';
import { openDeploymentForTest, type Where } from './deployment.ts';
import { markBy, reviewerAt } from './people.ts';
import { entriesIn } from './record.ts';

const databases: readonly { readonly name: string; readonly where: () => Where }[] = [
  { name: 'SQLite', where: () => ({ kind: 'sqlite' }) },
  { name: 'PostgreSQL', where: () => ({ kind: 'postgres', url: inject('postgresUrl') }) },
];

const bob = 'bob@corp.example';
const batchTools = async (client: Client) =>
  (await client.listTools()).tools.map(({ name }) => name).filter((name) => name.startsWith('trapkey_batch'));
const upTo = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
const numberOf = ({ decision }: Heard) => Number(decision?.['change']);
const codeOf = ({ decision }: Heard) => decision?.['code'];

describe.each(databases)('staging on $name', ({ where }) => {
  it('lets exactly so many of a race happen, stages the rest, and loses nothing that it acknowledged when it is killed', async () => {
    const deployment = await openDeploymentForTest({ where: where(), crm: { accounts: 700 } });
    const { crm } = deployment;
    const act = await deployment.agent('crm-act');
    const accounts = await crm.accounts();
    // Fifty of a run may happen: a hundred at once.
    const noted = await Promise.all(accounts.slice(0, 100).map(({ id }) => call(act, 'add_note', { id, text: 'called' })));
    expect(noted.filter(({ isError }) => isError).map(({ text }) => text)).toEqual([]);
    const racing = noted.filter((one) => codeOf(one) === 'staged');
    expect([(await madeSince(crm)).size, racing.length]).toEqual([50, 50]);
    expect(racing.map(numberOf).toSorted((a, b) => a - b)).toEqual(upTo(1, 50));
    expect(racing[0]?.text).toMatch(/^STAGED as change \d+ of batch B-[0-9A-Z]{10}\. Nothing has happened in crm-act\./);
    const batch = batchIn(racing);

    // Twenty of another kind may, and what stands there is read before each and after it.
    const [first, second, ...wishes] = retierings(accounts, 27);
    const staged = (await retier(act, wishes, 4)).filter((one) => codeOf(one) === 'staged');
    expect(staged.map(numberOf).toSorted((a, b) => a - b)).toEqual(upTo(51, 55));
    const made = (await crm.applied()).length;
    expect(made).toBe(70);

    await deployment.kill();
    await deployment.start();
    // Connections of before are dead; what is asked first changes nothing.
    await until('the agent is back', () => call(act, 'trapkey_batch_status').catch(() => undefined));
    const more = await call(act, 'set_tier', { ...first });
    expect([codeOf(more), more.decision?.['batch'], numberOf(more)]).toEqual(['staged', batch, 56]);
    const entries = await entriesIn(deployment.config, `batch:${batch} kind:staged`);
    expect(entries.map(({ change }) => change)).toEqual(upTo(1, 56));
    expect(entries.at(-1)).toMatchObject({
      verdict: 'stage',
      code: 'staged',
      rule: 'stage/crm-act.set_tier',
      changed: { before: expect.stringMatching(/^sha256:/) },
    });
    expect(await entriesIn(deployment.config, 'kind:probed -changed.after:null')).toHaveLength(20);
    // Nobody takes what was read afterwards for a call that never ended.
    expect(await entriesIn(deployment.config, 'kind:closed')).toEqual([]);

    const status = await call(act, 'trapkey_batch_status', { batch });
    expect(status.structured).toMatchObject({
      batches: [{ batch, state: 'open', changes: 56, reach: 56, ends: { applied_before: 70, staged: 56 } }],
    });
    const read = await deployment.agent('crm');
    expect(await batchTools(read)).toEqual(['trapkey_batch_submit', 'trapkey_batch_status', 'trapkey_batch_withdraw']);
    const other = await deployment.agent('crm-act', bob);
    expect((await call(other, 'trapkey_batch_submit', { batch })).text).toContain(`there is no batch "${batch}"`);
    expect((await call(read, 'trapkey_batch_submit', { batch })).text).toContain(`Batch ${batch}: proposed, 56 changes reaching 56.`);
    // What comes now is another batch.
    const next = await call(act, 'set_tier', { ...second });
    expect([codeOf(next), numberOf(next)]).toEqual(['staged', 1]);
    expect(next.decision?.['batch']).not.toBe(batch);
    expect((await crm.applied()).length).toBe(made);
  });
});

describe('what is of the high tier', () => {
  it('is approved as a whole besides its sample, also where it can be undone', async () => {
    const deletes =
      '{ effect: delete, reversible: true, reach: "1", undo: { tool: restore_account, args: { id: args.id } }, stage: { over: 0 per run, sample: 2 } }';
    const deployment = await openDeploymentForTest({
      where: { kind: 'sqlite' },
      crm: { accounts: 100 },
      book: { instead: { delete_account: deletes } },
    });
    const act = await deployment.agent('crm-act');
    const accounts = (await deployment.crm.accounts()).slice(0, 3);
    const heard = await Promise.all(accounts.map(({ id }) => call(act, 'delete_account', { id })));
    const batch = batchIn(heard);
    expect((await call(act, 'trapkey_batch_submit', { batch })).isError).toBeFalsy();
    const lead = reviewerAt(await deployment.person(dave));
    expect(await markBy(lead, batch, () => undefined)).toMatchObject({
      state: 'proposed',
      tier: 'high',
      lasting: false,
      needs: 1,
      marked: 2,
    });
    expect((await lead.act(batch, 'apply')).status).toBe(409);
    expect((await deployment.crm.applied()).length).toBe(0);
    await lead.must(batch, 'approve', { confirm: 3 });
    await lead.settled(batch, 'ready');
    await lead.must(batch, 'apply');
    await lead.settled(batch, 'applied');
    expect((await deployment.crm.applied()).map(({ account }) => account).toSorted()).toEqual(accounts.map(({ id }) => id).toSorted());
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
