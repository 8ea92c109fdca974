import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Config } from '../packages/server/src/config.ts';
import { openStore } from '../packages/server/src/wire.ts';
import { accessDoor } from '../packages/server/src/wire-doors.ts';
import { hasBrowser, openBrowser } from '../test/console/browser.ts';
import { openFolder, openGateway, seed } from './approvals-house.ts';
import type { BenchOptions } from './bench.ts';
import { bundleSize } from './bundle.ts';
import { quantile, short } from './quantiles.ts';
import { writeCalls } from './record.ts';

const person = 'lee@corp.example';
const roles = ['approver', 'operator', 'viewer', 'auditor'];
const entriesPerCall = 3;
const screens = [
  ['Home', 'h'],
  ['Approvals', 'a'],
  ['Runs', 'r'],
  ['Record', 'l'],
  ['Catalog', 'c'],
] as const;

/** Each interaction from the event to the next paint, as the browser itself measures it. Runs in the page. */
const watch = `(() => {
  globalThis.__spent = [];
  new PerformanceObserver((list) => {
    for (const { duration, interactionId } of list.getEntries()) if (interactionId > 0) globalThis.__spent.push(duration);
  }).observe({ type: 'event', durationThreshold: 16, buffered: true });
})()`;

/** The console in a real browser over 100,000 entries, 5,000 tickets and 300 plugins: first paint, each list, each interaction. */
export async function console_({ say, data, quick }: BenchOptions): Promise<Readonly<Record<string, unknown>>> {
  if (!hasBrowser) {
    say('There is no Chromium here, so this bench is left out.');
    return {};
  }
  const [entries, tickets, plugins] = quick ? [10_000, 500, 50] : [100_000, 5_000, 300];
  const folder = await openFolder(data);
  try {
    await fill(folder.config, { entries, tickets, plugins });
    say(`${entries} entries, ${tickets} tickets, ${plugins} plugins`);
    const gateway = await openGateway(folder.config);
    try {
      return { entries, tickets, plugins, ...(await measured(gateway.url, folder.config, quick ? 3 : 10, say)) };
    } finally {
      await gateway.close();
    }
  } finally {
    await folder.close();
  }
}

async function fill(
  config: Config,
  { entries, tickets, plugins }: Readonly<Record<'entries' | 'tickets' | 'plugins', number>>,
): Promise<void> {
  const more = Array.from({ length: plugins - 1 }, (_, at) => ({
    ...{ plugin: `plugin-${at}`, owner: 'own@corp.example', for: ['group:sales'], release: { version: '1' } },
    connectors: ['orders'],
  }));
  await appendFile(join(String(config.policyFolder), 'policy.yaml'), more.map((one) => `\n---\n${JSON.stringify(one)}`).join(''));
  const gateway = await openGateway(config);
  const template = /TK-[0-9A-Z]{10}/.exec(await gateway.call(0))?.[0];
  await gateway.close();
  if (template === undefined) throw new Error('the call of the bench was not held');
  seed(config, template, tickets - 1);
  const store = await openStore(config);
  await writeCalls(store.recorder, Math.ceil(entries / entriesPerCall), false);
  await store.close();
}

async function measured(url: string, config: Config, times: number, say: BenchOptions['say']) {
  const access = await accessDoor(config, {});
  const code = access.people.enroll(person, roles, { person: 'root@corp.example', roles: ['administrator'] });
  const browsing = await openBrowser({ url, enrolled: () => code, link: () => Promise.reject(new Error('not by link')) });
  try {
    const open = (path: string) => browsing.open(path, { person, roles });
    await (await open('/')).context().close();
    const figures: Record<string, number> = { first_paint_ms: await median(times, () => firstPaint(open)) };
    const page = await open('/');
    await page.evaluate(watch);
    for (const [title, key] of screens) {
      const name = `to_${title.toLowerCase()}_ms`;
      figures[name] = await median(times, async () => {
        await goTo(page, title === 'Home' ? ['Approvals', 'a'] : ['Home', 'h']);
        return await goTo(page, [title, key]);
      });
    }
    await goTo(page, ['Approvals', 'a']);
    await page.waitForSelector('tbody a[data-open]');
    const spent = await interactions(page, times * 10);
    figures['interaction_p50_ms'] = short(quantile(spent, 0.5));
    figures['interaction_p95_ms'] = short(quantile(spent, 0.95));
    figures['interaction_p99_ms'] = short(quantile(spent, 0.99));
    Object.assign(figures, await bundleSize());
    for (const [name, value] of Object.entries(figures)) say(`${name} ${value}`);
    if (browsing.wrong.length > 0) throw new Error(`pages logged errors: ${browsing.wrong.slice(0, 3).join('; ')}`);
    return figures;
  } finally {
    await browsing.close();
    await access.close();
  }
}

/** From asking for the page, with nothing cached, to the largest thing on it. */
async function firstPaint(open: (path: string) => Promise<Page>): Promise<number> {
  const page = await open('/');
  const at = await page.evaluate<number>(
    `new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true }))`,
  );
  await page.context().close();
  return at;
}

/** From the key to the screen with its data. */
async function goTo(page: Page, [title, key]: readonly [string, string]): Promise<number> {
  await page.keyboard.press('g');
  const began = performance.now();
  await page.keyboard.press(key);
  await page.waitForSelector(`main h1:text-is("${title}")`);
  await page.waitForFunction(`document.querySelector('[role=status][aria-label=Loading]') === null`);
  return performance.now() - began;
}

/** What hands do in a list: rows by key, sorting, the palette. Gives each from event to paint; what took under 16 ms counts as that. */
async function interactions(page: Page, times: number): Promise<readonly number[]> {
  await page.evaluate('globalThis.__spent.length = 0');
  let done = 0;
  for (; done < times; done++) await page.keyboard.press('j');
  for (const head of ['Tier', 'What would happen', 'Asked', 'Asked']) {
    await page.click(`thead button:has-text("${head}")`);
    done++;
  }
  await page.keyboard.press('Control+k');
  await page.waitForSelector('[role=combobox]');
  for (const letter of 'approval quality') {
    await page.keyboard.press(letter === ' ' ? 'Space' : letter);
    done++;
  }
  await page.keyboard.press('Escape');
  const slow = await page.evaluate<readonly number[]>('globalThis.__spent');
  return [...slow, ...Array.from({ length: Math.max(0, done - slow.length) }, () => 16)];
}

async function median(times: number, act: () => Promise<number>): Promise<number> {
  const samples: number[] = [];
  for (let at = 0; at < times; at++) samples.push(await act());
  return short(quantile(samples, 0.5));
}
