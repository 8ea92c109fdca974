import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Browsing, expectAccessible, hasBrowser, openBrowser } from './browser.ts';
import { type ConsoleHouse, openConsoleHouse } from './house.ts';
import { type Seeded, seed } from './seed.ts';

describe.skipIf(!hasBrowser)('batches', () => {
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
  const tags = () => house.upstreams.crm.calls.filter(({ name }) => name === 'tag_contacts').length;

  it('says to whoever asked that others mark it', async () => {
    const page = await browsing.open(`/batches/${seeded.batch}`, { person: 'ann@acme.example', roles: [] });
    await page.getByRole('heading', { name: '26 × crm.tag_contacts' }).waitFor();
    expect(await page.getByRole('button', { name: 'Right' }).count()).toBe(0);
  });

  it('is marked change by change, applied live, and looked at before it is taken back', async () => {
    const before = tags();
    const page = await browsing.open('/batches', { person: 'lee@acme.example', roles: ['approver', 'operator'] });
    await page.getByRole('link', { name: '26 × crm.tag_contacts' }).click();
    await page.getByText(/at 95 % confidence this rules out/).waitFor();
    await expectAccessible(page);
    for (let left = 4; left > 0; left--) {
      await page.getByText(`${left} of 4 drawn changes to be marked`).waitFor();
      await page.getByRole('button', { name: 'Right' }).first().click();
    }
    await page.getByText('Ready to apply').waitFor();
    expect(tags()).toBe(before);
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('26 of 26 changes have ended').waitFor();
    await page.getByText('Done 26').waitFor();
    expect(tags()).toBe(before + 26);
    await page.getByRole('tab', { name: 'Proposal' }).click();
    await page.getByRole('heading', { name: 'tag', exact: true }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Undo …' }).click();
    await page.getByLabel('Why').fill('wrong season');
    await page.getByRole('button', { name: 'Look first' }).click();
    await page.getByRole('heading', { name: `Undo of batch ${seeded.batch}` }).waitFor();
    // Nothing says how a tag is taken back, and the page does not pretend.
    await page.getByText('Cannot be undone').first().waitFor();
    await expectAccessible(page);
    expect(tags()).toBe(before + 26);
  });
});
