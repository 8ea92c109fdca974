import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Browsing, expectAccessible, hasBrowser, openBrowser, settled } from './browser.ts';
import { type ConsoleHouse, customers, openConsoleHouse } from './house.ts';

const lee = { person: 'lee@acme.example', roles: ['approver', 'operator'] } as const;

describe.skipIf(!hasBrowser)('the shell of the console', () => {
  let house: ConsoleHouse;
  let browsing: Browsing;

  beforeAll(async () => {
    house = await openConsoleHouse();
    browsing = await openBrowser(house);
  });
  afterAll(async () => {
    await browsing?.close();
    await house?.close();
  });
  afterEach(async () => expect(await browsing.tidy()).toEqual([]));

  it('is there under the policy of the page, compressed, with names that are kept for long', async () => {
    const page = await fetch(`${house.url}/console/approvals`, { headers: { 'accept-encoding': 'br' } });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const text = await page.text();
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/);
    const [, script = ''] = /src="(\/console\/assets\/[^"]+\.js)"/.exec(text) ?? [];
    const asset = await fetch(house.url + script, { headers: { 'accept-encoding': 'br' } });
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(asset.headers.get('content-encoding')).toBe('br');
    const again = await fetch(`${house.url}/console/`, { headers: { 'if-none-match': page.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    expect((await fetch(`${house.url}/console/assets/none.js`)).status).toBe(404);
  });

  it('leads a stranger to the sign-in and back to where they wanted to go', async () => {
    const { code } = await house.enrolled('max@acme.example', ['approver']);
    const page = await browsing.stranger();
    await page.goto(`${house.url}/console/approvals?tier=high`);
    await page.waitForURL(/\/sign-in\?to=/);
    await page.fill('#person', 'max@acme.example');
    await page.fill('#code', code);
    await page.click('form[action="/sign-in/code"] button');
    await page.waitForURL(`${house.url}/console/approvals?tier=high`);
    await settled(page);
    expect(await page.textContent('h1')).toBe('Approvals');
    await page.goto(house.url);
    await page.waitForURL(`${house.url}/console/`);
    // What the browser logs of the 401 is how the page finds out.
    browsing.forgive(/401/);
  });

  it('goes everywhere by keys, says which keys there are, and leaves letters alone when told to', async () => {
    const page = await browsing.open('/', lee);
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.waitForURL(/\/console\/approvals$/);
    await choose(page, 'is anything wrong');
    await page.waitForURL(/\/console\/?$/);
    await page.waitForSelector('[role=combobox]', { state: 'detached' });
    await page.keyboard.press('?');
    await page.waitForSelector('[role=dialog] >> text=Go to anything');
    await expectAccessible(page);
    await page.click('[role=dialog] >> text=Single-letter keys');
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=dialog]', { state: 'detached' });
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.keyboard.press('Control+k');
    await page.waitForSelector('[role=combobox]');
    expect(page.url()).toMatch(/\/console\/?$/);
  });

  it('follows the system between dark and light, and keeps what somebody chose', async () => {
    const page = await browsing.open('/', { ...lee, colorScheme: 'dark' });
    const ground = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
    const dark = await ground();
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await ground();
    expect(light).not.toBe(dark);
    await choose(page, 'dark theme');
    await expect.poll(ground).toBe(dark);
    await page.reload();
    await settled(page);
    await expect.poll(ground).toBe(dark);
  });

  it('leads whoever comes from the demo through three steps, until they close them', async () => {
    const page = await browsing.open('/?tour=1', lee);
    await page.click('aside[aria-label=Tour] >> text=Review what is held');
    await page.waitForURL(/\/console\/approvals$/);
    await page.waitForSelector('aside[aria-label=Tour] >> text=Step 2 of 3');
    await page.click('button[aria-label="Close the tour"]');
    await page.goto(`${house.url}/console/?tour=1`);
    await settled(page);
    await expect.poll(() => page.isVisible('aside[aria-label=Tour]'), { timeout: 30_000 }).toBe(false);
  });

  it('sends people without a role to what is theirs', async () => {
    const page = await browsing.open('/', { person: 'ben@acme.example', roles: [] });
    await page.waitForURL(/\/console\/mine$/);
    expect(await page.isVisible('nav[aria-label=Main] >> text=Home')).toBe(false);
  });

  it('has no finding at home and on an address that is nothing, in either theme', async () => {
    await expectAccessible(await browsing.open('/', lee));
    await expectAccessible(await browsing.open('/no-such-screen', lee), ['light']);
  });

  it('fits a phone of 320 pixels', async () => {
    const page = await browsing.open('/', { ...lee, viewport: { width: 320, height: 640 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    await page.click('button[aria-label=Menu]');
    await Promise.all([page.waitForURL(/\/console\/approvals$/), page.click('[role=dialog] >> text=Approvals')]);
    await settled(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  });

  const hold = async (reach: number): Promise<string> => {
    const mail = await house.agent('ann@acme.example', 'campaigns', 'mail');
    return (await mail.call('send_mail', { to: [...customers(reach)], subject: `Prices ${reach}`, body: 'Ours.' })).ticket;
  };
  const isNew = 'button:has-text("new")';

  it('follows what happens while somebody looks, hidden for a moment or not, and catches up where they did not', async () => {
    const page = await browsing.open('/approvals', lee);
    await page.clock.install();
    const show = (state: 'hidden' | 'visible') =>
      page.evaluate(
        `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`,
      );
    await show('hidden');
    await show('visible');
    await page.clock.fastForward(25_000);
    await hold(11);
    await page.waitForSelector(isNew);
    await show('hidden');
    await page.clock.fastForward(25_000);
    const meanwhile = await hold(12);
    await show('visible');
    // One line stands for those that are alike, and opens on the first that runs out.
    await page.waitForSelector('text=+1 alike');
    await page.waitForSelector(isNew, { state: 'detached' });
    expect(meanwhile).toMatch(/^TK-/);
  });

  it('says when it is not told what happens, asks instead, and is told again when there is a place', async () => {
    const page = await browsing.open('/approvals', lee);
    const full = (url: URL) => url.pathname === '/api/live';
    await page.route(full, (route) => route.fulfill({ status: 429, json: {} }));
    await page.reload();
    await page.waitForSelector('text=This page is not told what happens.');
    // What is held from here on is not in the list yet.
    await settled(page);
    await hold(13);
    await page.waitForSelector('button:has-text("New or changed: show")');
    await page.unroute(full);
    await page.waitForSelector('text=This page is not told what happens.', { state: 'detached' });
    // What the browser logs of the refusal is the point of this test.
    browsing.forgive(/429/);
  });

  it('says when the gateway is lost and when it is back, and shows what is new then', async () => {
    const page = await browsing.open('/approvals', lee);
    await house.stop();
    await page.waitForSelector('text=The gateway does not answer.');
    await house.start();
    await page.waitForSelector('text=The gateway is back.');
    // What the browser logs of a connection that was refused is the point of this test.
    browsing.forgive(/ERR_|503/);
  });
});

/** What is found for these words is chosen in the palette. */
async function choose(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(words);
  await page.locator('[role=option][aria-selected=true]', { hasText: new RegExp(words, 'i') }).waitFor();
  await page.keyboard.press('Enter');
}
