import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../support/databases.ts';
import { startOidc, type TestProvider, webClient } from '../support/oidc.ts';
import type { Browser, Page } from './browser.ts';
import { type Desk, minuteMs, openDesk, startMs } from './desk.ts';

const accounts = {
  ada: { email: 'AL@corp.example', email_verified: true, groups: ['desk'] },
  max: { email: 'max@corp.example', email_verified: true, groups: ['managers'] },
  mallory: { email: 'boss@corp.example', email_verified: false },
};

/** A port that is free now; the provider must know where people are sent back to before we listen there. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.each(databases)('signing in at a real identity provider, on $name', (kind) => {
  let at: Desk;
  let provider: TestProvider;

  beforeAll(async () => {
    const port = await freePort();
    provider = await startOidc(accounts, { webRedirects: [`http://localhost:${port}/sign-in/oidc/back`] });
    at = await openDesk(kind, { oidc: { issuer: provider.issuer, insecureLoopback: true }, login: webClient, port });
  });
  afterAll(async () => {
    await at.close();
    await provider.stop();
  });

  /** Goes to the provider with a browser of its own for it, up to where it sends back. */
  const toProvider = async (mine: Browser, path: string, elsewhere = new Map<string, string>()): Promise<URL> => {
    const began = await mine.get(path);
    expect(began.status).toBe(303);
    let next = began.location as string;
    for (let hops = 0; hops < 8 && !next.startsWith(at.url); hops++) {
      const cookie = [...elsewhere].map(([name, value]) => `${name}=${value}`).join('; ');
      const reply = await fetch(next, { redirect: 'manual', headers: { cookie } });
      for (const set of reply.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
        elsewhere.set(name, value);
      }
      const to = reply.headers.get('location');
      if (to === null) throw new Error(`no redirect: ${reply.status} ${await reply.text()}`);
      next = new URL(to, next).href;
    }
    return new URL(next);
  };
  const back = (mine: Browser, url: URL): Promise<Page> => mine.get(url.pathname + url.search);

  it('signs in who the provider names, under one id, with its groups, and goes where it was going', async () => {
    provider.seat('ada');
    const mine = at.browser();
    expect((await mine.get('/sign-in')).text).toContain('Continue at');
    const done = await back(mine, await toProvider(mine, '/sign-in/oidc?to=/account'));
    expect([done.status, done.location]).toEqual([303, '/account']);
    expect(JSON.parse((await mine.get('/api/session')).text)).toMatchObject({
      person: 'ada@corp.example',
      roles: ['operator'],
      via: 'oidc',
      fresh: false,
    });
  });

  it('signs in nobody whose address the provider did not verify', async () => {
    provider.seat('mallory');
    const mine = at.browser();
    const done = await back(mine, await toProvider(mine, '/sign-in/oidc'));
    expect(done.status).toBe(409);
    expect(done.text).toContain('Nobody was signed in');
    expect(mine.cookies.has('trapkey-session')).toBe(false);
  });

  it('takes an answer only in the browser that asked, with its state, its code, its issuer, once and in time', async () => {
    provider.seat('max');
    const [attacker, victim] = [at.browser(), at.browser()];
    const answer = await toProvider(attacker, '/sign-in/oidc');
    expect((await back(victim, answer)).text).toContain('did not begin in this browser');
    const victims = await toProvider(victim, '/sign-in/oidc');
    const changed = (name: string, value: string) => {
      const url = new URL(victims);
      url.searchParams.set(name, value);
      return url;
    };
    const forged = [
      answer,
      changed('state', 'another'),
      changed('code', answer.searchParams.get('code') as string),
      changed('iss', 'https://evil.example'),
      changed('error', 'access_denied'),
    ];
    for (const url of forged) {
      const refused = await back(victim, url);
      expect([refused.status, refused.text.includes('Nobody was signed in')]).toEqual([409, true]);
      expect(victim.cookies.has('trapkey-session')).toBe(false);
    }
    const late = at.browser();
    const old = await toProvider(late, '/sign-in/oidc');
    at.setTime(startMs + 11 * minuteMs);
    expect((await back(late, old)).status).toBe(409);
    at.setTime(startMs);
    const good = at.browser();
    const once = await toProvider(good, '/sign-in/oidc');
    const kept = good.cookies.get('trapkey-keep-oidc') as string;
    expect((await back(good, once)).status).toBe(303);
    good.cookies.set('trapkey-keep-oidc', kept);
    expect((await back(good, once)).status).toBe(409);
  });

  it('shows a credential again there: same person, same session, asked for anew', async () => {
    // The provider's own clock is real, and what it says of when is compared with ours.
    at.setTime(Date.now());
    provider.seat('max');
    const mine = at.browser();
    const elsewhere = new Map<string, string>();
    await back(mine, await toProvider(mine, '/sign-in/oidc', elsewhere));
    expect(JSON.parse((await mine.get('/api/session')).text)).toMatchObject({ fresh: false });
    provider.seat('ada');
    const other = await back(mine, await toProvider(mine, '/sign-in/oidc?again=yes&to=/account'));
    expect([other.status, other.text.includes('ada') || other.text.includes('al@corp.example')]).toEqual([403, true]);
    provider.seat('max');
    const done = await back(mine, await toProvider(mine, '/sign-in/oidc?again=yes&to=/account', elsewhere));
    expect([done.status, done.location]).toEqual([303, '/account']);
    expect(JSON.parse((await mine.get('/api/session')).text)).toMatchObject({ fresh: true, person: 'max@corp.example' });
  });

  it('says so when the provider cannot be reached', async () => {
    const lost = await openDesk(kind, { oidc: { issuer: 'http://127.0.0.1:9', insecureLoopback: true }, login: webClient });
    const page = await lost.browser().get('/sign-in/oidc');
    expect([page.status, page.text.includes('cannot be reached')]).toEqual([409, true]);
    await lost.close();
  });
});
