import { expect, it } from 'vitest';
import { until } from '../support/e2e.ts';
import { call } from '../support/e2e-client.ts';
import { dave } from '../support/e2e-policy.ts';
import { openDeploymentForTest } from './deployment.ts';
import { reading, sending } from './sending.ts';

const keyed =
  '{ effect: write, reach: "1", idempotency_argument: idempotency_key, idempotent: true, before: { tool: get_account, args: { id: args.id } }, undo: { tool: set_owner, args: { id: args.id, owner: before.owner } } }';

it('an approved call that a kill -9 cut off runs once more with its key where the tool knows keys, and changes nothing twice', async () => {
  const deployment = await openDeploymentForTest({ where: { kind: 'sqlite' }, book: { instead: { set_owner: keyed } } });
  const { crm } = deployment;
  const [account] = await crm.accounts();
  const id = String(account?.id);
  const act = await deployment.agent('crm-act');
  const held = await call(act, 'set_owner', { id, owner: 'bob@corp.example' });
  const ticket = String(held.decision?.['ticket']);
  const lead = await deployment.person(dave);
  await crm.behave({ faults: [{ does: 'hold_after', tool: 'set_owner', id, times: 1 }] });
  const approved = await sending(lead)(`/api/approvals/${ticket}/decide`, { decision: 'approve', runs: 'approval' });
  expect(approved.status, approved.text).toBe(200);
  await until('it is made, and nobody was told', async () => (await crm.held()).length === 1);
  await deployment.kill();
  await until('the CRM has let go of it', async () => (await crm.held()).length === 0);

  await deployment.start();
  const state = async () => (await reading(lead)<{ readonly state: string }>(`/api/approvals/${ticket}`)).state;
  await until('it has ended', async () => !['approved', 'executing'].includes(await state().catch(() => 'executing')));
  expect(await state()).toBe('done');
  const sent = (await crm.log()).filter(({ account: of, tool }) => of === id && tool === 'set_owner').map(({ did }) => did);
  expect(sent).toEqual(['applied', 'replayed']);
});
