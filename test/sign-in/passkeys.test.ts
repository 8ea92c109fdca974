import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Enrolled } from '../../packages/server/src/kernel/people.ts';
import { databases } from '../support/databases.ts';
import { authenticator } from './authenticator.ts';
import type { Browser } from './browser.ts';
import { type Desk, minuteMs, openDesk, startMs } from './desk.ts';

interface Asked {
  readonly sealed: string;
  readonly options: { readonly challenge: string; readonly rp: { readonly id: string }; readonly rpId: string };
}

describe.each(databases)('passkeys on $name', (kind) => {
  let at: Desk;
  let max: Enrolled;

  beforeAll(async () => {
    at = await openDesk(kind);
    max = await at.enroll('max@corp.example', ['approver']);
  });
  afterAll(() => at.close());
  beforeEach(() => at.setTime(startMs));

  const signedIn = async (who: Enrolled = max): Promise<Browser> => {
    const mine = at.browser();
    await mine.signIn(who);
    return mine;
  };
  const session = async (mine: Browser) => JSON.parse((await mine.get('/api/session')).text) as { csrf: string; fresh: boolean };
  const send = async (mine: Browser, path: string, body: unknown) => {
    const { csrf } = await session(mine);
    return await mine.json(path, body, { origin: at.url, 'x-csrf-token': csrf });
  };
  const ask = async (mine: Browser, what: 'register' | 'prove') =>
    JSON.parse((await send(mine, `/api/passkeys/${what}/begin`, {})).text) as Asked;
  const registered = async (mine: Browser) => {
    const key = authenticator();
    const { sealed, options } = await ask(mine, 'register');
    const done = await send(mine, '/api/passkeys/register/end', { sealed, response: key.create(options, at.url), label: 'Phone <b>' });
    expect(done.status).toBe(200);
    return key;
  };
  const stale = () => at.setTime(startMs + 10 * minuteMs);

  it('are registered by who just showed a credential, and show one again afterwards', async () => {
    const mine = await signedIn();
    const key = await registered(mine);
    expect((await mine.get('/account')).text).toContain('Phone &lt;b&gt;');
    stale();
    expect((await session(mine)).fresh).toBe(false);
    expect((await send(mine, '/api/passkeys/register/begin', {})).status).toBe(409);
    const { sealed, options } = await ask(mine, 'prove');
    expect(options.rpId).toBe('localhost');
    const done = await send(mine, '/api/passkeys/prove/end', { sealed, response: key.get(options, at.url) });
    expect([done.status, (await session(mine)).fresh]).toEqual([200, true]);
    expect((await at.entries()).map(({ action }) => action)).toEqual(expect.arrayContaining(['passkey.registered', 'session.proved']));
  });

  it('refuse an answer that is replayed, for another session, another site, unverified, too old, or of another key', async () => {
    const [mine, second] = [await signedIn(), await signedIn()];
    const key = await registered(mine);
    stale();
    const { sealed, options } = await ask(mine, 'prove');
    const others = await ask(second, 'prove');
    const wrong = [
      { sealed, response: key.get(options, 'https://evil.example') },
      { sealed, response: key.get({ ...options, rpId: 'evil.example' }, at.url) },
      { sealed, response: key.get(options, at.url, { verified: false }) },
      { sealed, response: key.get({ ...options, challenge: others.options.challenge }, at.url) },
      { sealed: others.sealed, response: key.get(others.options, at.url) },
      { sealed: `${sealed}x`, response: key.get(options, at.url) },
      { sealed, response: authenticator().get(options, at.url) },
      { sealed, response: { ...authenticator().get(options, at.url), id: key.get(options, at.url)['id'] } },
    ];
    for (const body of wrong) {
      expect((await send(mine, '/api/passkeys/prove/end', body)).status).toBe(409);
      expect((await session(mine)).fresh).toBe(false);
    }
    const good = { sealed, response: key.get(options, at.url) };
    const raced = await Promise.all(
      [0, 1, 2]
        .map(() => at.browser())
        .map(async (copy) => {
          copy.cookies.set('trapkey-session', mine.cookies.get('trapkey-session') as string);
          return (await send(copy, '/api/passkeys/prove/end', good).catch(() => ({ status: 401 }))).status;
        }),
    );
    expect(raced.filter((status) => status === 200)).toHaveLength(1);
    at.setTime(startMs + 30 * minuteMs);
    const late = await signedIn();
    const old = await ask(late, 'prove');
    at.setTime(startMs + 41 * minuteMs);
    expect((await send(late, '/api/passkeys/prove/end', { sealed: old.sealed, response: key.get(old.options, at.url) })).status).toBe(409);
  });

  it('refuse a counter that goes back: the key was copied', async () => {
    const mine = await signedIn();
    const key = await registered(mine);
    const first = await ask(mine, 'prove');
    expect(
      (await send(mine, '/api/passkeys/prove/end', { sealed: first.sealed, response: key.get(first.options, at.url, { counter: 9 }) }))
        .status,
    ).toBe(200);
    const second = await ask(mine, 'prove');
    expect(
      (await send(mine, '/api/passkeys/prove/end', { sealed: second.sealed, response: key.get(second.options, at.url, { counter: 9 }) }))
        .status,
    ).toBe(409);
  });

  it('of one person are nothing to another, and are removed by their holder alone', async () => {
    const mine = await signedIn();
    const key = await registered(mine);
    const other = await signedIn(at.admin);
    const asked = await ask(other, 'prove');
    expect((await send(other, '/api/passkeys/prove/end', { sealed: asked.sealed, response: key.get(asked.options, at.url) })).status).toBe(
      409,
    );
    const id = (await at.signIn.passkeys.list(max.person)).at(-1)?.id ?? '';
    const { csrf } = await session(other);
    expect((await other.post('/account/passkeys/remove', { csrf, passkey: id })).status).toBe(409);
    expect((await mine.post('/account/passkeys/remove', { csrf: (await session(mine)).csrf, passkey: id })).status).toBe(303);
  });
});
