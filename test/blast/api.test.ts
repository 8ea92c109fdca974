import { blastReport } from '@trapkey/contract/api/blast.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asked } from '../api/asking.ts';
import { type House, openHouse } from '../api/house.ts';

let at: House;
beforeAll(async () => {
  at = await openHouse({ organization: 'limits: { people: 200 per 1d }\nautonomy: { start: unattended }' });
});
afterAll(() => at?.close());

it('the blast radius over HTTP is for those who approve, operate or administer', async () => {
  const [lee, nobody] = [await at.browser('lee@corp.example'), await at.browser('ann@corp.example', [])];
  const said = await lee.get('/api/blast?plugin=desk');
  expect(said.status, said.text).toBe(200);
  expect(JSON.parse(said.text)).toMatchObject({
    format: 'trapkey-blast/1',
    plugins: [
      {
        plugin: 'desk',
        run: { people: 0, records: 0 },
        says: 'Unattended, desk can alter nothing: all 2 tools that act are held or refused.',
      },
    ],
  });
  const all = JSON.parse((await lee.get('/api/blast')).text) as { readonly plugins: readonly { readonly plugin: string }[] };
  // The plugin of the rehearsal runs beside them, and is nobody's to govern.
  expect(all.plugins.map(({ plugin }) => plugin)).toEqual(['desk']);
  expect((await nobody.get('/api/blast')).status).toBe(403);
});

it('says what of it was used, how often and where its rule stands; what was refused was not used', async () => {
  const lee = await at.browser('lee@corp.example');
  expect((await asked(lee, '/api/blast', blastReport)).counted_since_ms).toBeNull();
  const from = Date.now();
  for (const id of ['a1', 'a2']) await at.agent.call('tag', { ids: [id], label: 'spring' });
  await at.agent.call('drop_everything', {});
  const actions = async () => (await asked(lee, '/api/blast', blastReport)).plugins[0]?.actions ?? [];
  await expect.poll(actions, { timeout: 20_000 }).toMatchObject([
    { tool: 'send_mail', used: null, place: { file: 'policy.yaml' } },
    { tool: 'tag', used: { calls: 2 } },
  ]);
  expect((await actions())[1]?.used?.last_at_ms).toBeGreaterThanOrEqual(from);
  expect((await asked(lee, '/api/blast', blastReport)).counted_since_ms).toBeGreaterThanOrEqual(from);
});
