import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../sign-in/browser.ts';
import { contacts, type House, openHouse } from './house.ts';

describe('the list of tickets', () => {
  let at: House;
  let lee: Browser;
  const held: string[] = [];

  beforeAll(async () => {
    at = await openHouse();
    lee = await at.browser('lee@corp.example');
    for (let i = 0; i < 7; i++)
      held.push((await at.agent.call('send_mail', { to: [...contacts], subject: `List ${i}`, body: 'x' })).ticket);
  });
  afterAll(() => at.close());

  const shown = (text: string) => [...text.matchAll(/href="\/t\/(TK-[0-9A-Z]{10})"/g)].map(([, id]) => id as string);
  const sorted = (ids: readonly string[]) => [...ids].sort();

  it('goes on from page to page by links alone, each ticket once', async () => {
    const seen: string[] = [];
    let path: string | undefined = '/approvals?max=3';
    let pages = 0;
    for (; path !== undefined; pages++) {
      const page = await lee.get(path);
      expect(page.status).toBe(200);
      expect(page.text).not.toMatch(/<script(?! src="\/assets)/);
      seen.push(...shown(page.text));
      path = /<a rel="next" href="([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(pages).toBe(3);
    expect(sorted(seen)).toEqual(sorted(held));
  });

  it('is filtered by its address, which the form makes and shows again', async () => {
    const [first = ''] = held;
    await lee.json(
      `/api/approvals/${first}/decide`,
      { decision: 'refuse', reason: 'No.' },
      {
        origin: at.url,
        'x-csrf-token': (await lee.get('/account')).fields('/sign-out')['csrf'] as string,
      },
    );
    for (const state of ['refused', 'decided']) expect(shown((await lee.get(`/approvals?state=${state}`)).text)).toEqual([first]);
    const refused = await lee.get('/approvals?state=refused&tier=&person=&tool=crm-act.send_mail');
    expect(shown(refused.text)).toEqual([first]);
    expect(refused.text).toContain('<option value="refused" selected>');
    expect(refused.text).toContain('value="crm-act.send_mail"');
    expect(shown((await lee.get('/approvals')).text)).not.toContain(first);
    expect(sorted(shown((await lee.get('/approvals?tier=high&person=ann%40corp.example')).text))).toEqual(sorted(held.slice(1)));
    for (const none of ['tier=low', 'person=joe%40corp.example', 'tool=crm', 'tool=crm-act.other', 'state=done'])
      expect(shown((await lee.get(`/approvals?${none}`)).text)).toEqual([]);
    const strange = await lee.get(`/approvals?person=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(strange.text).not.toContain('<script>alert');
    for (const wrong of ['state=lost', 'after=1', 'after=1.TK-%27', 'max=0', 'max=100000'])
      expect((await lee.get(`/approvals?${wrong}`)).status).toBe(400);
  });

  it('gives programs the same pages', async () => {
    const read = async (path: string) => JSON.parse((await lee.get(path)).text) as { tickets: { id: string }[]; next: string | null };
    const one = await read('/api/approvals?max=4');
    const two = await read(`/api/approvals?max=4&after=${one.next}`);
    expect([one.tickets.length, two.tickets.length, two.next]).toEqual([4, 2, null]);
    expect(sorted([...one.tickets, ...two.tickets].map(({ id }) => id))).toEqual(sorted(held.slice(1)));
  });

  it('shows nobody what does not concern them, however far they look', async () => {
    const joe = await at.browser('joe@corp.example', []);
    const page = await joe.get('/approvals?state=all');
    expect([page.status, shown(page.text)]).toEqual([200, []]);
    expect(JSON.parse((await joe.get('/api/approvals')).text)).toEqual({ tickets: [], next: null });
  });
});
