import { liveEvent } from '@trapkey/contract/api/live.ts';
import { sessionList } from '@trapkey/contract/api/session.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from '../sign-in/browser.ts';
import { sent } from './asking.ts';
import { contacts, type House, openHouse } from './house.ts';

let at: House;
beforeAll(async () => {
  at = await openHouse();
});
afterAll(async () => await at?.close());

/** Listens as a page does; `heard` is everything so far, `over` resolves when the server ended it. */
const listen = async (who: Browser) => {
  const cookie = [...who.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const gone = new AbortController();
  const reply = await fetch(`${at.url}/api/live`, { headers: { cookie }, signal: gone.signal });
  const heard: { readonly topic: string; readonly count: number }[] = [];
  const read = async () => {
    for await (const chunk of reply.body ?? []) {
      for (const line of Buffer.from(chunk).toString().split('\n'))
        if (line.startsWith('data: ')) heard.push(liveEvent.parse(JSON.parse(line.slice(6))));
    }
  };
  const over = reply.ok
    ? read().then(
        () => 'ended',
        () => 'broken',
      )
    : Promise.resolve('refused');
  return { status: reply.status, type: reply.headers.get('content-type'), heard, over, leave: () => gone.abort() };
};
type Line = Awaited<ReturnType<typeof listen>>;
const within = { timeout: 20_000 };
let subjects = 0;
const hold = () => at.agent.call('send_mail', { to: [...contacts], subject: `News ${subjects++}`, body: 'x' });

it('tells who may see everything how much is new, and an employee only that something is', async () => {
  const [lou, ann] = [await at.browser('lou@corp.example', ['viewer']), await at.browser('ann@corp.example', [])];
  // An approver sees what is asked of them, and counts nobody else's.
  const lines = await Promise.all([lou, ann, await at.browser('pia@corp.example', ['approver'])].map(listen));
  const [wide, own, asked] = lines as [Line, Line, Line];
  expect([wide.status, wide.type]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const [before, ownBefore] = [wide.heard.length, own.heard.length];
  await hold();
  const of = (topic: string, heard: typeof wide.heard, from: number) => heard.slice(from).filter((one) => one.topic === topic);
  const sum = (events: readonly { readonly count: number }[]) => events.reduce((all, { count }) => all + count, 0);
  await expect.poll(() => sum(of('approvals', wide.heard, before)), within).toBe(1);
  await expect.poll(() => sum(of('record', wide.heard, before)), within).toBeGreaterThan(1);
  await expect.poll(() => of('approvals', own.heard, ownBefore), within).toContainEqual({ topic: 'approvals', count: 0 });
  expect(own.heard.filter(({ topic, count }) => topic === 'record' || topic === 'policy' || count > 0)).toEqual([]);
  await expect.poll(() => of('approvals', asked.heard, 0), within).not.toEqual([]);
  expect(asked.heard.filter(({ count }) => count > 0)).toEqual([]);
  for (const line of lines) line.leave();
  expect(await wide.over).toBe('broken');
});

it('ends when the session is revoked by an administrator, and for nobody else’s', async () => {
  const [max, lee, root] = [
    await at.browser('max@corp.example'),
    await at.browser('lee@corp.example'),
    await at.browser('eve@corp.example', ['administrator']),
  ];
  const line = await listen(max);
  const mine = async (who: Browser, query = '') =>
    sessionList.parse(JSON.parse((await who.get(`/api/sessions${query}`)).text)).sessions.map(({ id, person }) => ({ id, person }));
  const [own] = await mine(max);
  expect(await mine(max, '?of=all')).toEqual([own]);
  expect((await mine(root, '?of=all')).map(({ person }) => person)).toEqual(
    expect.arrayContaining(['max@corp.example', 'lee@corp.example']),
  );
  const refused = await sent(lee, `/api/sessions/${own?.id}/revoke`, {});
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('no open session')]);
  expect((await max.get('/api/session')).status).toBe(200);
  expect((await sent(root, `/api/sessions/${own?.id}/revoke`, {})).status).toBe(200);
  expect(await line.over).toBe('ended');
  expect((await max.get('/api/session')).status).toBe(401);
  expect(at.written.filter(({ action }) => action === 'session.ended')).toEqual([
    expect.objectContaining({ on_behalf_of: 'eve@corp.example', subject: 'person:max@corp.example', detail: own?.id }),
  ]);
});

it('lets one person listen from so many pages, and nobody who is not signed in', async () => {
  const kim = await at.browser('kim@corp.example', ['operator']);
  const lines = [];
  // Asking for the head alone takes no place.
  const cookie = [...kim.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  for (let i = 0; i < 7; i++) expect((await fetch(`${at.url}/api/live`, { method: 'HEAD', headers: { cookie } })).status).toBe(200);
  for (let i = 0; i < 6; i++) lines.push(await listen(kim));
  expect(lines.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
  await expect.poll(async () => (await listen(kim)).status, within).toBe(429);
  lines[0]?.leave();
  await expect
    .poll(async () => {
      const again = await listen(kim);
      again.leave();
      return again.status;
    }, within)
    .toBe(200);
  for (const line of lines) line.leave();
  kim.cookies.clear();
  expect((await listen(kim)).status).toBe(401);
});
