import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { localPath } from '../../packages/server/src/access/screens/local-path.ts';
import { idleForMs, lastsForMs } from '../../packages/server/src/access/sessions/views.ts';
import type { Enrolled } from '../../packages/server/src/kernel/people.ts';
import { databases } from '../support/databases.ts';
import type { Browser } from './browser.ts';
import { type Desk, minuteMs, openDesk, startMs } from './desk.ts';

const session = 'trapkey-session';

describe.each(databases)('signing in on $name', (kind) => {
  let at: Desk;
  let max: Enrolled;

  const signedIn = async (who: Enrolled = max): Promise<Browser> => {
    const mine = at.browser();
    expect((await mine.signIn(who)).status).toBe(303);
    return mine;
  };
  const isIn = async (mine: Browser): Promise<boolean> => (await mine.get('/account')).status === 200;

  beforeAll(async () => {
    at = await openDesk(kind);
    max = await at.enroll('max@corp.example', ['approver']);
  });
  afterAll(() => at.close());
  beforeEach(() => at.setTime(startMs));

  it('by code gives a session that only its keyed hash is stored of, and an entry', async () => {
    const mine = await signedIn();
    expect((await mine.get('/account')).text).toContain('Signed in as max@corp.example');
    const token = mine.cookies.get(session) as string;
    const rows = await at.database.read.selectFrom('sessions').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(rows.map(({ hash }) => hash)).toEqual(expect.arrayContaining([expect.stringMatching(/^[0-9a-f]{64}$/)]));
    expect((await at.entries()).at(-1)).toMatchObject({ kind: 'admin', action: 'session.began', assurance: { on_behalf_of: 'proved' } });
    expect(JSON.stringify(await at.entries())).not.toContain(token);
  });

  it('sends a cookie that no script reads and no other site sends, with headers that forbid framing and inline script', async () => {
    const page = await at.browser().signIn(max);
    const [cookie] = page.headers.getSetCookie().filter((one) => one.startsWith(session));
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    const shown = await at.browser().get('/sign-in');
    const rules = shown.headers.get('content-security-policy') ?? '';
    expect(rules).toContain("default-src 'none'");
    expect(rules).toContain("script-src 'self'");
    expect(rules).toContain("frame-ancestors 'none'");
    expect(rules).toContain("base-uri 'none'");
    expect(rules).not.toContain('unsafe');
    expect(shown.headers.get('cache-control')).toBe('no-store');
    expect(shown.headers.get('referrer-policy')).toBe('same-origin');
    expect(shown.text).not.toMatch(/<script>|<style|style="|onclick/);
  });

  it('never carries a session over that was there before: no fixation', async () => {
    const planted = await signedIn();
    const before = planted.cookies.get(session) as string;
    const page = await planted.get('/account');
    const csrf = page.fields('/sign-out')['csrf'] as string;
    await planted.post('/sign-in/code', { csrf, person: max.person, code: max.code });
    expect(planted.cookies.get(session)).not.toBe(before);
    const thief = at.browser();
    thief.cookies.set(session, before);
    expect(await isIn(thief)).toBe(false);
    expect(await isIn(planted)).toBe(true);
    const invented = at.browser();
    invented.cookies.set(session, `tks_${'A'.repeat(43)}`);
    await invented.signIn(max);
    expect(invented.cookies.get(session)).not.toBe(`tks_${'A'.repeat(43)}`);
  });

  it('says the same of a wrong code and of nobody, and keeps what was typed out of the page as markup', async () => {
    const wrong = await at.browser().signIn({ person: max.person, code: 'AAAAA' });
    const nobody = await at.browser().signIn({ person: '"><script>alert(1)</script>', code: '<b>' });
    expect([wrong.status, nobody.status]).toEqual([401, 401]);
    expect(wrong.text).toContain('That is not the code of that person');
    expect(nobody.text).toContain('That is not the code of that person');
    expect(nobody.text).not.toContain('<script>alert');
    expect(nobody.text).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('refuses a form of another site, without its token, or with the token of another browser', async () => {
    const mine = at.browser();
    const page = await mine.get('/sign-in');
    const fields = { ...page.fields('/sign-in/code'), ...max };
    for (const headers of [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://localhost:1' },
    ] as const) {
      const refused = await mine.post('/sign-in/code', fields, headers as never);
      expect([refused.status, refused.text.includes('another site')]).toEqual([403, true]);
    }
    expect((await mine.post('/sign-in/code', { ...fields, csrf: '' })).status).toBe(403);
    expect((await mine.post('/sign-in/code', { ...fields, csrf: 'f'.repeat(64) })).status).toBe(403);
    expect((await at.browser().post('/sign-in/code', fields)).status).toBe(403);
    expect(mine.cookies.has(session)).toBe(false);
    expect((await mine.post('/sign-in/code', fields)).status).toBe(303);
  });

  it('refuses the token of a session that ended, and the one from before signing in', async () => {
    const mine = at.browser();
    const early = (await mine.get('/sign-in')).fields('/sign-in/code')['csrf'] as string;
    await mine.signIn(max);
    expect((await mine.post('/sign-out', { csrf: early })).status).toBe(403);
    expect(await isIn(mine)).toBe(true);
    const { csrf } = (await mine.get('/account')).fields('/sign-out') as { csrf: string };
    const again = await signedIn();
    expect((await again.post('/sign-out', { csrf })).status).toBe(403);
  });

  it('ends by signing out, and the cookie is worth nothing afterwards', async () => {
    const mine = await signedIn();
    const kept = mine.cookies.get(session) as string;
    await mine.submit(await mine.get('/account'), '/sign-out', {});
    expect(mine.cookies.has(session)).toBe(false);
    mine.cookies.set(session, kept);
    expect(await isIn(mine)).toBe(false);
    expect((await at.entries()).at(-1)).toMatchObject({ action: 'session.ended' });
  });

  it('is over after a time without use, and after its whole time however much it is used', async () => {
    const mine = await signedIn();
    at.setTime(startMs + idleForMs - 1);
    expect(await isIn(mine)).toBe(true);
    at.setTime(startMs + 2 * idleForMs - 2);
    expect(await isIn(mine)).toBe(true);
    at.setTime(startMs + 3 * idleForMs);
    expect(await isIn(mine)).toBe(false);
    at.setTime(startMs);
    const busy = await signedIn();
    for (let ms = 0; ms < lastsForMs; ms += idleForMs / 2) {
      at.setTime(startMs + ms);
      expect(await isIn(busy)).toBe(true);
    }
    at.setTime(startMs + lastsForMs);
    expect(await isIn(busy)).toBe(false);
  });

  it('lists one’s sessions and ends one of them, never somebody else’s', async () => {
    const [mine, other] = [await signedIn(), await signedIn(at.admin)];
    const theirs = JSON.parse((await other.get('/api/session')).text) as { id: string };
    const { csrf } = (await mine.get('/account')).fields('/sign-out') as { csrf: string };
    const refused = await mine.post('/account/sessions/end', { csrf, session: theirs.id });
    expect([refused.status, await isIn(other)]).toEqual([409, true]);
    const second = await signedIn();
    const { id } = JSON.parse((await second.get('/api/session')).text) as { id: string };
    expect((await mine.post('/account/sessions/end', { csrf, session: id })).status).toBe(303);
    expect(await isIn(second)).toBe(false);
    const administrator = (await other.get('/account')).fields('/sign-out') as { csrf: string };
    const own = JSON.parse((await mine.get('/api/session')).text) as { id: string };
    expect((await other.post('/account/sessions/end', { csrf: administrator.csrf, session: own.id })).status).toBe(303);
    expect(await isIn(mine)).toBe(false);
  });

  it('ends every session of a person whose code is replaced', async () => {
    const eve = await at.enroll('eve@corp.example', []);
    const mine = await signedIn(eve);
    const verified = await at.signIn.people.verifyCode(at.admin.person, at.admin.code);
    if (verified.ok) await at.signIn.people.rotate(eve.person, verified.who);
    expect(await isIn(mine)).toBe(false);
  });

  it('by one-time link: looking spends nothing, a POST does, once', async () => {
    const verified = await at.signIn.people.verifyCode(max.person, max.code);
    if (!verified.ok) throw new Error(verified.says);
    const link = await at.signIn.links.make(verified.who);
    expect(JSON.stringify(await at.database.read.selectFrom('sign_in_links').selectAll().execute())).not.toContain(link.path.split('=')[1]);
    const scanner = at.browser();
    for (let i = 0; i < 3; i++) expect((await scanner.get(link.path)).status).toBe(200);
    expect(scanner.cookies.has(session)).toBe(false);
    const mine = at.browser();
    const page = await mine.get(link.path);
    expect(page.text).toContain('Sign in as max@corp.example?');
    const raced = await Promise.all([0, 1, 2, 3].map(() => mine.submit(page, '/sign-in/link', {})));
    expect(raced.map(({ status }) => status).sort()).toEqual([303, 409, 409, 409]);
    expect(await isIn(mine)).toBe(true);
    expect((await at.browser().get(link.path)).status).toBe(409);
    const old = await at.signIn.links.make(verified.who);
    at.setTime(startMs + 11 * minuteMs);
    expect((await at.browser().get(old.path)).status).toBe(409);
  });

  it('by link is not showing a credential: that is asked for where it matters', async () => {
    const verified = await at.signIn.people.verifyCode(max.person, max.code);
    if (!verified.ok) throw new Error(verified.says);
    const link = await at.signIn.links.make(verified.who);
    const mine = at.browser();
    await mine.submit(await mine.get(link.path), '/sign-in/link', {});
    expect(JSON.parse((await mine.get('/api/session')).text)).toMatchObject({ fresh: false, via: 'link', person: 'max@corp.example' });
    const before = mine.cookies.get(session) as string;
    const proved = await mine.submit(await mine.get('/prove?to=/account'), '/prove/code', { code: max.code });
    expect([proved.status, proved.location]).toEqual([303, '/account']);
    expect(JSON.parse((await mine.get('/api/session')).text)).toMatchObject({ fresh: true });
    const thief = at.browser();
    thief.cookies.set(session, before);
    expect(await isIn(thief)).toBe(false);
    at.setTime(startMs + 6 * minuteMs);
    expect(JSON.parse((await mine.get('/api/session')).text)).toMatchObject({ fresh: false });
  });

  it('gives roles as enrolled and as policy gives them to groups; aliases are one person', async () => {
    const begun = await at.signIn.sessions.begin({ person: 'AL@corp.example', groups: ['desk'], via: 'oidc', fresh: false });
    expect(begun?.signed.who).toMatchObject({ person: 'ada@corp.example', roles: ['operator'], groups: ['desk'] });
    const plain = await at.signIn.sessions.begin({ person: 'ada@corp.example', via: 'oidc', fresh: false });
    expect(plain?.signed.who.roles).toEqual([]);
  });

  it('sends nobody to another site', async () => {
    for (const to of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/%5cevil.example/..//x',
      'javascript:alert(1)',
      '/\t/evil.example',
      '/sign-in',
      '/api/session',
    ]) {
      const page = await at.browser().signIn(max, to);
      expect(new URL(page.location ?? '', at.url).origin).toBe(at.url);
      expect(localPath(to)).toMatch(/^\/($|%5cevil)/);
    }
    expect(localPath('/t/TK-AAAAAAAAAA?x=1')).toBe('/t/TK-AAAAAAAAAA?x=1');
  });
});
