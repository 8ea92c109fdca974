import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Agent } from '../incidents/agent.ts';
import { startOidc, type TestProvider, webClient } from '../support/oidc.ts';
import { type Browsing, expectAccessible, hasBrowser, openBrowser, settled } from './browser.ts';
import { type ConsoleHouse, customers, openConsoleHouse } from './house.ts';

const accounts = { lee: { email: 'lee@acme.example', email_verified: true, groups: ['leads'] } };

/** A port that is free now; the provider must know where people are sent back to before we listen there. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe.skipIf(!hasBrowser)('signing in to the console at an identity provider', () => {
  let house: ConsoleHouse;
  let browsing: Browsing;
  let provider: TestProvider;
  let mail: Agent;

  beforeAll(async () => {
    const port = await freePort();
    provider = await startOidc(accounts, { webRedirects: [`http://127.0.0.1:${port}/sign-in/oidc/back`] });
    house = await openConsoleHouse({
      port: String(port),
      env: {
        TRAPKEY_OIDC_ISSUER: provider.issuer,
        TRAPKEY_OIDC_INSECURE_LOOPBACK: '1',
        TRAPKEY_OIDC_CLIENT_ID: webClient.clientId,
        TRAPKEY_OIDC_CLIENT_SECRET: webClient.clientSecret,
      },
    });
    await house.enrolled('lee@acme.example', ['approver']);
    browsing = await openBrowser(house);
    mail = await house.agent('ann@acme.example', 'campaigns', 'mail');
    provider.seat('lee');
  });
  afterAll(async () => {
    await browsing?.close();
    await house?.close();
    await provider?.stop();
  });
  afterEach(async () => {
    // Going to the provider, and what the browser logs of a refusal that asks for it.
    browsing.forgive(new RegExp(`asked another host: ${provider.issuer}|40[13] `));
    expect(await browsing.tidy()).toEqual([]);
  });

  const held = async (subject: string) => (await mail.call('send_mail', { to: [...customers(21)], subject, body: 'Our prices.' })).ticket;
  const signedIn = async (path: string) => {
    const page = await browsing.stranger();
    await page.goto(`${house.url}/console${path}`);
    await page.click('a:has-text("Continue at")');
    await page.waitForURL(`${house.url}/console${path}`);
    await settled(page);
    return page;
  };

  it('leads back to the screen, and a credential shown there again goes on with what was typed', async () => {
    const ticket = await held('One');
    const page = await signedIn(`/approvals/${ticket}`);
    await page.keyboard.press('a');
    await page.keyboard.type('21');
    await page.keyboard.press('Control+Enter');
    const link = page.locator('[role=dialog] a:has-text("Sign in again at")');
    const [elsewhere] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
    await elsewhere.waitForURL(`${house.url}/console/back`);
    await settled(elsewhere);
    await page.bringToFront();
    await page.waitForSelector(`text=Approved: ${ticket}`);
    await mail.call('trapkey_wait', { ticket, seconds: 5 });
    expect(house.upstreams.mail.calls).toHaveLength(1);
    expect(house.written.map(({ action }) => action)).toEqual(expect.arrayContaining(['session.began', 'session.proved']));
  });

  it('covers the page where the session ended, and keeps what was typed until the same person is back', async () => {
    const ticket = await held('Two');
    const page = await signedIn(`/approvals/${ticket}`);
    await page.keyboard.press('d');
    await page.keyboard.type('Not before the audit');
    await page.context().clearCookies();
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector('[aria-labelledby=signed-out] >> text=You are signed out');
    await expectAccessible(page);
    const link = page.locator('[aria-labelledby=signed-out] a:has-text("Sign in")');
    const [elsewhere] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
    await elsewhere.click('a:has-text("Continue at")');
    await elsewhere.waitForURL(`${house.url}/console/back`);
    await page.bringToFront();
    await page.waitForSelector('[aria-labelledby=signed-out]', { state: 'detached' });
    expect(await page.inputValue('form[aria-label=Refuse] textarea')).toBe('Not before the audit');
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector(`text=Refused: ${ticket}`);
    expect((await mail.call('trapkey_wait', { ticket, seconds: 1 })).text).toContain('Not before the audit');
  });
});
