import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Browsing, expectAccessible, hasBrowser, openBrowser } from './browser.ts';
import { tellOfDevices } from './devices.ts';
import { type ConsoleHouse, openConsoleHouse } from './house.ts';
import { type Seeded, seed } from './seed.ts';

describe.skipIf(!hasBrowser)('what is for everybody, and who is covered', () => {
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
  const ben = { person: 'ben@acme.example', roles: [] };

  it('tells an employee what waits and what was refused, and asks the owner for them', async () => {
    const page = await browsing.open('/mine', ben);
    await page.getByText(/would refund .* to Northwind/).waitFor();
    await page
      .getByText(/1 person of leads decides\. It expires in [34] h/)
      .first()
      .waitFor();
    await page.getByText(/does not offer this/).waitFor();
    expect(await page.getByRole('link', { name: 'ann@acme.example' }).count()).toBe(0);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Ask' }).click();
    await page.getByLabel('What you need it for').fill('closing a case');
    await page.getByRole('dialog').getByRole('button', { name: /Ask/ }).click();
    await page
      .getByText(/Waits for \S+@/)
      .first()
      .waitFor();
    expect(house.written.some(({ action }) => action?.startsWith('request.'))).toBe(true);
    expect(seeded.refund).toMatch(/^TK-/);
  });

  it('lets them give back a standing grant: a person is asked again', async () => {
    const lead = ['max@acme.example', ['approver']] as const;
    await house.decide(...lead, seeded.refund, { decision: 'approve', confirm: '1' });
    await house.send(...lead, '/api/grants', { ticket: seeded.refund, count: 5, expires_in_ms: 86_400_000, because: 'each week' });
    const page = await browsing.open('/mine', ben);
    await page.getByRole('button', { name: 'Give back billing.refund' }).click();
    await page.getByRole('dialog').getByLabel('Why').fill('I do not need it');
    await expectAccessible(page, ['light']);
    await page.getByRole('dialog').getByRole('button', { name: 'Give back' }).click();
    await page.getByRole('button', { name: 'Give back billing.refund' }).waitFor({ state: 'detached' });
    expect(house.written.find(({ action }) => action === 'grant.revoked')).toMatchObject({ on_behalf_of: 'ben@acme.example' });
  });

  it('stops one’s own agents with one press, and nobody else’s', async () => {
    const page = await browsing.open('/mine', { ...ben, viewport: { width: 320, height: 700 } });
    await page.getByRole('button', { name: 'Stop my agents' }).click();
    await page.getByText('Your agents are stopped.', { exact: true }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    const bens = await house.agent('ben@acme.example', 'helpdesk', 'billing');
    const before = house.upstreams.billing.calls.length;
    expect((await bens.call('list_invoices', {})).isError).toBe(true);
    expect(house.upstreams.billing.calls).toHaveLength(before);
    const anns = await house.agent('ann@acme.example', 'campaigns', 'crm');
    expect((await anns.call('find_contacts', { query: 'x' })).isError).toBe(false);
  });

  it('shows who is covered by what, and always what nobody sees', async () => {
    await tellOfDevices(house);
    const page = await browsing.open('/clients', { person: 'lee@acme.example', roles: ['operator', 'administrator'] });
    await page.getByRole('heading', { name: 'What we cannot see' }).waitFor();
    await page.getByRole('link', { name: 'ann@acme.example' }).waitFor();
    await page.getByRole('heading', { name: 'What each way can do' }).waitFor();
    const devices = page.getByRole('region', { name: 'Devices and their clients' });
    await devices.getByRole('row', { name: /ann@acme.example.*cowork 1.4.2/ }).waitFor();
    expect(await devices.getByRole('row').count()).toBe(4);
    await expectAccessible(page);
    await page.getByRole('link', { name: 'ann@acme.example' }).click();
    await page.waitForURL(/runs\?person=ann/);
  });

  it('lists who is signed in, and ends a session of somebody else at once', async () => {
    const bens = await browsing.open('/sessions', ben);
    await bens.getByText('You are signed in, in 1 session.').waitFor();
    expect(await bens.getByRole('link', { name: 'lee@acme.example' }).count()).toBe(0);
    const page = await browsing.open('/sessions?q=ben', { person: 'lee@acme.example' });
    await expectAccessible(page);
    await page.getByRole('button', { name: /^Revoke ben@acme.example/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('Nobody of that name is signed in').waitFor();
    await bens.reload();
    await bens.waitForURL(/\/sign-in/);
    expect(house.written.find(({ action }) => action === 'session.ended')).toMatchObject({ subject: 'person:ben@acme.example' });
    browsing.forgive(/401/);
  });
});
