import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/e2e.ts';
import { type Browsing, expectAccessible, hasBrowser, openBrowser, settled } from './browser.ts';
import { type ConsoleHouse, openConsoleHouse } from './house.ts';

describe.skipIf(!hasBrowser)('the alerts screen', () => {
  let house: ConsoleHouse;
  let browsing: Browsing;
  beforeAll(async () => {
    house = await openConsoleHouse({
      organization: `alerts: { network: private, operations: { slack: "\${env:CHAT}" } }`,
      // Nobody listens there.
      env: { CHAT: 'https://127.0.0.1:9/hook' },
    });
    browsing = await openBrowser(house);
  });
  afterAll(async () => {
    await browsing?.close();
    await house?.close();
  });
  afterEach(() => expect(browsing.wrong).toEqual([]));

  it('shows what somebody must hear, says when there is more, and resolves it with a reason', async () => {
    const lead = { person: 'lee@acme.example', roles: ['operator', 'administrator'] };
    const page = await browsing.open('/alerts', lead);
    await page.getByText('No alerts').waitFor();
    const desk = await house.agent('ben@acme.example', 'helpdesk', 'crm');
    await desk.call('no_such_tool', {});
    // It is only counted until the person asks for it.
    await page.getByRole('button', { name: 'New or changed: show' }).click();
    await page.getByRole('link', { name: /Calls out of scope/ }).waitFor();
    await expectAccessible(page);
    await page.getByRole('link', { name: /Calls out of scope/ }).click();
    await page.getByRole('heading', { name: 'Who was told' }).waitFor();
    await expectAccessible(page);
    await page.getByLabel('Why').fill('the tool was removed on purpose');
    await page.getByRole('button', { name: 'I am at it' }).click();
    await page.getByText('Looked at').waitFor();
    await page.getByLabel('Why').fill('told the team');
    await page.getByRole('button', { name: 'Resolve' }).click();
    await page.getByText('Resolved', { exact: true }).first().waitFor();
    await until('it is on record', () => house.written.some(({ action }) => action === 'alert.resolved'));
  });

  it('lists what reached nobody with why, and tries it again', async () => {
    const page = await browsing.open('/alerts', { person: 'lee@acme.example' });
    await page.getByRole('tab', { name: 'Messages' }).click();
    const row = page.getByRole('listitem').filter({ hasText: 'out of scope, opened' });
    const shown = async () => {
      await page.reload();
      await settled(page);
      return (await row.textContent()) ?? '';
    };
    await expect.poll(shown, { timeout: 30_000 }).toMatch(/operations.slack.*tried \d+ times?, next.*is this machine/s);
    await expectAccessible(page);
    await row.getByRole('button', { name: /^Try again/ }).click();
    await page.getByText('It is tried again now').waitFor();
    expect(house.written.some(({ action }) => action === 'message.retried')).toBe(true);
  });

  it('is an owner’s for what is theirs, and an employee’s for nothing', async () => {
    const page = await browsing.open('/alerts?state=all', { person: 'cho@acme.example', roles: [] });
    await page.getByText('No alerts').waitFor();
  });
});
