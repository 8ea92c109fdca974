import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Browsing, expectAccessible, hasBrowser, openBrowser } from './browser.ts';
import { type ConsoleHouse, openConsoleHouse } from './house.ts';

const chief = { person: 'lee@acme.example', roles: ['administrator'] };
const second = { person: 'max@acme.example', roles: ['administrator'] };

/** Runs in a browser: proposes and publishes what runs with a change, as its person. */
const actingOn = (change: string) => `(async () => {
  const { csrf } = await (await fetch('/api/session')).json();
  const { running, files } = await (await fetch('/api/policy')).json();
  const text = files[0].text;
  const post = async (path, body) => {
    const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf };
    return await (await fetch('/api/policy/' + path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  };
  const meant = { running: running.digest + '#' + running.generation };
  const { digest } = await post('propose', { ...meant, files: { 'policy.yaml': ${change} } });
  return JSON.stringify(await post('publish', { ...meant, digest }));
})()`;

describe.skipIf(!hasBrowser)('the policy screen', () => {
  let house: ConsoleHouse;
  let browsing: Browsing;
  let agent: Awaited<ReturnType<ConsoleHouse['agent']>>;
  const tag = async () => await agent.call('tag_contacts', { ids: ['c-1'], tag: 'spring' });
  beforeAll(async () => {
    house = await openConsoleHouse();
    browsing = await openBrowser(house);
    agent = await house.agent('ann@acme.example', 'campaigns', 'crm');
    expect((await tag()).isError).toBe(false);
  });
  afterAll(async () => {
    await browsing?.close();
    await house?.close();
  });
  afterEach(async () => expect(await browsing.tidy()).toEqual([]));

  it('finds a mistake while it is written, leads to its line, and checks by keys', async () => {
    const page = await browsing.open('/policy', { person: 'ben@acme.example', roles: ['viewer'] });
    const text = page.getByLabel(/^Text of /);
    const before = await text.inputValue();
    await page.getByText('It checks.', { exact: true }).waitFor();
    await text.fill(before.replace('access: read-write', 'acces: read-write'));
    const problem = page.getByRole('button', { name: /Did you mean access\?/ });
    await problem.waitFor();
    await expectAccessible(page);
    await problem.click();
    const line = (await problem.textContent())?.match(/:(\d+):\d+/)?.[1];
    const caret = "document.activeElement.value.slice(0, document.activeElement.selectionStart).split('\\n').length";
    await expect.poll(() => page.evaluate(caret), { timeout: 30_000 }).toBe(Number(line));
    await page.keyboard.press('Control+s');
    await page.getByText('It does not check: 1 problem', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
    expect(await text.inputValue()).toBe(before);
    expect(await page.getByRole('button', { name: 'Propose' }).count()).toBe(0);
  });

  it('changes a rule in the form, shows what past calls would have been, proposes by keys, and publishes what tightens', async () => {
    const page = await browsing.open('/policy', chief);
    const text = page.getByLabel(/^Text of /);
    const before = await text.inputValue();
    await page.getByLabel('Document').selectOption({ label: 'connector crm' });
    await page.getByLabel('Access').selectOption('read-only');
    await expect.poll(() => text.inputValue(), { timeout: 30_000 }).toBe(before.replace('access: read-write', 'access: read-only'));
    await expectAccessible(page);
    await page.getByRole('button', { name: /^Past calls/ }).click();
    await page.getByRole('button', { name: 'Decide them again' }).click();
    const turns = page.getByRole('list', { name: 'What turns into what' });
    await turns.getByText('Refused').waitFor();
    await expect.poll(() => turns.textContent(), { timeout: 30_000 }).toMatch(/Allowed\s*Refused\s*1/);
    await expectAccessible(page);
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').getByLabel('Note').fill('only reads for now');
    await page.getByRole('dialog').getByText('Tightens').first().waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Propose' }).click();
    await page.getByText('only reads for now').waitFor();
    expect((await tag()).isError).toBe(false);
    await page.getByRole('button', { name: 'Show the texts' }).click();
    await page.getByText('access: read-only').waitFor();
    await expectAccessible(page);
    // What only readers hear in a diff makes nobody's page longer.
    await page.setViewportSize({ width: 1440, height: 200 });
    const tall = () => page.evaluate<number>('document.scrollingElement.scrollHeight');
    const withThem = await tall();
    await page.evaluate("for (const one of document.querySelectorAll('main section .sr-only')) one.style.display = 'none'");
    expect(withThem).toBe(await tall());
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByText('No change waits', { exact: true }).waitFor();
    const sent = house.upstreams.crm.calls.length;
    expect((await tag()).isError).toBe(true);
    expect(house.upstreams.crm.calls).toHaveLength(sent);
  });

  it('goes back only with a second administrator, who sees what that loosens', async () => {
    const page = await browsing.open('/policy?tab=history', chief);
    await page
      .getByRole('button', { name: /^Look at sha256/ })
      .first()
      .click();
    await page.getByRole('dialog').getByText('access: read-write').first().waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('button', { name: 'Go back to the one before' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Go back' }).click();
    await page.getByText(/another administrator has to publish it/).waitFor();
    expect((await tag()).isError).toBe(true);
    const other = await browsing.open('/policy?tab=waiting', second);
    await other.getByText('Loosens').first().waitFor();
    await other.getByRole('button', { name: 'Publish' }).click();
    await other.getByText('No change waits', { exact: true }).waitFor();
    expect((await tag()).isError).toBe(false);
  });

  it('takes nothing back unseen that somebody else published, and acts on nothing that nobody looked at', async () => {
    const page = await browsing.open('/policy', chief);
    const text = page.getByLabel('Text of policy.yaml');
    await text.fill((await text.inputValue()).replace('Campaigns are', 'Mail is'));
    const propose = page.getByRole('button', { name: 'Propose', exact: true });
    await expect.poll(() => propose.isEnabled(), { timeout: 30_000 }).toBe(true);
    await page.getByRole('button', { name: 'New file' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('../more.yaml');
    await page.getByRole('dialog').getByRole('button', { name: 'Add it' }).click();
    await page.getByText(/no hidden folder/).waitFor();
    await page.getByRole('dialog').getByLabel('Name').fill('more.yaml');
    await expectAccessible(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Add it' }).click();
    expect(await page.getByLabel('Text of more.yaml').inputValue()).toContain('plugin: new-plugin');
    await page.getByRole('button', { name: 'Take out more.yaml' }).click();
    await text.waitFor();
    const other = await browsing.open('/policy?tab=waiting', second);
    await other.getByText('No change waits', { exact: true }).waitFor();
    const acts = async (change: string) => String(await other.evaluate(actingOn(change)));
    expect(await acts("text.replace('access: read-write', 'access: read-only')")).toContain('applied');
    const notice = page.getByRole('alert', { name: 'Another policy runs' });
    await notice.waitFor();
    await expect.poll(() => propose.isEnabled(), { timeout: 30_000 }).toBe(false);
    await notice.getByRole('button', { name: 'Show what changed since' }).click();
    await notice.getByText('Your draft has its own policy.yaml').waitFor();
    await notice.getByText('access: read-only').first().waitFor();
    await expectAccessible(page);
    await notice.getByRole('button', { name: 'Go on from the new one' }).click();
    await expect.poll(() => propose.isEnabled(), { timeout: 30_000 }).toBe(true);
    await expect.poll(() => notice.count(), { timeout: 30_000 }).toBe(0);
    expect(await acts("text.replace('expires: 4h', 'expires: 5h')")).toContain('second_person');
    await other.getByRole('button', { name: 'Publish' }).waitFor();
    expect(await acts("text.replace('expires: 4h', 'expires: 6h')")).toContain('second_person');
    await other.getByText('Another change waits now.').waitFor();
    await expect.poll(() => other.getByRole('button', { name: 'Publish' }).count(), { timeout: 30_000 }).toBe(0);
    await other.getByRole('button', { name: 'Look at it' }).click();
    await other.getByRole('button', { name: 'Withdraw' }).click();
    await other.getByText('No change waits', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Discard' }).click();
  });

  it('says what the rules come to for a person, and is not for employees', async () => {
    const page = await browsing.open('/policy?tab=effective', { person: 'cho@acme.example', roles: ['auditor'] });
    await page.getByLabel('Person').fill('ann@acme.example');
    await page.keyboard.press('Enter');
    await page.getByText('ann@acme.example is in sales and may use 1 plugin.').waitFor();
    await page.getByRole('row', { name: /mail.send_mail send .* Held for 1 of leads/ }).waitFor();
    await page.setViewportSize({ width: 320, height: 700 });
    const fits = () => page.evaluate('document.documentElement.scrollWidth <= innerWidth');
    expect(await fits()).toBe(true);
    await page.getByRole('tab', { name: 'Rules' }).click();
    await page.getByText('It checks.', { exact: true }).waitFor();
    expect(await fits()).toBe(true);
    const viewer = await browsing.open('/policy?side=calls', { person: 'ben@acme.example', roles: ['viewer'] });
    await viewer.getByText(/operators, administrators and auditors ask for it/).waitFor();
    const employee = await browsing.open('/policy', { person: 'ann@acme.example', roles: [] });
    await employee.getByText(/This needs the role/).waitFor();
    browsing.forgive(/403/);
  });
});
