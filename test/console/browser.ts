import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';
import type { ConsoleHouse } from './house.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const args = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

/** A session older than this is begun anew: on a slow machine what is grave would ask for the code in the middle of a test. */
const keptMs = 150_000;

/** False where this machine has no browser: what needs one is skipped. */
export const hasBrowser = executablePath !== undefined;

/** How a page is opened; the rest is what the browser's contexts take. */
export interface Opening extends BrowserContextOptions {
  readonly person: string;
  readonly roles?: readonly string[];
}

/** A real browser before one house. */
export interface Browsing {
  /** Opens an address of the console as a person who is signed in by their code, and waits until its screen is there. */
  open(path: string, opening: Opening): Promise<Page>;
  /** The same, signed in by a one-time link: nobody showed a credential, so what is grave asks for one. */
  linked(path: string, opening: Opening): Promise<Page>;
  /** What pages logged as errors, threw, or asked of other hosts; empty when all is well. */
  readonly wrong: string[];
  /** Takes back what a test provoked on purpose: refusals are logged by browsers. */
  forgive(what: RegExp): void;
  /** After each test: closes its pages, and gives what went wrong on them. */
  tidy(): Promise<readonly string[]>;
  /** A page that nobody is signed in on. */
  stranger(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/** Starts it: one for a whole test file. */
export async function openBrowser(house: Pick<ConsoleHouse, 'url' | 'enrolled' | 'link'>): Promise<Browsing> {
  const chrome: Browser = await chromium.launch({ executablePath: executablePath as string, args });
  const wrong: string[] = [];
  const cookies = new Map<string, { readonly kept: Awaited<ReturnType<BrowserContext['cookies']>>; readonly atMs: number }>();
  const newPage = async (options: BrowserContextOptions): Promise<Page> => {
    const context = await chrome.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'en-GB',
      timezoneId: 'Europe/Berlin',
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(90_000);
    page.on('console', (message) => message.type() === 'error' && wrong.push(`${message.text()} (${message.location().url})`));
    page.on('pageerror', (error) => wrong.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(house.url)) wrong.push(`asked another host: ${request.url()}`);
    });
    return page;
  };
  return {
    wrong,
    forgive: (what) => void wrong.splice(0, wrong.length, ...wrong.filter((line) => !what.test(line))),
    async tidy() {
      await Promise.all(chrome.contexts().map((context) => context.close()));
      return wrong.splice(0);
    },
    stranger: (options = {}) => newPage(options),
    async open(path, { person, roles = ['approver'], ...options }) {
      const page = await newPage(options);
      const known = cookies.get(person);
      const kept = known && Date.now() - known.atMs < keptMs ? known.kept : undefined;
      const to = `/console${path}`;
      if (kept) await page.context().addCookies(kept);
      else {
        const { code } = await house.enrolled(person, roles);
        await page.goto(`${house.url}/sign-in?to=%2Faccount`);
        await page.fill('#person', person);
        await page.fill('#code', code);
        await Promise.all([page.waitForURL(`${house.url}/account`), page.click('form[action="/sign-in/code"] button')]);
        cookies.set(person, { kept: await page.context().cookies(), atMs: Date.now() });
      }
      await page.goto(house.url + to);
      await settled(page);
      return page;
    },
    async linked(path, { person, roles = ['approver'], ...options }) {
      const page = await newPage(options);
      await page.goto(house.url + (await house.link(person, roles)));
      await Promise.all([page.waitForURL((url) => !url.pathname.startsWith('/sign-in')), page.click('main form button')]);
      await page.goto(`${house.url}/console${path}`);
      await settled(page);
      return page;
    },
    close: () => chrome.close(),
  };
}

/** Waits until a screen has its heading and nothing on it is being loaded. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('main h1');
  // No function in a string: the page's policy lets nothing of that kind run.
  await page.locator('[role=status][aria-label=Loading]').waitFor({ state: 'detached' });
}

interface Found {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** Expects that neither theme of a page has a serious or critical finding. */
export async function expectAccessible(page: Page, themes: readonly ('light' | 'dark')[] = ['light', 'dark']): Promise<void> {
  await page.evaluate(axe.source);
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // What the second theme can break is its colours.
    const rules =
      colorScheme === themes[0] ? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] : ['color-contrast'];
    const { violations } = await page.evaluate<Found>(`axe.run(document, { runOnly: ${JSON.stringify(rules)} })`);
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    const shown = grave.flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)}\n${failureSummary}`),
    );
    expect(shown, `${colorScheme} theme of ${page.url()}`).toEqual([]);
  }
}
