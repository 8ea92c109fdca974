import { afterEach, beforeEach, expect, it } from 'vitest';
import { openRequests } from '../../packages/server/src/access/requests/act.ts';
import { requestRoutes } from '../../packages/server/src/access/requests/routes.ts';
import { policyWith } from '../decisions/cases.ts';
import type { Browser } from '../sign-in/browser.ts';
import { type Desk, openDesk } from '../sign-in/desk.ts';
import { databases } from '../support/databases.ts';

const [sqlite] = databases;
let desk: Desk;

beforeEach(async () => {
  if (!sqlite) throw new Error('there is no SQLite');
  desk = await openDesk(sqlite, {
    routes: (parts) => requestRoutes({ requests: openRequests({ ...parts, policy: () => policyWith({}) }) }),
  });
});
afterEach(() => desk.close());

async function answer(who: Browser, id: string) {
  const { csrf } = JSON.parse((await who.get('/api/session')).text) as { readonly csrf: string };
  return await who.json(`/api/requests/${id}/answer`, { answer: 'yes' }, { 'x-csrf-token': csrf });
}

it('the Ask link opens a form, the form a request, and the owner answers it on a page', async () => {
  const [rivera, revops, lind] = [desk.browser(), desk.browser(), desk.browser()];
  await rivera.signIn(await desk.enroll('j.rivera@corp.example', []));
  await revops.signIn(await desk.enroll('revops@corp.example', []));
  await lind.signIn(await desk.enroll('k.lind@corp.example', ['approver']));
  const form = await rivera.get(`/ask?rule=${encodeURIComponent('check/crm-act.set_tier/1')}&call=<b>`);
  expect(form.status).toBe(200);
  expect(form.text).not.toContain('<b>');
  // Mail scanners follow links: looking asked for nothing.
  expect((await rivera.get('/requests')).text).toContain('No request is open.');
  expect((await rivera.submit(form, '/ask', { text: 're-tiering <for> Q3' })).location).toBe('/requests');
  expect((await rivera.get('/requests')).text).toContain('re-tiering &lt;for&gt; Q3');
  expect((await lind.get('/requests')).text).toContain('No request is open.');
  const list = await revops.get('/requests');
  const [, id = ''] = /\/requests\/(Q-[0-9A-Z]{10})\/answer/.exec(list.text) ?? [];
  expect((await answer(lind, id)).status).toBe(404);
  expect((await answer(rivera, id)).text).toContain('Nobody answers a request of their own');
  expect((await revops.submit(list, `/requests/${id}/answer`, { answer: 'in policy since Monday' })).location).toBe('/requests');
  expect((await rivera.get('/requests')).text).toContain('in policy since Monday');
  const forged = await revops.post('/ask', { rule: 'x', text: 'y' }, { origin: 'https://evil.example' });
  expect(forged.status).toBe(403);
  expect((await desk.browser().get('/requests')).status).not.toBe(200);
});
