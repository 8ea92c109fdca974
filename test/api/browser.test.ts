import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contacts, type House, openHouse } from './house.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-sync'];

/** Runs in the page: what a person on a phone, or with a screen reader, would stumble over. */
const look = `(() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push('scrolls sideways');
  const targets = 'button, a.button, header a, summary, select, textarea, input:not([type=hidden]):not([type=checkbox])';
  for (const one of document.querySelectorAll(targets)) {
    const { height } = one.getBoundingClientRect();
    if (height > 0 && height < 43.5) found.push('small: ' + one.outerHTML.slice(0, 80));
  }
  for (const field of document.querySelectorAll('input:not([type=hidden]), textarea, select'))
    if (field.labels.length !== 1) found.push('no label: ' + field.outerHTML.slice(0, 80));
  if (document.querySelectorAll('h1').length !== 1) found.push('not one h1');
  return found;
})()`;

describe.skipIf(executablePath === undefined)('the pages in a real browser', () => {
  let at: House;
  let chrome: Browser;
  let site = '';
  let asked = 0;

  beforeAll(async () => {
    at = await openHouse();
    // Passkeys belong to a name, not to a number.
    site = at.url.replace('127.0.0.1', 'localhost');
    chrome = await chromium.launch({ executablePath: executablePath as string, args });
  });
  afterAll(async () => {
    await chrome?.close();
    await at?.close();
  });

  const held = async (): Promise<string> =>
    (await at.agent.call('send_mail', { to: contacts, subject: `Spring ${asked++}`, body: 'Prices.' })).ticket;
  const openPage = async (options: BrowserContextOptions): Promise<Page> => {
    const page = await (await chrome.newContext(options)).newPage();
    page.setDefaultTimeout(10_000);
    return page;
  };
  const signIn = async (page: Page, person: string, to: string): Promise<void> => {
    const { code } = await at.enrolled(person, ['approver']);
    await page.goto(site + to);
    await page.fill('#person', person);
    await page.fill('#code', code);
    await Promise.all([page.waitForURL(site + to), page.click('form[action="/sign-in/code"] button')]);
  };
  const problems = (page: Page) => page.evaluate<readonly string[]>(look);

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`work on a phone of 320 pixels without JavaScript, ${colorScheme}`, async () => {
      const page = await openPage({ viewport: { width: 320, height: 640 }, colorScheme, javaScriptEnabled: false });
      // Without scripts of the page's own; what looks at it from outside still runs.
      const ticket = await held();
      await signIn(page, 'lee@corp.example', `/t/${ticket}`);
      for (const path of [
        `/t/${ticket}`,
        '/approvals',
        '/account',
        `/prove?to=/t/${ticket}`,
        '/requests',
        '/alerts',
        '/grants',
        '/quality',
        '/reviews',
        '/stops',
        '/catalog',
        '/t/TK-AAAAAAAAAA',
      ]) {
        await page.goto(site + path);
        expect(await problems(page), path).toEqual([]);
      }
      await page.goto(`${site}/t/${ticket}`);
      for (const summary of await page.locator('summary').all()) await summary.click();
      expect(await problems(page)).toEqual([]);
      await page.fill('#confirm', '60');
      await page.click('button[value="approve"]');
      expect(await page.locator('.state strong').first().textContent()).toContain('Approved');
      await page.click('header form button');
      await page.goto(`${site}/t/${ticket}`);
      expect(page.url()).toContain('/sign-in?to=');
      expect(await problems(page)).toEqual([]);
    });
  }

  it('run no script but their own, and take a passkey where a credential is asked for', async () => {
    const page = await openPage({ viewport: { width: 1280, height: 800 } });
    const refused: string[] = [];
    page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
    });
    await signIn(page, 'max@corp.example', '/account');
    await page.click('[data-passkey=register] button');
    await page.waitForSelector('text=Remove');
    await page.goto(`${site}/prove?to=/approvals`);
    const before = (await page.context().cookies()).find(({ name }) => name === 'trapkey-session')?.value;
    await Promise.all([page.waitForURL(`${site}/approvals`), page.click('[data-passkey=prove] button')]);
    const after = (await page.context().cookies()).find(({ name }) => name === 'trapkey-session');
    expect(after?.value).not.toBe(before);
    expect(after).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
    expect(at.written.map(({ action }) => action)).toEqual(expect.arrayContaining(['passkey.registered', 'session.proved']));
    expect(refused.filter((text) => !text.includes('favicon') && !text.includes('404'))).toEqual([]);
  });
});
