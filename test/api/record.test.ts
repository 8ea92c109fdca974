import { approvalList } from '@trapkey/contract/api/approvals.ts';
import { recordBadge, recordFacets, recordPage, recordPayload, recordShown } from '@trapkey/contract/api/record.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from '../sign-in/browser.ts';
import { asked, sent } from './asking.ts';
import { contacts, type House, openHouse, tagging } from './house.ts';

let at: House;
let aud: Browser;
beforeAll(async () => {
  at = await openHouse({ organization: tagging });
  aud = await at.browser('aud@corp.example', ['auditor']);
  await at.agent.call('tag', { ids: ['=cmd', 'b'], label: 'x' });
  await at.agent.call('drop_everything', {});
  await at.agent.call('send_mail', { to: [...contacts], subject: 'Record', body: 'x' });
});
afterAll(async () => await at?.close());

const page = (who: Browser, query: Readonly<Record<string, string>>) => asked(who, `/api/record?${new URLSearchParams(query)}`, recordPage);
const actions = (action: string) => at.written.filter((entry) => entry.action === action);

it('is read page after page in the one query language, and a mistake is told in words', async () => {
  const all = await page(aud, { max: '500' });
  expect(all.next).toBeNull();
  expect(all.entries.map(({ entry }) => entry)).toEqual(all.entries.map(({ entry }) => entry).toSorted((a, b) => b - a));
  const seen: number[] = [];
  for (let before: string | undefined; ; ) {
    const one = await page(aud, { max: '4', ...(before !== undefined && { before }) });
    seen.push(...one.entries.map(({ entry }) => entry));
    if (one.next === null) break;
    before = String(one.next);
  }
  expect(seen.filter((entry) => entry < all.size)).toEqual(all.entries.map(({ entry }) => entry));
  const denied = await page(aud, { q: 'verdict:deny tool:drop_everything since:1h' });
  expect(denied.entries).toMatchObject([{ kind: 'decided', on_behalf_of: 'ann@corp.example', code: 'not_offered' }]);
  const wrong = await aud.get('/api/record?q=verdct:deny');
  expect([wrong.status, JSON.parse(wrong.text)]).toEqual([409, expect.objectContaining({ next: 'The nearest is verdict.' })]);
  const { facets } = await asked(aud, '/api/record/facets?q=kind:decided', recordFacets);
  expect(
    facets
      .find(({ field }) => field === 'verdict')
      ?.values.map(({ value }) => value)
      .toSorted(),
  ).toEqual(['allow', 'deny', 'hold']);
});

it('shows a call with why, and what it carried only to who may open it; each opening is an entry', async () => {
  const [viewer, ann, lee] = [
    await at.browser('lou@corp.example', ['viewer']),
    await at.browser('ann@corp.example', []),
    await at.browser('lee@corp.example'),
  ];
  const { entries } = await page(viewer, { q: 'kind:executed tool:tag' });
  const call = String(entries[0]?.call);
  const shown = await asked(viewer, `/api/record/trapkey:${call}`, recordShown);
  expect(shown.entries.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['decided', 'executed']));
  expect(shown.explanation).toMatchObject({ verdict: 'allow', outcome: 'done' });
  expect(JSON.stringify(shown)).not.toContain('=cmd');
  expect((await asked(ann, `/api/record/${call}`, recordShown)).call).toBe(call);
  expect((await lee.get(`/api/record/${call}`)).status).toBe(404);
  expect((await lee.get('/api/record')).status).toBe(403);
  const open = (who: Browser, of: string) => sent(who, `/api/record/${call}/payload`, { of, reason: 'audit' });
  expect((await open(viewer, 'arguments')).status).toBe(404);
  expect((await open(lee, 'arguments')).status).toBe(404);
  expect(actions('payload.read')).toEqual([]);
  for (const who of [aud, ann]) {
    const { payload } = recordPayload.parse(JSON.parse((await open(who, 'arguments')).text));
    expect(payload).toMatchObject({ arguments: { ids: ['=cmd', 'b'] } });
    expect(JSON.stringify(payload)).not.toContain('credential');
  }
  expect(actions('payload.read').map(({ on_behalf_of, reason }) => [on_behalf_of, reason])).toEqual([
    ['aud@corp.example', 'audit'],
    ['ann@corp.example', 'audit'],
  ]);
  const result = recordPayload.parse(JSON.parse((await open(aud, 'result')).text));
  expect(result.payload).not.toBeNull();
});

it('says whether it is as it was written, and is taken away as lines or as a table; who took it is in it', async () => {
  await expect.poll(async () => (await asked(aud, '/api/record/verify', recordBadge)).state, { timeout: 20_000 }).toBe('ok');
  const badge = recordBadge.parse(JSON.parse((await sent(aud, '/api/record/verify', {})).text));
  expect(badge).toMatchObject({ state: 'ok', findings: [] });
  const lines = await sent(aud, '/api/record/export', { query: 'kind:executed', reason: 'yearly' });
  expect(lines.headers.get('content-type')).toContain('application/x-ndjson');
  expect(lines.headers.get('content-disposition')).toMatch(/record-.*\.jsonl"$/);
  expect(JSON.parse(lines.text.split('\n')[0] ?? '')).toMatchObject({ query: 'kind:executed' });
  const table = await sent(aud, '/api/record/export', { query: 'verdict:deny', format: 'csv' });
  const [head, ...rows] = table.text.trimEnd().split('\r\n');
  expect(head).toMatch(/^timestamp,entry,kind,on_behalf_of,/);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toContain('ann@corp.example');
  expect(actions('record.export').map(({ on_behalf_of, detail, reason }) => [on_behalf_of, detail, reason])).toEqual([
    ['aud@corp.example', 'kind:executed', 'yearly'],
    ['aud@corp.example', 'csv verdict:deny', undefined],
  ]);
  expect((await sent(aud, '/api/record/export', { query: 'verdct:deny' })).status).toBe(409);
  const kim = await at.browser('kim@corp.example', ['operator']);
  expect((await sent(kim, '/api/record/export', {})).status).toBe(403);
});

it('lets an auditor look at everything and change nothing', async () => {
  const { tickets } = await asked(aud, '/api/approvals', approvalList);
  const before = at.written.length;
  const tries: readonly (readonly [string, unknown])[] = [
    [`/api/approvals/${tickets[0]?.id}/decide`, { decision: 'refuse', reason: 'no' }],
    [`/api/approvals/${tickets[0]?.id}/decide`, { decision: 'withdraw' }],
    ['/api/stops', { scope: 'plugin:desk', mode: 'full', reason: 'x' }],
    ['/api/rehearsals', {}],
  ];
  for (const [path, body] of tries) expect((await sent(aud, path, body)).status, path).toBeGreaterThanOrEqual(403);
  expect(at.written.slice(before).filter(({ kind, action }) => kind !== 'admin' || !/^(session|payload)/.test(action ?? ''))).toEqual([]);
});
