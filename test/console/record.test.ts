import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Browsing, expectAccessible, hasBrowser, openBrowser, settled } from './browser.ts';
import { type ConsoleHouse, openConsoleHouse } from './house.ts';
import { type Seeded, seed } from './seed.ts';

describe.skipIf(!hasBrowser)('the record and the runs', () => {
  let house: ConsoleHouse;
  let browsing: Browsing;
  let seeded: Seeded;
  beforeAll(async () => {
    house = await openConsoleHouse();
    browsing = await openBrowser(house);
    seeded = await seed(house);
  });
  afterAll(async () => {
    await browsing?.close();
    await house?.close();
  });
  afterEach(() => expect(browsing.wrong).toEqual([]));
  const auditor = { person: 'lee@acme.example', roles: ['auditor', 'operator'] };

  it('finds what happened, narrows it by a value, opens a call and what it carried, and says that this was read', async () => {
    const page = await browsing.open('/record', auditor);
    await page.getByLabel('Query').fill('kind:decided');
    await page.keyboard.press('Enter');
    await page.getByRole('navigation', { name: 'Narrow by value' }).getByRole('button', { name: /^hold/ }).click();
    await page.waitForURL(/q=kind%3Adecided\+verdict%3Ahold|verdict/);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'billing.refund' }).first().click();
    await page.getByText(seeded.refund).first().waitFor();
    await page
      .getByRole('button', { name: /Open the arguments/ })
      .first()
      .click();
    await page.getByText('129.00 EUR').waitFor();
    await expectAccessible(page);
    expect(house.written.some(({ action }) => action === 'payload.read')).toBe(true);
    await page.goBack();
    await settled(page);
    expect(await page.getByLabel('Query').inputValue()).toContain('verdict:hold');
  });

  it('narrows by value on a phone too', async () => {
    const page = await browsing.open('/record?q=kind%3Adecided', { ...auditor, viewport: { width: 320, height: 700 } });
    await page.getByRole('button', { name: 'Narrow by value' }).click();
    await page.getByRole('navigation', { name: 'Narrow by value' }).getByRole('button', { name: /^hold/ }).click();
    await page.waitForURL(/verdict%3Ahold/);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  });

  it('says whether the record is intact, and exports what a query finds with a reason on record', async () => {
    const page = await browsing.open('/record?q=kind%3Adecided', auditor);
    await page.getByRole('button', { name: /Intact|Not looked at|Looking/ }).click();
    await page.getByRole('button', { name: 'Look at all of it' }).click();
    await page
      .getByRole('dialog')
      .getByText(/Looked at/)
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByLabel('Why').fill('quarterly look');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('dialog').getByRole('button', { name: 'Export' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/jsonl/);
    expect(house.written.some(({ reason }) => reason === 'quarterly look')).toBe(true);
  });

  it('shows a run as calls over time, by keys too, and decides a call again under the policy of now', async () => {
    const page = await browsing.open('/runs', auditor);
    const plugin = page.getByLabel('Plugin', { exact: true });
    await page.getByRole('link', { name: 'ann@acme.example' }).first().waitFor();
    await plugin.selectOption('helpdesk');
    await page.getByRole('link', { name: 'ann@acme.example' }).first().waitFor({ state: 'detached' });
    await plugin.selectOption('campaigns');
    await page.getByRole('link', { name: 'ann@acme.example' }).first().click();
    await page.getByRole('button', { name: 'mail.send_mail' }).first().waitFor();
    await page.keyboard.press(']');
    await page.getByRole('button', { name: 'Under today’s policy' }).click();
    await page.getByRole('status').getByText(/./).first().waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: /^#\d/ }).waitFor();
    const reads = () => house.written.filter(({ action }) => action === 'payload.read').length;
    const before = reads();
    await page.getByRole('button', { name: /Open the arguments/ }).click();
    await page.getByLabel(/^The arguments of entry/).waitFor();
    expect(reads()).toBe(before + 1);
    await page.getByRole('tab', { name: /Agents/ }).click();
    await page.getByText('No agent was named').waitFor();
  });

  it('shows an employee their own runs and no others', async () => {
    const page = await browsing.open('/runs', { person: 'ann@acme.example', roles: [] });
    await page.getByRole('link', { name: 'ann@acme.example' }).first().waitFor();
    expect(await page.getByRole('link', { name: 'ben@acme.example' }).count()).toBe(0);
  });
});
