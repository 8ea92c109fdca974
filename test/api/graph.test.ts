import { blastGraph, blastReport } from '@trapkey/contract/api/blast.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asked } from './asking.ts';
import { type House, openHouse, tagging } from './house.ts';

let at: House;
beforeAll(async () => {
  at = await openHouse({ organization: tagging });
});
afterAll(async () => await at?.close());

it('draws who uses what, what stands behind it and where it gets out, as wide as one run alone can alter', async () => {
  const own = await at.browser('own@corp.example', ['owner']);
  const { plugins } = await asked(own, '/api/blast', blastReport);
  const { nodes, edges, more } = await asked(own, '/api/blast/graph', blastGraph);
  expect(nodes.map(({ id }) => id)).toEqual(['plugin:desk', 'connector:crm-act', 'system:crm', 'outside:outside']);
  expect(edges.map(({ from, kind, to }) => `${from} ${kind} ${to}`)).toEqual([
    'plugin:desk uses connector:crm-act',
    'connector:crm-act writes system:crm',
    'connector:crm-act reaches outside:outside',
  ]);
  const [uses, , reaches] = edges;
  expect(uses).toMatchObject({ tools: 2, effects: ['send', 'write'], unattended: true, run: { records: plugins[0]?.run.records } });
  // Every mail is held, so nothing gets out alone.
  expect(reaches).toMatchObject({ effects: ['send'], unattended: false, run: { people: 0, records: 0 } });
  expect(more).toBe(false);
  expect((await asked(own, '/api/blast/graph?plugin=other', blastGraph)).nodes).toEqual([]);
  expect((await asked(own, '/api/blast/graph?show=used', blastGraph)).nodes).toEqual([]);
  expect((await asked(own, '/api/blast/graph?show=unused', blastGraph)).edges).toEqual(edges);
  const wrong = await own.get('/api/blast/graph?show=everything');
  expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('one of granted, used, unused, declared')]);
});
