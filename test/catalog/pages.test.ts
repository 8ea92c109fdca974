import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessDoor } from '../../packages/server/src/wire-doors.ts';
import { type Browser, browser } from '../sign-in/browser.ts';
import { administrator, type CatalogHouse, openCatalogHouse, plugin } from './house.ts';

/** Reviewers at the pages, with a browser that has no JavaScript. */
describe('pages of the catalog', { timeout: 60_000 }, () => {
  let it: CatalogHouse;
  const signed = async (person: string, role: string): Promise<Browser> => {
    const access = await accessDoor(it.house.config, it.house.env);
    const enrolled = await access.people.enroll(person, [role], administrator);
    await access.close();
    const mine = browser(it.house.url);
    await mine.signIn(enrolled);
    return mine;
  };
  const path = '/catalog/plugin/desk/1.1.0';
  beforeAll(async () => {
    it = await openCatalogHouse({ look: {} });
  });
  afterAll(() => it.close());

  test('an empty catalog says so and how to begin', async () => {
    const someone = await signed('sue@corp.example', 'approver');
    expect((await someone.open('/catalog')).text).toContain('trapkey catalog propose ./my-plugin');
    expect((await someone.open(path)).status).toBe(404);
    expect((await browser(it.house.url).get('/catalog')).location).toContain('/sign-in');
  });

  test('a release is reviewed, signed off and approved by forms, and everything of others in it is only text', async () => {
    const evil = '<script>alert(1)</script>';
    await it.propose(
      plugin('1.1.0', { 'hooks/hooks.json': JSON.stringify({ hooks: { Stop: [{ hooks: [{ type: 'command', command: evil }] }] } }) }),
    );
    const [sam, dana, chief] = await Promise.all([
      signed('sam@corp.example', 'approver'),
      signed('dana@corp.example', 'approver'),
      signed('chief@corp.example', 'administrator'),
    ]);
    expect((await sam.open('/catalog')).text).toContain('One release waits for its review.');
    const page = await sam.open(path);
    expect(page.text).toContain('&lt;script&gt;');
    expect(page.text).not.toContain(evil);
    expect((await sam.submit(page, path, { act: 'review', reason: '' })).location).toBe(path);
    const early = await chief.submit(await chief.open(path), path, { act: 'approve', reason: '' });
    expect([early.status, early.text]).toEqual([409, expect.stringContaining('is not reviewed yet')]);
    await sam.submit(await sam.open(path), path, { act: 'sign', aspect: 'security', passed: 'yes', reason: 'looked at each file' });
    await dana.submit(await dana.open(path), path, { act: 'sign', aspect: 'data', passed: 'yes', reason: '' });
    const mine = await dana.submit(await dana.open(path), path, { act: 'approve', reason: '' });
    expect([mine.status, mine.text]).toEqual([409, expect.stringContaining('needs the role administrator')]);
    const tried = await chief.submit(await chief.open(path), path, {
      act: 'canary',
      people: 'ann@corp.example, bob@corp.example',
      share: '2.5',
      reason: '',
    });
    expect(tried.location).toBe(path);
    expect((await chief.open(path)).text).toContain('Tried by ann@corp.example, bob@corp.example and 2.5 % of all people.');
    await chief.submit(await chief.open(path), path, { act: 'approve', reason: 'good' });
    const approved = await chief.open(path);
    expect(approved.text).toContain('This is the current release.');
    expect(approved.text).toContain('Approved by sam@corp.example (security,');
    expect((await it.connect('ann@corp.example')).version).toBe('1.1.0');
  });

  test('the same as JSON; a link changes nothing', async () => {
    const someone = await signed('joe@corp.example', 'approver');
    const list = JSON.parse((await someone.get('/api/catalog/releases')).text) as {
      readonly releases: readonly { readonly state: string }[];
    };
    expect(list.releases).toEqual([expect.objectContaining({ id: 'desk', version: '1.1.0', state: 'approved', current: true })]);
    await someone.get(`${path}?act=revoke`);
    const refused = await someone.json(`/api${path.replace('/catalog', '/catalog/releases')}`, { act: 'revoke', reason: 'no' });
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect((await it.desk.releases.list())[0]).toMatchObject({ state: 'approved' });
  });
});
