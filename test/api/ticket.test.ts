import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from '../sign-in/browser.ts';
import { contacts, type House, openHouse } from './house.ts';

const evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>';

describe('the page of a ticket', () => {
  let at: House;
  let lee: Browser;
  let asked = 0;

  beforeAll(async () => {
    at = await openHouse();
    lee = await at.browser('lee@corp.example');
  });
  afterAll(() => at.close());

  const held = async (subject = 'Spring', to: readonly string[] = contacts) => {
    const heard = await at.agent.call('send_mail', { to: [...to], subject: `${subject} ${asked++}`, body: 'Prices.' });
    expect(heard.text).toContain('NOT DONE: held for approval');
    return heard.ticket;
  };
  const state = async (ticket: string) => (JSON.parse((await lee.get(`/api/approvals/${ticket}`)).text) as { state: string }).state;
  const send = async (who: Browser, ticket: string, fields: Readonly<Record<string, string>>): Promise<Page> =>
    who.submit(await who.get(`/t/${ticket}`), `/t/${ticket}/decide`, fields);

  it('says first what would happen, then exactly what would be sent, and leaves an entry that it was read', async () => {
    const ticket = await held();
    const before = at.written.length;
    const page = await lee.get(`/t/${ticket}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain('crm-act.send_mail would email 60 contacts about');
    expect(page.text.indexOf('would email')).toBeLessThan(page.text.indexOf('Exactly this would be sent'));
    expect(page.text).toContain('… 50 more, 60 in all …');
    expect(page.text).toContain('contact-59@customers.example');
    expect(page.text.split('<textarea id="arguments"')[0]).not.toContain('contact-30@customers.example');
    expect(at.written.slice(before)).toEqual([
      expect.objectContaining({ action: 'payload.read', subject: ticket, on_behalf_of: 'lee@corp.example' }),
    ]);
    const file = await lee.get(`/t/${ticket}/payload.json`);
    expect(file.headers.get('content-disposition')).toBe(`attachment; filename="${ticket}.json"`);
    expect(JSON.parse(file.text)).toMatchObject({ name: 'send_mail', arguments: { to: contacts } });
    expect(at.written.filter(({ action }) => action === 'payload.read')).toHaveLength(2);
  });

  it('is found by whom it concerns: waiting for one, asked for by another', async () => {
    const ticket = await held();
    expect((await lee.get('/approvals')).text).toContain(`/t/${ticket}`);
    const ann = await at.browser('ann@corp.example');
    const list = (await ann.get('/approvals')).text;
    expect(list).toContain('You asked for');
    expect(list).toContain(`/t/${ticket}`);
    expect(list).not.toContain('Waiting for you');
    const page = await ann.get(`/t/${ticket}`);
    expect(page.text).toContain('You asked for this, so somebody else decides');
    expect(page.text).not.toContain('value="approve"');
  });

  it('shows a stranger whom it asks, and nothing of what it would do; an id that nobody has is not told apart by content', async () => {
    const ticket = await held('Secret plan');
    const eve = await at.browser('eve@corp.example');
    const page = await eve.get(`/t/${ticket}`);
    expect(page.status).toBe(403);
    expect(page.text).toContain('This ticket does not ask you');
    expect(page.text).toContain('group leads');
    for (const path of [
      `/t/${ticket}`,
      `/t/${ticket}/payload.json`,
      `/api/approvals/${ticket}`,
      '/api/approvals?state=all',
      '/approvals',
    ]) {
      const seen = (await eve.get(path)).text;
      expect(seen).not.toContain('Secret plan');
      expect(seen).not.toContain('customers.example');
    }
    for (const id of ['TK-AAAAAAAAAA', 'TK-1', '..%2f..%2fetc', `${ticket}x`, ticket.toLowerCase(), '%00', "TK-' OR 1=1--"]) {
      expect((await eve.get(`/t/${id}`)).status).toBe(404);
      expect((await lee.get(`/t/${id}`)).status).toBe(404);
    }
    expect(
      (
        await eve.post(`/t/${ticket}/decide`, {
          csrf: (await eve.get('/account')).fields('/sign-out')['csrf'] as string,
          decision: 'refuse',
          reason: 'x',
        })
      ).status,
    ).toBe(403);
    expect(await state(ticket)).toBe('held');
  });

  it('asks who is not signed in to sign in, and comes back', async () => {
    const ticket = await held();
    const fresh = await at.browser('max@corp.example');
    fresh.cookies.clear();
    const page = await fresh.get(`/t/${ticket}`);
    expect([page.status, page.location]).toEqual([303, `/sign-in?to=${encodeURIComponent(`/t/${ticket}`)}`]);
    const back = await fresh.signIn(await at.enrolled('max@corp.example', ['approver']), `/t/${ticket}`);
    expect(back.location).toBe(`/t/${ticket}`);
    fresh.cookies.clear();
    const api = await fresh.get(`/api/approvals/${ticket}`);
    expect([api.status, JSON.parse(api.text)['code']]).toEqual([401, 'unauthenticated']);
  });

  it('decides nothing by a GET, without the form’s token, or from another site', async () => {
    const ticket = await held();
    const page = await lee.get(`/t/${ticket}`);
    const fields = { ...page.fields(`/t/${ticket}/decide`), decision: 'approve', confirm: '60' };
    const query = new URLSearchParams(fields).toString();
    for (const path of [`/t/${ticket}/decide?${query}`, `/api/approvals/${ticket}/decide?${query}`, `/t/${ticket}?${query}`]) {
      const reply = await lee.get(path);
      expect([200, 405]).toContain(reply.status);
      expect(await state(ticket)).toBe('held');
    }
    const own = { origin: at.url, 'sec-fetch-site': 'same-origin' };
    const refused = [
      await lee.post(`/t/${ticket}/decide`, fields, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }),
      await lee.post(`/t/${ticket}/decide`, fields, { ...own, 'sec-fetch-site': 'same-site' }),
      await lee.post(`/t/${ticket}/decide`, { ...fields, csrf: '' }, own),
      await lee.post(`/t/${ticket}/decide`, { ...fields, csrf: '0'.repeat(64) }, own),
      await lee.json(`/api/approvals/${ticket}/decide`, { decision: 'approve', confirm: 60 }, own),
      await lee.json(`/t/${ticket}/decide`, fields, own),
      await lee.post(`/api/approvals/${ticket}/decide`, fields, own),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 415, 415]);
    expect(await state(ticket)).toBe('held');
    expect(at.reached()).toEqual([]);
  });

  it('approves once with its number typed, and exactly that runs, once', async () => {
    const ticket = await held('Approved');
    const wrong = await send(lee, ticket, { decision: 'approve', confirm: '6' });
    expect([wrong.status, wrong.text.includes('type 60')]).toEqual([409, true]);
    expect(await state(ticket)).toBe('held');
    const page = await lee.get(`/t/${ticket}`);
    const sent = await lee.submit(page, `/t/${ticket}/decide`, { decision: 'approve', confirm: '60' });
    expect([sent.status, sent.location]).toEqual([303, `/t/${ticket}`]);
    const again = await lee.submit(page, `/t/${ticket}/decide`, { decision: 'approve', confirm: '60' });
    expect([again.status, again.text.includes('cannot be decided again')]).toEqual([409, true]);
    expect(await state(ticket)).toBe('approved');
    expect(at.written.filter((entry) => entry.ticket === ticket && entry.kind === 'approved')).toEqual([
      expect.objectContaining({ actor: 'trapkey-page', approval: 'human:lee@corp.example' }),
    ]);
  });

  it('needs a credential just shown for the high tier; asking and refusing do not', async () => {
    const max = await at.linked('max@corp.example');
    const ticket = await held();
    const page = await max.get(`/t/${ticket}`);
    expect(page.text).toContain(`/prove?to=/t/${ticket}`);
    expect(page.text).not.toContain('value="approve"');
    for (const fields of [
      { decision: 'approve', confirm: '60' },
      { decision: 'part', argument: 'to', first: '5' },
      { decision: 'edit', arguments: '{"to":["a@b.example"]}' },
    ]) {
      const refused = await send(max, ticket, fields);
      expect([refused.status, refused.text.includes('within the last 5 minutes')]).toEqual([403, true]);
    }
    expect(await state(ticket)).toBe('held');
    await max.submit(await max.get('/prove'), '/prove/code', { code: (await at.enrolled('max@corp.example', [])).code });
    expect((await send(max, ticket, { decision: 'approve', confirm: '60' })).status).toBe(303);
    const other = await held();
    const linked = await at.linked('max@corp.example');
    expect((await send(linked, other, { decision: 'refuse', reason: 'Not before the audit' })).status).toBe(303);
    expect(await state(other)).toBe('refused');
  });

  it('lets nobody decide without the role, on their own, or on their own under a second account', async () => {
    const ticket = await held();
    const ann = await at.browser('ann@corp.example');
    const annie = await at.browser('annie@corp.example');
    const bystander = await at.browser('joe@corp.example', []);
    for (const who of [ann, annie, bystander]) {
      const csrf = (await who.get('/account')).fields('/sign-out')['csrf'] as string;
      const body = { decision: 'approve', confirm: 60 };
      const replies = [
        await who.post(`/t/${ticket}/decide`, { csrf, decision: 'approve', confirm: '60' }),
        await who.json(`/api/approvals/${ticket}/decide`, body, { origin: at.url, 'x-csrf-token': csrf }),
      ];
      for (const { status } of replies) expect([403, 409]).toContain(status);
    }
    expect(await state(ticket)).toBe('held');
  });

  it('shows payloads, reasons, questions and answers as text, never as markup', async () => {
    const ticket = await held(evil, [`${evil}@customers.example`, 'b@customers.example']);
    expect((await send(lee, ticket, { decision: 'ask', text: evil })).status).toBe(303);
    const ann = await at.browser('ann@corp.example');
    expect((await send(ann, ticket, { decision: 'answer', text: evil })).status).toBe(303);
    expect((await send(lee, ticket, { decision: 'refuse', reason: evil })).status).toBe(303);
    for (const who of [lee, ann]) {
      for (const path of [
        `/t/${ticket}`,
        '/approvals',
        `/ask?rule=${encodeURIComponent(evil)}&call=${encodeURIComponent(evil)}`,
        '/requests',
      ]) {
        const { text } = await who.get(path);
        expect(text).not.toMatch(/<script>|<img/);
      }
    }
    const page = (await lee.get(`/t/${ticket}`)).text;
    expect(page.match(/&lt;script&gt;alert\(1\)&lt;\/script&gt;/g)?.length).toBeGreaterThan(3);
  });

  it('approves a smaller part by its form', async () => {
    const ticket = await held('Part');
    const bad = await send(lee, ticket, { decision: 'part', argument: 'to', first: 'many' });
    expect(bad.status).toBe(409);
    expect((await send(lee, ticket, { decision: 'part', argument: 'to', first: '5' })).status).toBe(303);
    const shown = JSON.parse((await lee.get(`/api/approvals/${ticket}`)).text) as {
      payload: { arguments: { to: string[] } };
      edited: boolean;
    };
    expect([shown.payload.arguments.to, shown.edited]).toEqual([contacts.slice(0, 5), true]);
    expect((await lee.get(`/t/${ticket}`)).text).toContain('What the agent asked for');
  });

  it('changes what would be sent by its form; what is no JSON is said in words', async () => {
    const ticket = await held('Edit');
    const bad = await send(lee, ticket, { decision: 'edit', arguments: '{"to": [}' });
    expect([bad.status, bad.text.includes('are not JSON')]).toEqual([409, true]);
    const changed = JSON.stringify({ to: contacts.slice(0, 2), subject: 'Milder', body: 'Hello' });
    expect((await send(lee, ticket, { decision: 'edit', arguments: changed })).status).toBe(303);
    const shown = JSON.parse((await lee.get(`/api/approvals/${ticket}`)).text) as { state: string; payload: { arguments: object } };
    expect(shown).toMatchObject({ state: 'held', payload: { arguments: { subject: 'Milder' } } });
  });

  it('refuses what is too large, doubled, of the wrong kind or malformed', async () => {
    const ticket = await held();
    const { csrf } = (await lee.get(`/t/${ticket}`)).fields(`/t/${ticket}/decide`) as { csrf: string };
    const huge = await lee
      .post(`/t/${ticket}/decide`, { csrf, decision: 'ask', text: 'x'.repeat(9 * 2 ** 20) })
      .catch(() => ({ status: 413 }));
    expect(huge.status).toBe(413);
    expect((await lee.post('/sign-out', { csrf, more: 'x'.repeat(70_000) })).status).toBe(413);
    const raw = async (body: string, type: string, path = `/t/${ticket}/decide`) => {
      const cookie = [...lee.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const reply = await request(new URL(path, at.url), {
        method: 'POST',
        body,
        headers: { cookie, 'content-type': type, origin: at.url, 'x-csrf-token': csrf },
      });
      await reply.body.dump();
      return reply.statusCode;
    };
    const form = 'application/x-www-form-urlencoded';
    expect(await raw(`csrf=${csrf}&decision=refuse&decision=approve&reason=x`, form)).toBe(400);
    expect(await raw(`csrf=${csrf}&decision=approve&confirm=60&surprise=1`, form)).toBe(400);
    expect(await raw(`csrf=${csrf}&__proto__=x&decision=approve`, form)).toBe(400);
    expect(await raw('{"decision":"approve","decision":"refuse"}', 'application/json', `/api/approvals/${ticket}/decide`)).toBe(400);
    expect(await raw('{"decision":"approve"', 'application/json', `/api/approvals/${ticket}/decide`)).toBe(400);
    expect(await raw('decision=approve', 'text/plain')).toBe(415);
    expect(await state(ticket)).toBe('held');
    expect(at.alarms).toEqual([]);
  });

  it('serves its style and script from its own address, and nothing else from there', async () => {
    const style = await lee.get('/assets/trapkey.css');
    expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
    expect((await lee.get('/assets/passkey.js')).headers.get('x-content-type-options')).toBe('nosniff');
    for (const path of ['/assets/', '/assets/..%2fapp.ts', '/assets/app.ts', '/wp-login.php', '/api/', '/api/people'])
      expect((await lee.get(path)).status).toBe(404);
  });
});
