import { ticketDetail } from '@trapkey/contract/api/approvals.ts';
import { grantList, grantShown } from '@trapkey/contract/api/grants.ts';
import { reviewList } from '@trapkey/contract/api/reviews.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openStore, type Store } from '../../packages/server/src/wire.ts';
import { raiseInOver } from '../../packages/server/src/wire-alerts.ts';
import { mailReceiver } from '../alerts/receivers.ts';
import type { Browser } from '../sign-in/browser.ts';
import { type House, openHouse } from './house.ts';

const mail = await mailReceiver();
let at: House;
let store: Store;

beforeAll(async () => {
  at = await openHouse({
    organization: `alerts: { operations: { email: { smtp: "\${env:SMTP}", from: t@corp.example, to: [ops@corp.example] } }, owners: email }
break_glass: ["max@corp.example"]`,
    env: { SMTP: mail.url },
  });
  store = await openStore(at.config);
});
afterAll(async () => {
  await store?.close();
  await at?.close();
  await mail.close();
});

const to = (address: string, words: string) => () => mail.mails.filter((one) => one.to === address && one.text.includes(words)).length;
const sent = async (who: Browser, path: string, body: unknown) => {
  const { csrf } = JSON.parse((await who.get('/api/session')).text) as { readonly csrf: string };
  return await who.json(path, body, { 'x-csrf-token': csrf });
};
/** Signed in once each: many sign-ins from one place are shut out. */
const seats = new Map<string, Promise<Browser>>();
const seat = (person: string): Promise<Browser> => {
  const known = seats.get(person) ?? at.browser(person);
  seats.set(person, known);
  return known;
};
const within = { timeout: 20_000 };

it('a call out of scope is told to operations, and looked at, acknowledged and resolved on its page', async () => {
  expect((await at.agent.call('drop_everything', {})).isError).toBe(true);
  expect(at.reached()).toEqual([]);
  await expect.poll(to('ops@corp.example', 'Calls out of scope'), within).toBe(1);
  const [operator, stranger] = [await at.browser('max@corp.example', ['approver', 'operator']), await at.browser('ann@corp.example')];
  const list = await operator.get('/alerts');
  const [path = ''] = /\/alerts\/A-[0-9A-Z]{10}/.exec(list.text) ?? [];
  expect((await stranger.get('/alerts')).text).toContain('Nothing is open.');
  expect((await stranger.get(path)).status).toBe(404);
  const page = await operator.get(path);
  expect(page.text).toContain('delivered');
  for (const [act, word] of [
    ['acknowledge', 'Acknowledged'],
    ['resolve', 'Resolved'],
  ] as const) {
    expect((await operator.submit(page, `${path}/act`, { act, reason: 'looked at it' })).status).toBe(303);
    expect((await operator.get(path)).text).toContain(`${word}`);
  }
  expect(at.written.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['alert.opened', 'message.delivered', 'alert.acknowledged', 'alert.resolved']),
  );
});

it('what was let run alone is told until somebody else has looked at it', async () => {
  const { ticket } = await at.agent.call('send_mail', { to: ['one@customers.example'], subject: 'Now', body: 'Down.' });
  const max = await seat('max@corp.example');
  expect((await max.get(`/t/${ticket}`)).text).toContain('email 1 contact about Now');
  const broke = await sent(max, `/api/approvals/${ticket}/decide`, { decision: 'break_glass', reason: 'all is down', confirm: '1' });
  expect(broke.status, broke.text).toBe(200);
  await expect.poll(to('ops@corp.example', 'waits for its review'), within).toBe(1);
  const own = await max.get('/reviews');
  expect(own.text).toContain('Somebody reviews it who neither let it run nor asked for it.');
  const lee = await seat('lee@corp.example');
  const page = await lee.get('/reviews');
  expect((await lee.submit(page, `/reviews/${ticket}/review`, { note: 'fine, and on-call may do it now' })).location).toBe('/reviews');
  expect((await lee.get('/reviews')).text).toContain('on-call may do it now');
  await expect.poll(to('ops@corp.example', 'Over: A break-glass use'), within).toBe(1);
  const { reviews } = reviewList.parse(JSON.parse((await lee.get('/api/reviews')).text));
  expect(reviews).toMatchObject([
    { ticket, by: 'max@corp.example', reason: 'all is down', may: false, says: expect.stringContaining('already') },
  ]);
  const again = await sent(lee, `/api/reviews/${ticket}/review`, { note: 'twice' });
  expect(again.text).toContain('was reviewed by lee@corp.example already');
});

it('the owner of a rule hears of a request', async () => {
  const ann = await at.browser('ann@corp.example');
  await ann.submit(await ann.get('/ask?rule=connector/crm-act'), '/ask', { text: 'for the spring campaign' });
  await expect.poll(to('revops@corp.example', 'for the spring campaign'), within).toBe(1);
});

it('what could not be delivered is seen, tried again by who may, and leaves an entry', async () => {
  await mail.close();
  await store.recorder.commit({
    entries: [],
    steps: async (tx) => {
      await raiseInOver(store)(tx, { kind: 'bypass', scope: 'plugin:desk', says: 'A tool ran past the gateway.' });
      return { ok: true };
    },
  });
  const operator = await at.browser('max@corp.example', ['approver', 'operator']);
  await expect.poll(async () => (await operator.get('/messages')).text, within).toContain('tried once');
  const page = await operator.get('/messages');
  const [path = ''] = /\/messages\/M-[0-9A-Z]+\/retry/.exec(page.text) ?? [];
  expect((await operator.submit(page, path, {})).location).toBe('/messages');
  await expect.poll(() => at.written.filter(({ action }) => action === 'message.retried').length).toBe(1);
  expect((await (await at.browser('lee@corp.example')).get('/messages')).status).toBe(403);
});

it('grants and quality are shown to who decides', async () => {
  const lee = await at.browser('lee@corp.example');
  expect((await lee.get('/quality')).text).toContain('approvals/high');
  expect((await lee.get('/grants')).text).toContain('No grants here.');
  expect((await lee.get('/approvals')).text).toContain('href="/grants"');
});

it('whoever may break the glass sees what that would let run; what somebody changed meanwhile they do not let run', async () => {
  const { ticket } = await at.agent.call('send_mail', { to: ['two@customers.example'], subject: 'Now', body: 'Down.' });
  const [max, lee] = [await seat('max@corp.example'), await seat('lee@corp.example')];
  const shown = ticketDetail.parse(JSON.parse((await max.get(`/api/approvals/${ticket}`)).text));
  expect([shown.mayBreakGlass, shown.mayGrant]).toEqual([true, false]);
  const other = { to: ['three@customers.example'], subject: 'Now', body: 'Down.' };
  expect((await sent(lee, `/api/approvals/${ticket}/decide`, { decision: 'edit', arguments: other })).status).toBe(200);
  const broke = { decision: 'break_glass', reason: 'all is down', confirm: '1', seen: shown.carries };
  const refused = await sent(max, `/api/approvals/${ticket}/decide`, broke);
  expect([refused.status, refused.text.includes('Somebody changed what ticket')]).toEqual([409, true]);
  const before = at.reached().length;
  await at.agent.call('trapkey_wait', { ticket, seconds: 1 });
  expect(at.reached()).toHaveLength(before);
});

it('breaks the glass on the page of the ticket, without JavaScript; nobody else is offered that', async () => {
  const { ticket } = await at.agent.call('send_mail', { to: ['six@customers.example'], subject: 'Now', body: 'Down.' });
  const [max, lee] = [await seat('max@corp.example'), await seat('lee@corp.example')];
  expect((await lee.get(`/t/${ticket}`)).text).not.toContain('Break the glass');
  const page = await max.get(`/t/${ticket}`);
  expect([page.status, page.text.includes('Break the glass')]).toEqual([200, true]);
  const before = at.reached().length;
  const fields = { decision: 'break_glass', reason: 'all is down', confirm: '7' };
  expect((await max.submit(page, `/t/${ticket}/decide`, fields)).text).toContain(`To approve ticket ${ticket}, type 1`);
  expect((await max.submit(await max.get(`/t/${ticket}`), `/t/${ticket}/decide`, { ...fields, confirm: '1' })).status).toBe(303);
  await at.agent.call('trapkey_wait', { ticket, seconds: 5 });
  expect(at.reached()).toHaveLength(before + 1);
});

it('a standing grant is made by who approved the ticket and just showed a credential, lets the same run, and ends when revoked', async () => {
  const mail = { to: ['four@customers.example'], subject: 'Weekly', body: 'Prices.' };
  const { ticket } = await at.agent.call('send_mail', mail);
  const [lee, linked, max] = [await seat('lee@corp.example'), await at.linked('lee@corp.example'), await seat('max@corp.example')];
  const wish = { ticket, count: 3, expires_in_ms: 86_400_000, because: 'the same each week' };
  expect((await sent(lee, '/api/grants', wish)).text).toContain('did not approve');
  expect((await sent(lee, `/api/approvals/${ticket}/decide`, { decision: 'approve', confirm: '1' })).status).toBe(200);
  const detail = async (who: Browser) => ticketDetail.parse(JSON.parse((await who.get(`/api/approvals/${ticket}?payload=no`)).text));
  expect([(await detail(lee)).mayGrant, (await detail(max)).mayGrant]).toEqual([true, false]);
  const stale = await sent(linked, '/api/grants', wish);
  expect([stale.status, stale.text.includes('step_up_needed')]).toEqual([403, true]);
  expect((await sent(max, '/api/grants', wish)).text).toContain('max@corp.example did not approve');
  const made = await sent(lee, '/api/grants', wish);
  expect(made.status, made.text).toBe(200);
  const grant = grantShown.parse(JSON.parse(made.text));
  expect(grant).toMatchObject({ state: 'live', madeBy: 'lee@corp.example', countMax: 3, reachMax: 1, fromTicket: ticket });
  await at.agent.call('trapkey_wait', { ticket, seconds: 5 });
  const before = at.reached().length;
  await expect.poll(async () => (await at.agent.call('send_mail', mail)).isError, within).toBe(false);
  expect(at.reached().length).toBeGreaterThan(before);
  const { grants } = grantList.parse(JSON.parse((await lee.get('/api/grants')).text));
  expect(grants.find(({ id }) => id === grant.id)?.used).toBeGreaterThan(0);
  const [ann, eve] = [await at.browser('ann@corp.example', []), await at.browser('eve@corp.example', [])];
  const over = { act: 'revoke', reason: 'over' };
  expect((await sent(eve, `/api/grants/${grant.id}/act`, over)).text).toContain('whom it is for');
  expect((await sent(ann, `/api/grants/${grant.id}/act`, { act: 'review' })).status).toBe(409);
  // Whoever it is for gives it back.
  expect((await sent(ann, `/api/grants/${grant.id}/act`, over)).status).toBe(200);
  expect((await at.agent.call('send_mail', mail)).ticket).toMatch(/^TK-/);
  expect(at.written.map(({ action }) => action)).toEqual(expect.arrayContaining(['grant.made', 'grant.revoked']));
});
