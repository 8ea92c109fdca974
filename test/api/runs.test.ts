import { callReplay, runCalls, runDetail, runList } from '@trapkey/contract/api/runs.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from '../sign-in/browser.ts';
import { asked, sent } from './asking.ts';
import { contacts, type House, openHouse, tagging } from './house.ts';

let at: House;
let kim: Browser;
let lee: Browser;
let ticket = '';
beforeAll(async () => {
  at = await openHouse({ organization: tagging });
  kim = await at.browser('kim@corp.example', ['viewer']);
  lee = await at.browser('lee@corp.example');
  for (let i = 0; i < 3; i++) await at.agent.call('tag', { ids: [`a${i}`], label: `x${i}` });
  await at.agent.call('drop_everything', {});
  ticket = (await at.agent.call('send_mail', { to: [...contacts], subject: 'Runs', body: 'x' })).ticket;
});
afterAll(async () => await at?.close());

const within = { timeout: 20_000 };
const runOf = async (who: Browser) => (await asked(who, '/api/runs', runList)).runs[0]?.id ?? '';
const callsOf = async (query = '') => await asked(kim, `/api/runs/${await runOf(kim)}/calls${query}`, runCalls);

it('lists runs by what came of them, for who may see them', async () => {
  await expect.poll(async () => (await asked(kim, '/api/runs?outcome=refused', runList)).runs.map(({ held }) => held), within).toEqual([1]);
  // A mail that waits for a person is the highest of it.
  expect((await asked(kim, '/api/runs?tier=high', runList)).runs.map(({ tier }) => tier)).toEqual(['high']);
  expect((await asked(kim, '/api/runs?tier=low', runList)).runs).toEqual([]);
  const ann = await at.browser('ann@corp.example', []);
  expect(await runOf(ann)).toBe(await runOf(kim));
  expect((await asked(lee, '/api/runs?person=ann@corp.example', runList)).runs).toEqual([]);
  expect((await asked(kim, '/api/runs?plugin=other', runList)).runs).toEqual([]);
  expect((await asked(kim, '/api/runs?coverage=hook', runList)).runs).toEqual([]);
  expect((await asked(kim, '/api/runs?coverage=gateway&since=1h&max=1', runList)).next).toBeNull();
  expect((await kim.get('/api/runs?since=yesterday')).status).toBe(400);
  const owner = await at.browser('revops@corp.example', []);
  expect((await asked(owner, '/api/runs', runList)).runs).toEqual([]);
  const owned = await asked(owner, '/api/runs?of=owned', runList);
  expect(owned.runs.map(({ id }) => id)).toEqual([await runOf(kim)]);
  expect((await asked(owner, `/api/runs/${owned.runs[0]?.id}/calls`, runCalls)).calls.length).toBe(5);
  expect((await asked(lee, '/api/runs?of=owned', runList)).runs).toEqual([]);
  expect(await asked(kim, `/api/runs/${await runOf(kim)}`, runDetail)).toMatchObject({ person: 'ann@corp.example', release: 'desk@1.0.0' });
  expect((await lee.get(`/api/runs/${await runOf(kim)}/calls`)).status).toBe(404);
});

it('draws a call as what it was: decided, waited for a person, run, screened', async () => {
  const first = await callsOf('?max=2');
  const rest = await callsOf(`?after=${first.next}`);
  expect([...first.calls, ...rest.calls].map(({ tool, verdict }) => [tool, verdict])).toEqual([
    ['tag', 'allow'],
    ['tag', 'allow'],
    ['tag', 'allow'],
    ['drop_everything', 'deny'],
    ['send_mail', 'hold'],
  ]);
  expect(first.calls[0]?.spans.map(({ kind }) => kind)).toEqual(['decision', 'execution', 'upstream', 'screen']);
  const waiting = (await callsOf()).calls.at(-1);
  expect(waiting).toMatchObject({ ticket, endMs: null, heldMs: 0 });
  expect(waiting?.spans.at(-1)).toMatchObject({ kind: 'hold', endMs: null });
  expect((await sent(lee, `/api/approvals/${ticket}/decide`, { decision: 'approve', confirm: '60', runs: 'approval' })).status).toBe(200);
  await expect.poll(async () => (await callsOf()).calls.at(-1)?.outcome, within).toBe('done');
  const done = (await callsOf()).calls.at(-1);
  expect(done?.spans.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['decision', 'hold', 'execution', 'upstream', 'screen']));
  const hold = done?.spans.find(({ kind }) => kind === 'hold');
  expect(done?.heldMs).toBe(Number(hold?.endMs) - Number(hold?.startMs));
  expect(done?.approval).toBe('human:lee@corp.example');
  for (const { spans, startMs, endMs } of (await callsOf()).calls)
    for (const span of spans) expect([span.startMs >= startMs - 1_000, (span.endMs ?? 0) <= (endMs ?? 0)]).toEqual([true, true]);
});

it('decides a call of then under the policy of now', async () => {
  const { calls } = await callsOf();
  const replay = (call: string | undefined, who = kim) => asked(who, `/api/calls/${call}/replay`, callReplay);
  expect(await replay(calls[0]?.call)).toMatchObject({ was: { verdict: 'allow' }, now: { verdict: 'allow' }, same: true });
  expect(await replay(calls[3]?.call)).toMatchObject({ was: { verdict: 'deny', code: 'not_offered' }, same: true });
  expect((await kim.get('/api/calls/nothing/replay')).status).toBe(404);
  expect((await lee.get(`/api/calls/${calls[0]?.call}/replay`)).status).toBe(404);
  expect((await replay(calls[0]?.call, await at.browser('ann@corp.example', []))).same).toBe(true);
});
