import { approvalList, ticketDetail } from '@trapkey/contract/api/approvals.ts';
import { blastReport } from '@trapkey/contract/api/blast.ts';
import { clientList } from '@trapkey/contract/api/clients.ts';
import { home } from '@trapkey/contract/api/home.ts';
import { mine } from '@trapkey/contract/api/mine.ts';
import { policyActed, policyHistory, policyNow } from '@trapkey/contract/api/policy.ts';
import { recordBadge, recordFacets, recordPage } from '@trapkey/contract/api/record.ts';
import { runCalls, runList } from '@trapkey/contract/api/runs.ts';
import { sessionList } from '@trapkey/contract/api/session.ts';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type FreshAddress, freshPostgres } from '../support/databases.ts';
import { asked, sent } from './asking.ts';
import { contacts, type House, openHouse, tagging } from './house.ts';

let at: House;
let fresh: FreshAddress;
beforeAll(async () => {
  fresh = await freshPostgres(inject('postgresUrl'));
  at = await openHouse({ organization: tagging, database: fresh.address });
});
afterAll(async () => {
  await at?.close();
  await fresh?.remove();
});

const within = { timeout: 20_000 };

it('says the same over PostgreSQL', async () => {
  const root = await at.browser('eve@corp.example', ['administrator']);
  for (let i = 0; i < 3; i++) await at.agent.call('tag', { ids: [`a${i}`], label: `x${i}` });
  await at.agent.call('drop_everything', {});
  const held = [];
  for (let i = 0; i < 3; i++) held.push((await at.agent.call('send_mail', { to: [...contacts], subject: `P ${i}`, body: 'x' })).ticket);
  const start = await asked(root, '/api/home', home);
  expect(start).toMatchObject({ held: { count: 3 }, steps: { called: true } });
  expect(start.lastDay).toEqual({ allowed: 3, denied: 1, held: 3 });
  const first = await asked(root, '/api/approvals?sort=urgent&state=held&max=2', approvalList);
  const rest = await asked(root, `/api/approvals?sort=urgent&state=held&max=2&after=${first.next}`, approvalList);
  expect([...first.tickets, ...rest.tickets].map(({ id }) => id)).toEqual(held);
  const lee = await at.browser('lee@corp.example');
  expect((await sent(lee, `/api/approvals/${held[0]}/decide`, { decision: 'approve', confirm: '60', runs: 'approval' })).status).toBe(200);
  await expect.poll(async () => (await asked(root, '/api/approvals?state=done', approvalList)).tickets.length, within).toBe(1);
  expect((await asked(lee, `/api/approvals/${held[1]}`, ticketDetail)).similar?.ticket).toBe(held[0]);
  await expect.poll(async () => (await asked(root, '/api/runs?outcome=refused&coverage=gateway', runList)).runs.length, within).toBe(1);
  const used = async () =>
    (await asked(root, '/api/blast', blastReport)).plugins.flatMap(({ actions }) =>
      actions.map((action) => [action.tool, action.used?.calls]),
    );
  const counted = [
    ['send_mail', 3],
    ['tag', 3],
  ];
  await expect.poll(used, within).toEqual(counted);
  const run = (await asked(root, '/api/runs?plugin=desk&max=1', runList)).runs[0]?.id;
  const page = await asked(root, `/api/runs/${run}/calls?max=3`, runCalls);
  const more = await asked(root, `/api/runs/${run}/calls?after=${page.next}`, runCalls);
  expect([...page.calls, ...more.calls].map(({ tool }) => tool)).toEqual([
    'tag',
    'tag',
    'tag',
    'drop_everything',
    ...held.map(() => 'send_mail'),
  ]);
  expect((await asked(root, '/api/record?q=verdict:deny', recordPage)).entries).toHaveLength(1);
  expect((await asked(root, '/api/record/facets', recordFacets)).matched).toBeGreaterThan(10);
  await expect.poll(async () => (await asked(root, '/api/record/verify', recordBadge)).state, within).toBe('ok');
  const ann = await at.browser('ann@corp.example', []);
  expect(await asked(ann, '/api/mine', mine)).toMatchObject({
    refused: [{ tool: 'drop_everything' }],
    waiting: [{}, {}],
    decided: [{ id: held[0] }],
  });
  expect((await asked(root, '/api/clients', clientList)).people).toMatchObject([{ person: 'ann@corp.example', runs: 1 }]);
  expect((await asked(root, '/api/policy/history', policyHistory)).sets).toMatchObject([{ state: 'published', runs: true }]);
  const { running } = await asked(root, '/api/policy', policyNow);
  const back = await sent(root, '/api/policy/withdraw', { digest: running.digest });
  expect(policyActed.parse(JSON.parse(back.text)).status).toBe('nothing');
  const { sessions } = await asked(root, '/api/sessions?of=all', sessionList);
  const [anns] = sessions.filter(({ person }) => person === 'ann@corp.example');
  expect((await sent(root, `/api/sessions/${anns?.id}/revoke`, {})).status).toBe(200);
  expect((await ann.get('/api/mine')).status).toBe(401);
});
