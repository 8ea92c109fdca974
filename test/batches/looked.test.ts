import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SalesBook } from '../support/batch-policy.ts';
import type { Account } from '../support/crm/accounts.ts';
import { until } from '../support/e2e.ts';
import { call } from '../support/e2e-client.ts';
import { dave } from '../support/e2e-policy.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { markBy, type Reviewer, reviewerAt } from './people.ts';
import { entriesIn } from './record.ts';

const stage = '{ over: 0 per run, sample: 1 }';
const inRegion = (value: string) => `{ probe: { tool: list_accounts, args: { region: "'other'" } }, value: "${value}" }`;
const entitlement = `---
entitlement: their-region
groups: [sales]
allow: [{ connector: crm, rows: "row.region == 'EMEA'" }]
`;
const book: SalesBook = {
  stage,
  more: entitlement,
  reach: `{ probe: { tool: get_account, args: { id: args.id } }, value: "result.tier == 'A' ? 1 : 2" }`,
  instead: {
    send_mail: `{ effect: send, stage: ${stage}, recipients: ${inRegion('result.accounts.map(a, a.email)')} }`,
    add_note: `{ effect: write, reversible: true, stage: ${stage}, reach: ${inRegion('size(result.accounts)')} }`,
    set_owner: `{ effect: write, reversible: true, reach: "1", stage: ${stage} }`,
  },
};

let deployment: Deployment;
let reviewer: Reviewer;
let accounts: readonly Account[];
beforeAll(async () => {
  deployment = await openDeployment({ where: { kind: 'sqlite' }, book, crm: { accounts: 100 } });
  await deployment.start();
  reviewer = reviewerAt(await deployment.person(dave));
  accounts = await deployment.crm.accounts();
});
afterAll(() => deployment?.close());

const last = async () => (await deployment.crm.log()).at(-1)?.seq ?? 0;

/** A batch of these calls of one tool, whose sample was marked right and which was approved where that is asked for. */
async function ready(tool: string, calls: readonly Readonly<Record<string, unknown>>[]): Promise<string> {
  const agent = await deployment.agent('crm-act');
  let batch = '';
  for (const args of calls) {
    const heard = await call(agent, tool, args);
    expect(heard.decision?.['code'], heard.text).toBe('staged');
    batch = String(heard.decision?.['batch']);
  }
  await call(agent, 'trapkey_batch_submit', { batch });
  if ((await markBy(reviewer, batch, () => undefined)).state !== 'ready') await reviewer.must(batch, 'approve', { confirm: calls.length });
  await reviewer.settled(batch, 'ready');
  return batch;
}

/** Applies it; gives how its changes ended. */
async function applied(batch: string) {
  await reviewer.must(batch, 'apply');
  const { paused_for } = await reviewer.settled(batch, 'applied', 'paused');
  return { paused_for, ended: (await reviewer.changes(batch)).map(({ state, code }) => `${state} ${code}`) };
}

it('whom it reaches is as it was looked at, or it is not made', async () => {
  const [one, two, three] = accounts as readonly [Account, Account, Account];
  await deployment.crm.edit(one.id, { region: 'other' });
  const mails = await ready('send_mail', [{ id: three.id, subject: 'News', body: 'New' }]);
  const notes = await ready('add_note', [{ id: three.id, text: 'Called' }]);
  await deployment.crm.edit(two.id, { region: 'other' });
  const after = await last();
  expect((await applied(mails)).ended).toEqual(['conflict changed_since']);
  expect((await applied(notes)).ended).toEqual(['conflict changed_since']);
  expect([await deployment.crm.applied(after), await deployment.crm.mails()]).toEqual([[], []]);
  const [decided] = await entriesIn(deployment.config, `kind:decided batch:${notes} code:changed_since`);
  expect(decided).toMatchObject({ reach: 2, change: 1 });
});

it('a reach that is read from the record itself is no conflict for a second change of it', async () => {
  const { id } = accounts.find(({ tier, region }) => tier === 'A' && region === 'EMEA') as Account;
  const batch = await ready('set_tier', [
    { id, tier: 'B' },
    { id, tier: 'C' },
  ]);
  expect(await applied(batch)).toEqual({ paused_for: null, ended: ['done null', 'done null'] });
  expect(await deployment.crm.account(id)).toMatchObject({ tier: 'C' });
});

it('a record that is not one of the rows which the person may have is neither read for them nor changed', async () => {
  const agent = await deployment.agent('crm-act');
  const theirs = accounts.find(({ tier, region }) => tier === 'B' && region === 'AMER') as Account;
  const after = await last();
  const heard = await call(agent, 'set_tier', { id: theirs.id, tier: 'A' });
  expect(heard).toMatchObject({ isError: true, decision: { code: 'probe_failed' } });
  expect(JSON.stringify(heard)).not.toContain(theirs.name);
  expect(await deployment.crm.applied(after)).toEqual([]);
});

it('answers that go along are shown to a person by themselves, never staged', async () => {
  const agent = await deployment.agent('crm-act');
  const { id } = accounts[10] as Account;
  const after = await last();
  const held = await agent.callTool({
    ...{ name: 'set_owner', arguments: { id, owner: 'k.lind@corp.example' } },
    ...{ inputResponses: { sure: { action: 'accept', content: { all: true } } } },
  } as Parameters<typeof agent.callTool>[0]);
  expect(held._meta?.['io.trapkey/decision'], JSON.stringify(held)).toMatchObject({ ticket: expect.stringMatching(/^TK-/) });
  expect(await deployment.crm.applied(after)).toEqual([]);
});

it('what cannot be taken back any more is not made by a batch that could be', async () => {
  const [one] = accounts as readonly [Account];
  const batch = await ready('set_owner', [{ id: one.id, owner: 'k.lind@corp.example' }]);
  await deployment.kill();
  await deployment.publish({ ...book, instead: { ...book.instead, set_owner: `{ effect: write, reach: "1", stage: ${stage} }` } });
  await deployment.start();
  const after = await last();
  const { paused_for, ended } = await applied(batch);
  expect(ended).toEqual(['staged null']);
  expect(paused_for).toContain('cannot be taken back');
  expect(await deployment.crm.applied(after)).toEqual([]);
});

it('a definition that changed while nobody looked is kept out from when its connector is reached again', async () => {
  const { crm } = deployment;
  await deployment.kill();
  await crm.kill();
  await deployment.start();
  await crm.restart();
  // Without keys its tools are other tools than were reviewed; nothing tells the gateway.
  await crm.behave({ keys: 'unknown' });
  const agent = await deployment.agent('crm-act');
  const { id } = accounts.find(({ region }) => region === 'EMEA') as Account;
  const heard = () => call(agent, 'set_tier', { id, tier: 'C' });
  await until('the other definition was seen', async () => (await heard()).decision?.['code'] === 'definition_changed');
});
