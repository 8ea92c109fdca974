import type { JsonObject } from '@trapkey/contract/json.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reviewerAt } from '../batches/people.ts';
import { browser } from '../sign-in/browser.ts';
import { type RecordingUpstream, startUpstream, text } from '../support/e2e-upstream.ts';
import { type Browsing, expectAccessible, hasBrowser, openBrowser } from './browser.ts';
import { type ConsoleHouse, openConsoleHouse } from './house.ts';
import { type Seeded, seed } from './seed.ts';

/** A book of accounts whose tiers can be taken back, and whose notes are staged. */
const book = (url: string) => `---
connection: book
owner: revops@acme.example
upstream: { url: "${url}" }
network: private
---
connector: book
connection: book
access: read-write
because: Tiers are kept here
data: [none]
tools:
  get_account: { effect: read }
  set_tier:
    effect: write
    reach: "1"
    before: { tool: get_account, args: { id: args.id } }
    undo: { tool: set_tier, args: { id: args.id, tier: before.tier } }
  set_note: { effect: write, reversible: true, reach: "1", stage: { over: 0 per run, sample: 2 } }
---
plugin: tiers
owner: revops@acme.example
for: ["group:sales"]
release: { version: 1.0.0 }
connectors: [book]
autonomy: { book.set_tier: unattended, book.set_note: unattended }
`;
const accounts = 102;
const lee = { person: 'lee@acme.example', roles: ['approver', 'operator'] };

describe.skipIf(!hasBrowser)('batches', () => {
  /** Tiers by account; the one that is `odd` is left at something else when it is put back, with an error. */
  const tiers = new Map<string, string>();
  let odd = '';
  let upstream: RecordingUpstream;
  let house: ConsoleHouse;
  let browsing: Browsing;
  let seeded: Seeded;
  beforeAll(async () => {
    const tierOf = (id: JsonObject[string]) => ({ id: String(id), tier: tiers.get(String(id)) ?? 'C' });
    upstream = await startUpstream({
      get_account: { answer: ({ id = '' }) => ({ ...text('an account'), structuredContent: tierOf(id) }) },
      set_tier: {
        answer: ({ id, tier }) => {
          tiers.set(String(id), id === odd ? 'lost' : String(tier));
          return { ...text(id === odd ? 'broken' : 'set'), isError: id === odd };
        },
      },
      set_note: {},
    });
    house = await openConsoleHouse({ more: book(upstream.url) });
    browsing = await openBrowser(house);
    seeded = await seed(house);
  });
  afterAll(async () => {
    await browsing?.close();
    await house?.close();
    await upstream?.close();
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
    const page = await browsing.open('/batches', lee);
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

  it('is approved all the same only as it was seen, with its number typed by a person', async () => {
    const agent = await house.agent('ann@acme.example', 'tiers', 'book');
    for (const id of ['1', '2', '3']) await agent.call('set_note', { id, note: 'called' });
    const batch = /B-[0-9A-Z]+/.exec((await agent.call('trapkey_batch_status', {})).text)?.[0] ?? '';
    await agent.call('trapkey_batch_submit', { batch });
    const max = browser(house.url);
    await max.signIn(await house.enrolled('max@acme.example', ['approver']));
    const other = reviewerAt(max);
    const [one, two] = await other.changes(batch, 'sample');
    await other.must(batch, 'mark', { n: one?.n, mark: 'wrong', note: 'not called' });
    const page = await browsing.open(`/batches/${batch}`, lee);
    await page.getByRole('button', { name: 'Approve the whole …' }).click();
    const dialog = page.getByRole('dialog');
    const approve = dialog.getByRole('button', { name: 'Approve' });
    await dialog.getByText('1 change is marked wrong').waitFor();
    await dialog.getByLabel('Why').fill('They were called');
    expect(await approve.isDisabled()).toBe(true);
    await dialog.getByLabel('Type how many changes it has').fill('7');
    await approve.click();
    await page.getByText('type how many changes it has: 3').first().waitFor();
    await expectAccessible(page);
    await other.must(batch, 'mark', { n: two?.n, mark: 'wrong', note: 'nor this' });
    await dialog.getByLabel('Type how many changes it has').fill('3');
    await approve.click();
    await page.getByText('somebody marked or decided it meanwhile').first().waitFor();
    expect((await other.detail(batch)).batch.state).toBe('returned');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByText('“nor this”').waitFor();
    await page.getByRole('button', { name: 'Approve the whole …' }).click();
    await dialog.getByText('2 changes are marked wrong').waitFor();
    await dialog.getByLabel('Why').fill('They were called');
    await dialog.getByLabel('Type how many changes it has').fill('3');
    await approve.click();
    await page.getByText('Ready to apply').first().waitFor();
    browsing.forgive(/409/);
  });

  it('takes back a run: page by page, over what others changed only for a reason, and asks what became of the unknown', async () => {
    const agent = await house.agent('ann@acme.example', 'tiers', 'book');
    const ids = Array.from({ length: accounts }, (_, at) => String(1_000 + at));
    for (const id of ids) await agent.call('set_tier', { id, tier: 'A' });
    expect([...tiers.values()].every((tier) => tier === 'A')).toBe(true);
    const [taken = '', last = ''] = [ids[40], ids.at(-1)];
    tiers.set(taken, 'B');
    const { run } = house.written.findLast(({ tool, kind }) => tool === 'set_tier' && kind === 'executed') ?? {};
    const page = await browsing.open(`/runs/${run}`, lee);
    await page.getByRole('button', { name: 'Undo …' }).click();
    await page.getByLabel('Why').fill('wrong rule');
    await page.getByRole('button', { name: 'Look first' }).click();
    await page.getByText('Looked at', { exact: true }).first().waitFor();
    const items = page.getByRole('listitem').filter({ hasText: 'book.set_tier' });
    await page.getByRole('button', { name: 'Show more' }).click();
    await items.nth(accounts - 1).waitFor();
    await page.getByLabel('Which changes').selectOption('conflict');
    await page.getByRole('button', { name: 'Overwrite …' }).click();
    await page.getByRole('dialog').getByLabel('Why').fill('Theirs is wrong too');
    await page.getByRole('dialog').getByRole('button', { name: 'Overwrite' }).click();
    await page.getByText('None is like that.').waitFor();
    expect(page.url()).toContain('state=conflict');
    expect(tiers.get(taken)).toBe('B');
    odd = last;
    await page.getByRole('button', { name: 'Take it back' }).click();
    await page.getByText('Paused', { exact: true }).first().waitFor();
    await page.getByLabel('Which changes').selectOption('unknown');
    await page.getByLabel('How you know').waitFor();
    await expect.poll(() => items.count(), { timeout: 30_000 }).toBe(1);
    await expectAccessible(page);
    await page.getByLabel('How you know').fill('I looked at the book');
    await page.getByRole('button', { name: 'It was taken back' }).click();
    await page.getByText('None is like that.').waitFor();
    await page.getByRole('button', { name: 'Abort …' }).click();
    await page.getByRole('dialog').getByLabel('Why').fill('Enough of it');
    await page.getByRole('dialog').getByRole('button', { name: 'Abort' }).click();
    await page.getByText('Aborted', { exact: true }).first().waitFor();
    const ended = house.written.findLast(({ action }) => action === 'undo.aborted');
    expect(ended).toMatchObject({ reason: 'Enough of it' });
  });
});
