import { approvalList, ticketDetail } from '@trapkey/contract/api/approvals.ts';
import { home } from '@trapkey/contract/api/home.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from '../sign-in/browser.ts';
import { asked, sent } from './asking.ts';
import { contacts, type House, openHouse } from './house.ts';

let at: House;
let lee: Browser;
beforeAll(async () => {
  at = await openHouse();
  lee = await at.browser('lee@corp.example');
});
afterAll(async () => await at?.close());

let subjects = 0;
const hold = async (to: readonly string[] = contacts) =>
  (await at.agent.call('send_mail', { to: [...to], subject: `Spring ${subjects++}`, body: 'Prices.' })).ticket;
const detail = (who: Browser, ticket: string, query = '') => asked(who, `/api/approvals/${ticket}${query}`, ticketDetail);
const readings = () => at.written.filter(({ action }) => action === 'payload.read').map(({ subject }) => subject);

it('says of each ticket of the list who may decide it, the most urgent first, page after page', async () => {
  const held = [await hold(), await hold(), await hold()];
  const [ann, lou] = [await at.browser('ann@corp.example', []), await at.browser('lou@corp.example', ['viewer'])];
  const first = await asked(lee, '/api/approvals?state=held&sort=urgent&max=2', approvalList);
  const rest = await asked(lee, `/api/approvals?state=held&sort=urgent&max=2&after=${first.next}`, approvalList);
  expect([...first.tickets, ...rest.tickets].map(({ id }) => id)).toEqual(held);
  expect(first.tickets[0]).toMatchObject({ standing: 'asked', eligible: { may: true }, tier: 'high', asked: ['group:leads'] });
  expect(new Set(first.tickets.map(({ group }) => group)).size).toBe(1);
  const own = await asked(ann, '/api/approvals', approvalList);
  expect(own.tickets[0]).toMatchObject({ standing: 'asker', eligible: { may: false } });
  const owner = await asked(await at.browser('revops@corp.example', []), '/api/approvals', approvalList);
  expect(owner.tickets.map(({ standing }) => standing)).toEqual(['reader', 'reader', 'reader']);
  const looked = await asked(lou, '/api/approvals', approvalList);
  expect(looked.tickets).toHaveLength(3);
  expect(looked.tickets[0]).toMatchObject({
    standing: 'reader',
    eligible: { may: false, says: expect.stringContaining('not enrolled as an approver') },
  });
});

it('shows what it carries to whom it concerns, as both ends, a draw and domains; readers see the rest, and no look is hidden', async () => {
  const many = [...Array.from({ length: 300 }, (_, n) => `c${n}@customers.example`), 'boss@corp.example'];
  const ticket = await hold(many);
  const [lou, aud] = [await at.browser('lou@corp.example', ['viewer']), await at.browser('aud@corp.example', ['auditor'])];
  const before = readings().length;
  const shown = await detail(lee, ticket);
  expect(readings().slice(before)).toEqual([ticket]);
  expect(shown.lists).toMatchObject([
    {
      argument: 'to',
      length: 301,
      domains: [
        { domain: 'customers.example', count: 300 },
        { domain: 'corp.example', count: 1 },
      ],
    },
  ]);
  const [list] = shown.lists;
  expect([list?.first.length, list?.last.at(-1), list?.random.length]).toEqual([10, 'boss@corp.example', 10]);
  expect((await detail(lee, ticket)).lists[0]?.random).toEqual(list?.random);
  expect(shown.payloadCut).toBe(false);
  expect(shown).toMatchObject({ confirm: '301', stepUp: true, standing: 'asked', eligible: { may: true } });
  expect(shown.why).toMatchObject({ file: 'policy.yaml', text: expect.stringContaining('approvers: ["group:leads"]') });
  expect(shown.chain).toMatchObject({ sources: [], coverage: [] });
  const looked = readings().length;
  const short = await detail(lee, ticket, '?payload=no');
  expect([short.payload, short.sentence]).toEqual([null, shown.sentence]);
  const read = await detail(lou, ticket);
  expect(read).toMatchObject({ standing: 'reader', payload: null, lists: [], notes: [], bound: null, sentence: shown.sentence });
  expect(readings()).toHaveLength(looked);
  expect((await detail(aud, ticket)).payload?.name).toBe('send_mail');
  expect(readings()).toHaveLength(looked + 1);
  for (const who of [lou, aud]) {
    const refused = await sent(who, `/api/approvals/${ticket}/decide`, { decision: 'refuse', reason: 'no' });
    expect([403, 409]).toContain(refused.status);
    expect((await detail(lee, ticket, '?payload=no')).state).toBe('held');
  }
});

it('compares with the last one like it that was approved and ran', async () => {
  const first = await hold();
  expect((await sent(lee, `/api/approvals/${first}/decide`, { decision: 'approve', confirm: '60', runs: 'approval' })).status).toBe(200);
  await expect.poll(async () => (await detail(lee, first, '?payload=no')).state, { timeout: 20_000 }).toBe('done');
  const next = await hold(contacts.slice(1));
  const before = readings().length;
  const { similar } = await detail(lee, next);
  expect(similar).toMatchObject({ ticket: first, more: false });
  expect(similar?.changes).toContainEqual({ path: 'to[]', kind: 'removed', before: contacts[0] });
  expect(similar?.changes).toContainEqual({ path: 'to.length', kind: 'changed', before: 60, after: 59 });
  expect(similar?.changes.map(({ path }) => path)).toContain('subject');
  expect(readings().slice(before).toSorted()).toEqual([first, next].toSorted());
});

it('says on the first page how everything stands', async () => {
  const [kim, ann] = [await at.browser('kim@corp.example', ['operator']), await at.browser('ann@corp.example', [])];
  const { tickets } = await asked(kim, '/api/approvals?state=held', approvalList);
  await at.agent.call('drop_everything', {});
  const before = await asked(kim, '/api/home', home);
  expect(before).toMatchObject({
    held: { count: tickets.length, yours: 0 },
    stops: { count: 0, unreadable: false },
    plugins: [{ plugin: 'desk', version: '1.0.0', mode: 'enforce', stopped: false }],
    steps: { plugins: true, called: true, enforced: true },
  });
  expect(before.held.oldestAtMs).toBe(Math.min(...tickets.map(({ createdAtMs }) => createdAtMs)));
  expect(before.hours).toHaveLength(24);
  const sum = (of: 'approved' | 'denied') => before.hours.reduce((all, one) => all + one[of], 0);
  expect([sum('approved'), sum('denied')]).toEqual([1, before.lastDay.denied]);
  expect(before.lastDay.denied).toBeGreaterThan(0);
  expect((await asked(lee, '/api/home', home)).held.yours).toBe(tickets.length);
  const stopped = await sent(kim, '/api/stops', { scope: 'plugin:desk', mode: 'freeze', reason: 'a look' });
  expect(stopped.status, stopped.text).toBe(200);
  const after = await asked(kim, '/api/home?hours=3', home);
  expect(after.hours).toHaveLength(3);
  expect(after).toMatchObject({ stops: { count: 1, newest: [{ scope: 'plugin:desk', mode: 'freeze' }] }, plugins: [{ stopped: true }] });
  expect((await ann.get('/api/home')).status).toBe(403);
  expect((await kim.get('/api/home?hours=0')).status).toBe(400);
});
