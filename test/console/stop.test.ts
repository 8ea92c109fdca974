import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Browsing, expectAccessible, hasBrowser, openBrowser, settled } from './browser.ts';
import { type ConsoleHouse, openConsoleHouse } from './house.ts';

const desk = `---
plugin: desk
owner: revops@acme.example
for: ["group:sales"]
release: { version: 1.0.0 }
connectors: [crm]
limits: { refusals: 2 per 1h }
`;

describe.skipIf(!hasBrowser)('the stop screen', () => {
  let house: ConsoleHouse;
  let browsing: Browsing;
  beforeAll(async () => {
    house = await openConsoleHouse({ more: desk });
    browsing = await openBrowser(house);
  });
  afterAll(async () => {
    await browsing?.close();
    await house?.close();
  });
  // A browser logs every refusal, which the page says in words; sometimes only when the next test has begun.
  const refusals = /status of 409 .*(?:release|preview)|status of 403 .*preview|ERR_FAILED .*api.stops/;
  afterEach(() => {
    expect(browsing.wrong.filter((line) => !refusals.test(line))).toEqual([]);
    (browsing.wrong as string[]).splice(0);
  });
  const lead = { person: 'lee@acme.example', roles: ['operator', 'administrator'] };

  it('stops a plugin after showing what that hits, at once for its agents, and releases it again', async () => {
    const ann = await house.agent('ann@acme.example', 'campaigns', 'crm');
    expect((await ann.call('find_contacts', { query: 'a' })).isError).toBe(false);
    const page = await browsing.open('/stop', lead);
    await page.getByLabel('Which').fill('campaigns');
    await page.getByText('It stops 1 running session of 1 person; reads go on.').waitFor();
    await page.getByLabel('Nothing runs').check();
    await page.getByText('It stops 1 running session of 1 person.').waitFor();
    await page.getByLabel('Until').selectOption('8h');
    await page.getByLabel('Why', { exact: true }).fill('odd mails');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Stop plugin:campaigns' }).click();
    await page.getByText('1 stop is in force.').waitFor();
    await page.getByText(/ends in [78] h/).waitFor();
    const before = house.upstreams.crm.calls.length;
    expect(await ann.call('find_contacts', { query: 'b' })).toMatchObject({ isError: true });
    expect(house.upstreams.crm.calls).toHaveLength(before);
    await page.goto(`${house.url}/console/catalog`);
    await page
      .getByRole('row', { name: /campaigns/ })
      .getByText('Stopped')
      .waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'plugin:campaigns' }).click();
    await page.getByRole('heading', { name: 'Nodes' }).waitFor();
    await page.getByText('1 of 1 confirmed').waitFor();
    await page.getByText('No call was under way when it began.').waitFor();
    await page.getByRole('link', { name: '1 call was refused' }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Release' }).click();
    await page.getByLabel('Why it may go on').fill('looked at it');
    await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
    await page.getByText('Was stopped, and released by').waitFor();
    expect((await ann.call('find_contacts', { query: 'c' })).isError).toBe(false);
    await page.goto(`${house.url}/console/stop?kind=plugin&id=campaigns`);
    await page.getByLabel('Revoke its tokens').check();
    await page.getByText('Tokens revoked for good').waitFor();
    await page.getByLabel('Why', { exact: true }).fill('the laptop is gone');
    await page.getByRole('button', { name: 'Stop plugin:campaigns' }).click();
    await page.getByText('1 stop is in force.').waitFor();
    expect(house.written.filter(({ action }) => action === 'token.revoked').length).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Release' }).click();
    await page.getByLabel('Why it may go on').fill('new tokens');
    await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
    await page.getByText('Nothing is stopped.').waitFor();
    await expect(ann.call('find_contacts', { query: 'd' })).rejects.toThrow();
  });

  it('stops nothing that was not previewed as it is typed: neither another name nor a wider kind', async () => {
    const page = await browsing.open('/stop?kind=plugin&id=helpdesk', lead);
    const posted: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && posted.push(request.postData() ?? ''));
    await page.getByText(/^It stops /).waitFor();
    await page.getByLabel('Why', { exact: true }).fill('drill');
    await page.getByLabel('Which').press('End');
    await page.keyboard.type('-x');
    await page.keyboard.press('Enter');
    await page.getByText(/no plugin/i).waitFor();
    await page.getByLabel('Which').fill('helpdesk');
    await page.getByText(/^It stops /).waitFor();
    await page.getByLabel('What').selectOption('everything');
    await page.getByLabel('Why', { exact: true }).press('Enter');
    await page.getByLabel('Type everything').waitFor();
    expect(await page.getByRole('button', { name: 'Stop everything' }).isDisabled()).toBe(true);
    expect(posted).toEqual([]);
    // What arrives in the address counts, also on a page that is open.
    await page.evaluate("history.pushState({}, '', '/console/stop?kind=plugin&id=campaigns')");
    await expect.poll(() => page.getByLabel('Which').inputValue()).toBe('campaigns');
  });

  it('does not say that nothing is stopped while it cannot be read', async () => {
    const page = await browsing.open('/stop', lead);
    await page.getByText('Nothing is stopped.').waitFor();
    const file = new DatabaseSync(house.database);
    file.exec('PRAGMA busy_timeout = 30000; ALTER TABLE stops RENAME TO stops_gone');
    const isSaid = (text: string) => async () => {
      await page.reload();
      await settled(page);
      return await page.getByText(text).count();
    };
    await expect.poll(isSaid('so every call is refused'), { timeout: 60_000 }).toBe(1);
    expect(await page.getByText('Nothing is stopped').count()).toBe(0);
    await expect.poll(() => page.getByRole('alert').getByText('cannot read what is stopped').count(), { timeout: 30_000 }).toBe(1);
    file.exec('ALTER TABLE stops_gone RENAME TO stops');
    file.close();
    await expect.poll(isSaid('Nothing is stopped.'), { timeout: 60_000 }).toBe(1);
    await page.route('**/api/stops', (asked) => asked.abort());
    await page.reload();
    await page.getByText('What is stopped could not be read just now.').waitFor();
    expect(await page.getByText('Nothing is stopped').count()).toBe(0);
  });

  it('lists limits with their thresholds, and resets one that tripped with a reason', async () => {
    const ann = await house.agent('ann@acme.example', 'desk', 'crm');
    for (let at = 0; at < 2; at++) expect(await ann.call('drop_everything', {})).toMatchObject({ isError: true });
    await expect.poll(async () => (await ann.call('drop_everything', {})).text).toContain('limit_reached');
    const page = await browsing.open('/stop?tab=limits', lead);
    await page.getByText('refusals: 2 per 1h').first().waitFor();
    await page.getByRole('table').getByText('2 of 2').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.getByLabel('Why it may go on').fill('it was a typing error');
    await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
    await page.getByText('No limit tripped').waitFor();
    await page.getByRole('table').getByText('Within').waitFor();
    await expect.poll(async () => (await ann.call('drop_everything', {})).text).toContain('not_offered');
    expect(house.written.find(({ action }) => action === 'limit.reset')).toMatchObject({ reason: 'it was a typing error' });
  });

  it('asks for the name of what is wide, is worked by keys alone, and says that others have to release it', async () => {
    const page = await browsing.open('/stop?kind=everything', { ...lead, viewport: { width: 320, height: 700 } });
    await page.getByText(/^It stops /).waitFor();
    const button = page.getByRole('button', { name: 'Stop everything' });
    await page.getByLabel('Why', { exact: true }).focus();
    await page.keyboard.type('drill');
    expect(await button.isDisabled()).toBe(true);
    await page.keyboard.press('Tab');
    await page.keyboard.type('everything');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByText('1 stop is in force.').waitFor();
    await page.getByRole('button', { name: 'Release' }).click();
    await page.getByLabel('Why it may go on').fill('over');
    await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
    await page
      .getByText(/another person/i)
      .first()
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('1 stop is in force.').waitFor();
  });

  it('shows an employee what stops them, and lets them stop their own alone', async () => {
    const page = await browsing.open('/stop?kind=person&id=cho%40acme.example', { person: 'cho@acme.example', roles: [] });
    await page.getByText(/^It stops /).waitFor();
    await page.getByLabel('Which').fill('ann@acme.example');
    await page.getByText(/can stop their own runs/).waitFor();
    await settled(page);
  });
});
