import { clientList } from '@trapkey/contract/api/clients.ts';
import { mine } from '@trapkey/contract/api/mine.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from '../sign-in/browser.ts';
import { asked, sent } from './asking.ts';
import { contacts, type House, openHouse, tagging } from './house.ts';

let at: House;
let ann: Browser;
let ticket = '';
beforeAll(async () => {
  at = await openHouse({ organization: tagging });
  ann = await at.browser('annie@corp.example', []);
  await at.agent.call('tag', { ids: ['a'], label: 'x' });
  await at.agent.call('drop_everything', {});
  ticket = (await at.agent.call('send_mail', { to: [...contacts], subject: 'Mine', body: 'x' })).ticket;
});
afterAll(async () => await at?.close());

const page = (who: Browser) => asked(who, '/api/mine', mine);

it('shows an employee what their agents did, what was refused and why in plain words, and who can change it', async () => {
  const shown = await page(ann);
  expect(shown).toMatchObject({ person: 'ann@corp.example', stopScope: 'person:ann@corp.example', refusedMore: false });
  expect(shown.runs).toMatchObject([{ release: 'desk@1.0.0' }]);
  expect(shown.waiting).toMatchObject([{ id: ticket, standing: 'asker', asked: ['group:leads'], eligible: { may: false } }]);
  expect(shown.refused).toMatchObject([
    {
      tool: 'drop_everything',
      code: 'not_offered',
      explains: 'The connector does not offer this.',
      owner: 'revops@corp.example',
      place: { file: 'policy.yaml', text: expect.stringContaining('tools:') },
    },
  ]);
  expect(shown.tokens).toMatchObject([{ plugin: 'desk', connector: 'crm-act' }]);
  const [refused] = shown.refused;
  const opened = await sent(ann, '/api/requests', { rule: refused?.rule, call: refused?.call, text: 'We clean up each spring.' });
  expect(opened.status, opened.text).toBe(201);
  expect((await page(ann)).requests).toMatchObject([{ text: 'We clean up each spring.', owner: 'revops@corp.example', state: 'open' }]);
  const owner = await at.browser('revops@corp.example', []);
  expect((await page(owner)).toAnswer).toMatchObject([{ person: 'ann@corp.example', state: 'open' }]);
  const lee = await page(await at.browser('lee@corp.example'));
  expect([lee.runs, lee.waiting, lee.decided, lee.refused, lee.requests, lee.toAnswer, lee.tokens]).toEqual([[], [], [], [], [], [], []]);
});

it('lets an employee stop their own agents at once, and nobody else’s', async () => {
  const linked = await at.linked('annie@corp.example', []);
  for (const scope of ['plugin:desk', 'everything', 'person:lee@corp.example'])
    expect((await sent(linked, '/api/stops', { scope, mode: 'full', reason: 'x' })).status, scope).toBe(403);
  const stopped = await sent(linked, '/api/stops', { scope: (await page(linked)).stopScope, mode: 'full', reason: 'it goes wrong' });
  expect(stopped.status, stopped.text).toBe(200);
  expect((await at.agent.call('tag', { ids: ['b'], label: 'x' })).text).toContain('stopped');
  expect((await page(linked)).stops).toMatchObject([{ scope: 'person:ann@corp.example', by: 'ann@corp.example', reason: 'it goes wrong' }]);
});

it('asks for a credential just shown before what reaches across everybody’s work is stopped', async () => {
  const [fresh, linked] = [await at.browser('kim@corp.example', ['operator']), await at.linked('kim@corp.example', ['operator'])];
  for (const scope of ['everything', 'effect:send', 'person:lee@corp.example']) {
    const refused = await sent(linked, '/api/stops', { scope, mode: 'freeze', reason: 'x' });
    expect([refused.status, JSON.parse(refused.text)], scope).toEqual([403, expect.objectContaining({ code: 'step_up_needed' })]);
  }
  expect((await sent(linked, '/api/stops', { scope: 'connector:crm-act', mode: 'freeze', reason: 'x' })).status).toBe(200);
  expect((await sent(fresh, '/api/stops', { scope: 'effect:send', mode: 'freeze', reason: 'x' })).status).toBe(200);
});

it('says of each person which clients were seen, by which witness, and what nobody sees', async () => {
  const lou = await at.browser('lou@corp.example', ['viewer']);
  const all = await asked(lou, '/api/clients', clientList);
  expect(all.people).toMatchObject([
    { person: 'ann@corp.example', plugins: [{ plugin: 'desk', tokens: 1 }], coverage: ['gateway'], hookAtMs: null },
  ]);
  expect(all.people[0]?.clients.length).toBeGreaterThan(0);
  expect([all.ways.map(({ way }) => way), all.unseen.length > 0]).toEqual([['mcp-http', 'stdio', 'hook', 'telemetry'], true]);
  expect((await asked(lou, '/api/clients?q=desk', clientList)).total).toBe(1);
  expect((await asked(lou, '/api/clients?silent=yes', clientList)).people).toEqual([]);
  expect((await asked(lou, '/api/clients?after=ann@corp.example', clientList)).people).toEqual([]);
  expect((await asked(ann, '/api/clients', clientList)).total).toBe(1);
  expect((await asked(await at.browser('lee@corp.example'), '/api/clients', clientList)).total).toBe(0);
});
