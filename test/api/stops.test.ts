import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from '../sign-in/browser.ts';
import { type House, openHouse } from './house.ts';

let at: House;
beforeAll(async () => {
  at = await openHouse({ organization: 'limits: { refusals: 3 per 1h }' });
});
afterAll(async () => await at?.close());

const sent = async (who: Browser, path: string, body: unknown) => {
  const { csrf } = JSON.parse((await who.get('/api/session')).text) as { readonly csrf: string };
  return await who.json(path, body, { 'x-csrf-token': csrf });
};
const within = { timeout: 20_000 };
const call = () => at.agent.call('drop_everything', {});

it('what tripped is seen by whose call it was, and reset by its owner or an administrator', async () => {
  const [ann, lee] = [await at.browser('ann@corp.example'), await at.browser('lee@corp.example')];
  const boss = await at.browser('chief@corp.example', ['administrator']);
  for (let i = 0; i < 3; i++) expect((await call()).text).toContain('not_offered');
  await expect.poll(async () => (await call()).text, within).toContain('limit_reached');
  const trips = async (who: Browser) =>
    (JSON.parse((await who.get('/api/limits/trips')).text) as { readonly trips: readonly { id: string }[] }).trips;
  const [trip] = await trips(ann);
  expect(trip).toMatchObject({ measure: 'refusals', used: 3, max: 3 });
  expect(await trips(lee)).toEqual([]);
  expect((await lee.get('/api/limits')).status).toBe(403);
  const path = `/api/limits/trips/${trip?.id}/reset`;
  expect((await sent(ann, path, { reason: 'it is mine' })).text).toContain('or an administrator');
  expect((await sent(boss, path, { reason: 'it was a typing error' })).status).toBe(200);
  expect(await trips(ann)).toEqual([]);
  await expect.poll(async () => (await call()).text, within).toContain('not_offered');
  expect(at.written.map(({ action }) => action)).toEqual(expect.arrayContaining(['limit.tripped', 'limit.reset']));
});

it('a stop on a person takes their tokens along only when it says so; another administrator releases it', async () => {
  const [one, other] = [await at.browser('eve@corp.example', ['administrator']), await at.browser('kim@corp.example', ['administrator'])];
  const engage = async (revoke: boolean) => {
    const heard = await sent(one, '/api/stops', { scope: 'person:ann@corp.example', mode: 'full', reason: 'laptop was stolen', revoke });
    expect(heard.status, heard.text).toBe(200);
    return (JSON.parse(heard.text) as { readonly id: string }).id;
  };
  const revoked = () => at.written.filter(({ action }) => action === 'token.revoked').length;
  const release = (who: Browser, id: string) => sent(who, `/api/stops/${id}/release`, { reason: 'it was found' });
  const first = await engage(false);
  expect((await call()).text).toContain('stopped');
  expect(revoked()).toBe(0);
  expect((await release(one, first)).text).toContain('another person has to release it');
  expect((await call()).text).toContain('stopped');
  expect((await release(other, first)).status).toBe(200);
  await expect.poll(async () => (await call()).text, within).not.toContain('(stopped');
  const second = await engage(true);
  expect(revoked()).toBe(1);
  expect((await release(other, second)).status).toBe(200);
  await expect(call()).rejects.toThrow();
  expect(at.reached()).toEqual([]);
});
