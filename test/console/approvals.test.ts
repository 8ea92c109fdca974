import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Agent } from '../incidents/agent.ts';
import { until } from '../support/e2e.ts';
import { type Browsing, expectAccessible, hasBrowser, openBrowser, settled } from './browser.ts';
import { type ConsoleHouse, customers, openConsoleHouse } from './house.ts';

const lee = { person: 'lee@acme.example', roles: ['approver', 'operator'] } as const;
const max = { person: 'max@acme.example', roles: ['approver'] } as const;
const max2 = ['max@acme.example', ['approver']] as const;
/** So that nothing is cut by the edge of what scrolls: that would be found too small to press. */
const tall = { viewport: { width: 1440, height: 1800 } };
const ann = { person: 'ann@acme.example', roles: [] } as const;

describe.skipIf(!hasBrowser)('approvals in the console', () => {
  let house: ConsoleHouse;
  let browsing: Browsing;
  let mail: Agent;
  let asked = 0;

  beforeAll(async () => {
    house = await openConsoleHouse();
    browsing = await openBrowser(house);
    mail = await house.agent('ann@acme.example', 'campaigns', 'mail');
  });
  afterAll(async () => {
    await browsing?.close();
    await house?.close();
  });
  afterEach(async () => expect(await browsing.tidy()).toEqual([]));

  const held = async (reach: number): Promise<string> =>
    (await mail.call('send_mail', { to: [...customers(reach)], subject: `Prices ${asked++}`, body: 'Our prices.' })).ticket;

  it('are approved by the keyboard alone, with the number typed', async () => {
    const ticket = await held(2_310);
    const page = await browsing.open('/approvals', lee);
    await page.waitForSelector(`a[href$="${ticket}"]`);
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${house.url}/console/approvals/${ticket}`);
    await page.waitForSelector('h1:has-text("2,310 contacts")');
    await page.keyboard.press('a');
    await page.keyboard.type('12');
    expect(await page.isDisabled('form[aria-label=Approve] button[type=submit]')).toBe(true);
    await page.keyboard.press('Control+a');
    await page.keyboard.type('2,310');
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector(`text=Approved: ${ticket}`);
    await page.waitForSelector('main h1 + div >> text=Approved');
    expect(house.upstreams.mail.calls).toEqual([]);
    const resumed = await mail.call('trapkey_wait', { ticket, seconds: 5 });
    expect(resumed.isError).toBe(false);
    expect(house.upstreams.mail.calls).toHaveLength(1);
    expect(house.upstreams.mail.calls[0]?.args).toMatchObject({ to: customers(2_310) });
  });

  it('ask for the code again where it was not shown lately', async () => {
    const ticket = await held(40);
    const page = await browsing.linked(`/approvals/${ticket}`, max);
    await page.keyboard.press('a');
    await page.keyboard.type('40');
    await page.keyboard.press('Control+Enter');
    const { code } = await house.enrolled(max.person, max.roles);
    await page.fill('[role=dialog] input[type=password]', code);
    await page.keyboard.press('Enter');
    await page.waitForSelector(`text=Approved: ${ticket}`);
    expect(house.written.map(({ action }) => action)).toContain('session.proved');
    browsing.forgive(/403/);
  });

  it('are refused with a reason that the agent reads', async () => {
    const ticket = await held(7);
    const page = await browsing.open(`/approvals/${ticket}`, lee);
    await page.keyboard.press('d');
    await page.click('text=Wrong content');
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector(`text=Refused: ${ticket}`);
    expect((await mail.call('trapkey_wait', { ticket, seconds: 1 })).text).toContain('Wrong content');
  });

  it('are cut down to a smaller part, and questions go to the person', async () => {
    const ticket = await held(300);
    const page = await browsing.open(`/approvals/${ticket}`, lee);
    await page.keyboard.press('q');
    await page.keyboard.type('Who are they?');
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector('q:has-text("Who are they?")');
    const anns = await browsing.open(`/approvals/${ticket}`, ann);
    await anns.waitForSelector('text=somebody else decides');
    await anns.fill('textarea', 'Customers of last year.');
    await anns.click('button:has-text("Answer")');
    await page.waitForSelector('q:has-text("Customers of last year.")');
    await page.keyboard.press('s');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('50');
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector(`text=Approved a smaller part: ${ticket}`);
    await page.waitForSelector('text=A person changed what would be sent');
  });

  it('count what is new and move no row until they are asked to', async () => {
    const first = await held(11);
    const page = await browsing.open('/approvals', lee);
    const rows = () => page.evaluate<string[]>(`[...document.querySelectorAll('tbody a[data-open]')].map((link) => link.href)`);
    await page.waitForSelector(`a[href$="${first}"]`);
    const before = await rows();
    await held(300);
    await page.waitForSelector('button:has-text("1 new")');
    expect(await rows()).toEqual(before);
    // A list that is read because somebody comes to it has nothing new.
    await page.keyboard.press('g');
    await page.keyboard.press('h');
    await page.waitForSelector('h1:text-is("Approvals")', { state: 'detached' });
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.waitForSelector('h1:text-is("Approvals")');
    await page.waitForSelector('button:has-text("1 new")', { state: 'detached' });
    const second = await held(400);
    await page.waitForSelector('button:has-text("1 new")');
    await page.click('button:has-text("1 new")');
    await page.click('text=/\\+\\d+ alike/');
    await page.waitForSelector(`a[href$="${second}"]`);
  });

  it('keep what they are of in the address: Back goes back, and one wrong word takes no other with it', async () => {
    await held(3);
    const page = await browsing.open('/approvals?tier=purple&person=nobody%40acme.example', lee);
    await page.waitForSelector('text=The address says tier=purple, which is nothing here');
    await page.waitForSelector('text=There is no such ticket.');
    await page.waitForSelector('text=None of those that the filter lets through waits for a person.');
    await page.click('text=Decided');
    await page.waitForURL(/view=decided/);
    await page.goBack();
    await page.waitForURL((url) => !url.search.includes('view=') && url.search.includes('nobody'));
    await page.waitForSelector('text=None of those that the filter lets through waits for a person.');
  });

  it('are a file when somebody wants one', async () => {
    await held(3);
    const page = await browsing.open('/approvals', lee);
    await page.waitForSelector('tbody a[data-open]');
    await page.click('button[aria-label="Columns and download"]');
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('text=What is shown, as CSV')]);
    const text = readFileSync(await file.path(), 'utf8');
    expect(file.suggestedFilename()).toBe('approvals.csv');
    expect(text.split('\r\n')[0]).toBe('Tier,What would happen,Asked,Expires');
    expect(text).toContain('contacts about');
  });

  it('are summed up by rule, with what can be done offered by name', async () => {
    const page = await browsing.open('/approvals', lee);
    await page.keyboard.press('g');
    await page.keyboard.press('q');
    await page.waitForURL(/\/approvals\/quality$/);
    await page.waitForSelector('td:has-text("approvals/high")');
    await expectAccessible(page, ['light']);
    // The row leads to what became of the questions of its rule, and of no other.
    await page.click('td:has-text("approvals/high") a');
    await page.waitForSelector('button:has-text("Only of rule approvals/high")');
    const ticket = await held(8);
    await page.goto(`${house.url}/console/approvals/${ticket}`);
    await page.waitForSelector('text=Your decision');
    await page.keyboard.press('.');
    await page.keyboard.type('need more time');
    await page.keyboard.press('Enter');
    await page.waitForSelector('form[aria-label="I need more time"]');
    await page.selectOption('form[aria-label="I need more time"] select', '24');
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector(`text=Kept open for longer: ${ticket}`);
  });

  it('are approved as they were looked at, and looking is on record once', async () => {
    const ticket = await held(33);
    const page = await browsing.open(`/approvals/${ticket}`, lee);
    await page.waitForSelector('text=customer-0@');
    const looks = () => house.written.filter(({ action, subject }) => action === 'payload.read' && subject === ticket).length;
    expect(looks()).toBe(1);
    await page.keyboard.press('a');
    await page.keyboard.type('33');
    // Two others act in between: one asks, one changes what would be sent to as many.
    await page.route('**/api/approvals/**', (route) => (route.request().url().includes('payload=no') ? route.abort() : route.continue()));
    await house.decide(...max2, ticket, {
      decision: 'edit',
      arguments: { to: [...customers(33)], subject: 'Hello of Mallory', body: 'x' },
    });
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector('text=Somebody changed what ticket');
    expect(looks()).toBe(1);
    await page.unroute('**/api/approvals/**');
    browsing.forgive(/409|ERR_FAILED/);
    await page.reload();
    await page.waitForSelector('dd:has-text("Hello of Mallory")');
    await page.keyboard.press('Escape');
    await page.waitForURL(/\/console\/approvals$/);
  });

  it('never send a form for what somebody changed while it was open', async () => {
    await held(35);
    const ticket = await held(34);
    const page = await browsing.open(`/approvals/${ticket}`, lee);
    await page.waitForSelector('text=customer-0@');
    const changeTo = (subject: string) =>
      house.decide(...max2, ticket, { decision: 'edit', arguments: { to: [...customers(34)], subject, body: 'x' } });
    // Nor for another ticket: a form that was opened on one is not there on the next, though both were read before.
    const next = async () => {
      await page.click('button:has-text("Next ticket")');
      await page.waitForURL((url) => !url.pathname.endsWith(ticket));
      await page.waitForSelector('section[aria-label="Your decision"]');
    };
    await next();
    await page.goBack();
    await page.waitForSelector(`main >> text=${ticket}`);
    await page.keyboard.press('a');
    await page.waitForSelector('form[aria-label=Approve]');
    await next();
    await expect.poll(() => page.isVisible('form[aria-label=Approve]'), { timeout: 30_000 }).toBe(false);
    await page.goBack();
    await page.waitForSelector(`main >> text=${ticket}`);
    const digest = () => house.written.findLast(({ kind, ticket: of }) => kind === 'approved' && of === ticket);
    await page.keyboard.press('a');
    await page.keyboard.type('34');
    await changeTo('Hello of Mallory');
    await page.waitForSelector('form[aria-label=Approve] >> text=Somebody changed it while this form was open');
    await page.waitForSelector('dd:has-text("Hello of Mallory")');
    await page.keyboard.press('Control+Enter');
    expect(await page.isDisabled('form[aria-label=Approve] button[type=submit]')).toBe(true);
    await page.click('button:has-text("Back")');
    // The same of a change: it would take back what the other one wrote, unread.
    await page.keyboard.press('e');
    await page.waitForSelector('form[aria-label="Change what would be sent"] textarea');
    await changeTo('Hello again');
    await page.waitForSelector('form[aria-label="Change what would be sent"] >> text=Somebody changed it');
    await page.keyboard.press('Control+Enter');
    await page.click('button:has-text("Back")');
    expect(digest()).toBeUndefined();
    // Looked at again, it can be decided.
    await page.keyboard.press('a');
    await page.keyboard.type('34');
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector(`text=Approved: ${ticket}`);
  });

  it('become a standing grant of who approved them, until somebody revokes it', async () => {
    const args = { to: [...customers(6)], subject: 'Weekly', body: 'Our prices.' };
    const { ticket } = await mail.call('send_mail', args);
    const page = await browsing.open(`/approvals/${ticket}`, { ...lee, ...tall });
    await page.waitForSelector('section[aria-label="Asked for ann@acme.example before"]');
    await page.keyboard.press('a');
    await page.keyboard.type('6');
    await page.keyboard.press('Control+Enter');
    await page.click('button:has-text("Make a standing grant")');
    const form = page.locator('form[aria-label="Standing grant"]');
    expect(await form.locator('textarea').first().inputValue()).toContain('args.subject == "Weekly"');
    await form.locator('textarea').last().fill('The same each week');
    await expectAccessible(page, ['light']);
    await form.locator('button[type=submit]').click();
    await page.waitForURL(/\/approvals\/grants\/G-/);
    await page.waitForSelector('dd:has-text("at most 6")');
    await expectAccessible(page, ['light']);
    await mail.call('trapkey_wait', { ticket, seconds: 5 });
    const sent = house.upstreams.mail.calls.length;
    await until('the grant is known', async () => !(await mail.call('send_mail', args)).isError);
    expect(house.upstreams.mail.calls.length).toBe(sent + 1);
    await page.fill('form[aria-label=Revoke] input', 'The campaign is over');
    await page.click('form[aria-label=Revoke] button[type=submit]');
    await page.waitForSelector('main h1 + div >> text=Revoked');
    expect((await mail.call('send_mail', args)).ticket).toMatch(/^TK-/);
    expect(house.upstreams.mail.calls.length).toBe(sent + 1);
    await page.goto(`${house.url}/console/approvals/grants?state=revoked`);
    await page.waitForSelector('td:has-text("The same each week")');
  });

  it('are let run alone by whom policy names, loudly, and looked at by somebody else', async () => {
    const ticket = await held(12);
    const page = await browsing.open(`/approvals/${ticket}`, { ...max, ...tall });
    await page.click('button:has-text("Break the glass")');
    await page.fill('form[aria-label="Break the glass"] textarea', 'All is down');
    await page.fill('form[aria-label="Break the glass"] input', '12');
    await expectAccessible(page, ['light']);
    await page.click('form[aria-label="Break the glass"] button[type=submit]');
    await page.waitForSelector(`text=You broke the glass: ${ticket}`);
    const lees = await browsing.open('/approvals/reviews', lee);
    const form = lees.locator(`form[aria-label="Review ${ticket}"]`);
    await lees.waitForSelector('q:has-text("All is down")');
    await form.locator('textarea').fill('Right: they were all of one customer');
    await expectAccessible(lees, ['light']);
    await form.locator('button').click();
    await lees.waitForSelector('q:has-text("Right: they were all of one customer")');
    expect(house.written.filter(({ action, subject }) => action === 'ticket.reviewed' && subject === ticket)).toHaveLength(1);
    await page.goto(`${house.url}/console/approvals/reviews`);
    await page.waitForSelector('q:has-text("Right: they were all of one customer")');
  });

  it('keep two operators in step: what one decides the other sees at once', async () => {
    const ticket = await held(9);
    const [one, other] = [await browsing.open(`/approvals/${ticket}`, lee), await browsing.open(`/approvals/${ticket}`, max)];
    await one.keyboard.press('d');
    await one.keyboard.type('Not now');
    await one.keyboard.press('Control+Enter');
    await one.waitForSelector(`text=Refused: ${ticket}`);
    await other.waitForSelector('main h1 + div >> text=Refused');
    await expect.poll(() => other.isVisible('text=Your decision'), { timeout: 30_000 }).toBe(false);
  });

  it('show those who are not asked nothing of what it carries', async () => {
    const ticket = await held(5);
    const page = await browsing.open(`/approvals/${ticket}`, { person: 'cho@acme.example', roles: ['approver'] });
    await page.waitForSelector('[role=alert]');
    expect(await page.textContent('main')).not.toContain('customer-0');
    browsing.forgive(/403/);
  });

  it('have no finding, in either theme, on a phone as well', async () => {
    const ticket = await held(60);
    const list = await browsing.open('/approvals', lee);
    await expectAccessible(list);
    const page = await browsing.open(`/approvals/${ticket}`, { ...lee, ...tall });
    await page.keyboard.press('a');
    await page.waitForSelector('form[aria-label=Approve]');
    await expectAccessible(page);
    await page.setViewportSize({ width: 320, height: 640 });
    await settled(page);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    await page.fill('form[aria-label=Approve] input', '60');
    await page.click('form[aria-label=Approve] button[type=submit]');
    await until('it is approved', async () => (await page.textContent('main'))?.includes('Approved'));
  });
});
