import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Browsing, expectAccessible, hasBrowser, openBrowser } from './browser.ts';
import { type ConsoleHouse, openConsoleHouse } from './house.ts';

const within = { timeout: 20_000 };

describe.skipIf(!hasBrowser)('the blast radius', () => {
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
  afterEach(() => expect(browsing.wrong).toEqual([]));

  it('says how bad it can get in a table and as a map of the same, and what would make it smaller', async () => {
    const page = await browsing.open('/blast', { person: 'lee@acme.example', roles: ['viewer'] });
    await page.getByText('One unattended run of campaigns alters 7 records at most.').waitFor();
    await page.getByRole('cell', { name: 'crm.tag_contacts' }).first().waitFor();
    await page.getByRole('heading', { name: 'What would make it smaller' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Map' }).click();
    await page.waitForSelector('.react-flow__edge');
    const box = (label: string) => page.locator('.react-flow__node').filter({ hasText: label }).first();
    await box('Outside world').waitFor();
    await page.getByRole('row', { name: 'Plugin campaigns uses Connector crm 3 tools 7 records' }).waitFor();
    await page.getByRole('row', { name: /^Connector mail gets out to Anybody outside 1 tool A person decides each call/ }).waitFor();
    await page.getByRole('button', { name: 'Zoom In' }).click();
    await expectAccessible(page);
    // What has nothing to do with the box fades.
    await box('helpdesk').click();
    await expect.poll(() => page.locator('.react-flow__node .opacity-35').allTextContents(), within).toContain('campaigns');
    await page.getByLabel('Plugin', { exact: true }).selectOption('helpdesk');
    await page.waitForURL(/plugin=helpdesk/);
    await expect.poll(() => page.getByRole('row', { name: /^Plugin campaigns/ }).count(), within).toBe(0);
  });

  it('shows what is granted and not used, and leads to the rule that grants it', async () => {
    const crm = await house.agent('ann@acme.example', 'campaigns', 'crm');
    await crm.call('tag_contacts', { ids: ['c-1'], tag: 'spring' });
    const page = await browsing.open('/blast?plugin=campaigns', { person: 'lee@acme.example' });
    const tags = page.getByRole('row', { name: /^crm\.tag_contacts/ });
    await expect
      .poll(async () => {
        await page.reload();
        await tags.first().waitFor();
        return await tags.first().textContent();
      }, within)
      .toContain('1 call, last');
    await page.getByText('Uses are counted since').waitFor();
    await page.getByLabel('Tools', { exact: true }).selectOption('unused');
    await page.waitForURL(/show=unused/);
    await expect.poll(() => tags.count(), within).toBe(0);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'Trim mail.send_mail: open its rule in policy' }).click();
    await page.waitForURL(/\/policy\?file=.*line=\d+/);
  });

  it('shows what the servers offer and policy does not grant, as a table and as a map', async () => {
    const page = await browsing.open('/blast?show=declared', { person: 'lee@acme.example' });
    await page.getByText('Its servers offer 2 tools that policy does not grant').waitFor();
    await page.getByRole('row', { name: /^mail\.delete_mail delete/ }).waitFor();
    await page.getByRole('row', { name: /^mail\.search_mail read/ }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Map' }).click();
    await page.getByRole('row', { name: 'Plugin campaigns uses Connector mail 2 tools Refused: not granted' }).waitFor();
    await page.getByLabel('Plugin', { exact: true }).selectOption('helpdesk');
    await page.getByText('Nothing more is known to be offered').waitFor();
  });

  it('fits a phone, as the clients do', async () => {
    const page = await browsing.open('/blast', { person: 'lee@acme.example', viewport: { width: 320, height: 640 } });
    const wide = () => page.evaluate<number>('document.documentElement.scrollWidth');
    await page.getByRole('region', { name: 'Actions of campaigns' }).waitFor();
    expect(await wide()).toBe(320);
    await page.goto(`${house.url}/console/clients`);
    await page.getByRole('region', { name: 'Ways in, side by side' }).waitFor();
    expect(await wide()).toBe(320);
    await expectAccessible(page, ['light']);
  });
});
