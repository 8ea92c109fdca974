import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRequests } from '../../packages/server/src/access/requests/act.ts';
import { type OpenRecorder, openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { newId } from '../../packages/server/src/kernel/ids.ts';
import type { Requests, RequestView } from '../../packages/server/src/kernel/requests.ts';
import { kyselyOf } from '../../packages/server/src/storage/tx.ts';
import { policyWith } from '../decisions/cases.ts';
import { entriesOf, keys, proven, startMs } from '../gate/desk.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';

describe.each(databases)('requests on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let recorder: OpenRecorder;
  let requests: Requests;
  const policy = policyWith({});
  beforeEach(async () => {
    at = await fresh();
    recorder = openRecorder({ database: at.database, keys });
    requests = openRequests({ database: at.database, recorder, clock: () => startMs, policy: () => policy });
  });
  afterEach(async () => {
    await recorder.close();
    await at.drop();
  });
  const ask = (rule: string, name = 'JR@corp.example', text = 're-tiering for Q3') =>
    requests.open({ by: proven(name, []), rule, text, via: 'page' });

  it('goes to the owner of the rule, once, under the id of the person', async () => {
    const request = await ask('check/crm-act.set_tier/1');
    expect(request).toMatchObject({ person: 'j.rivera@corp.example', owner: 'revops@corp.example', state: 'open' });
    expect((await ask('check/crm-act.set_tier/1')).id).toBe(request.id);
    expect((await ask('tier/high')).owner).toBe(policy.organization.owner);
    expect(await requests.list({ state: 'open' })).toHaveLength(2);
    const entries = await entriesOf(at);
    expect(entries.map(({ action }) => action)).toEqual(['request.opened', 'request.opened']);
    expect(JSON.stringify(entries)).not.toContain('re-tiering');
  });

  it('is answered once, with a reason, by its owner or an administrator, and by nobody for themselves', async () => {
    const { id } = await ask('check/crm-act.set_tier/1');
    const answer = (name: string, roles: readonly string[], words = 'applied on Monday') =>
      requests.answer({ request: id, by: proven(name, roles), answer: words, via: 'cli' });
    await expect(answer('k.lind@corp.example', ['approver'])).rejects.toThrow('does not own rule check/crm-act.set_tier/1');
    await expect(answer('jr@corp.example', ['administrator'])).rejects.toThrow('Nobody answers a request of their own');
    await expect(answer('revops@corp.example', [], '\u0007 ')).rejects.toThrow('An answer is needed');
    const both = await Promise.allSettled([answer('revops@corp.example', []), answer('k.lind@corp.example', ['administrator'])]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await requests.find(id)).toMatchObject({ state: 'answered', answer: 'applied on Monday' });
    expect((await entriesOf(at)).filter(({ action }) => action === 'request.answered')).toHaveLength(1);
    expect((await ask('check/crm-act.set_tier/1')).id).not.toBe(id);
  });

  it('is found however many came after it, by who asked and by who can answer', async () => {
    const first = await ask('check/crm-act.set_tier/1');
    const row = {
      person: 'k.lind@corp.example',
      call: null,
      text: 'x',
      owner: 'Boss@corp.example',
      state: 'open' as const,
      answer: null,
      answered_by: null,
      answered_at_ms: null,
    };
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        const later = Array.from({ length: 510 }, (_, i) => ({ ...row, id: newId('Q'), rule: `r${i}`, created_at_ms: startMs + 1 + i }));
        await kyselyOf(tx).insertInto('requests').values(later).execute();
        return { ok: true, quiet: true };
      },
    });
    const ids = (found: readonly RequestView[]) => found.map(({ id }) => id);
    expect(ids(await requests.list({ state: 'all', person: first.person }))).toEqual([first.id]);
    expect(ids(await requests.answerable(proven('RevOps@corp.example', [])))).toEqual([first.id]);
    expect(await requests.answerable(proven('boss@corp.example', []))).toHaveLength(500);
    expect(ids(await requests.answerable(proven('root@corp.example', ['administrator'])))).toContain(first.id);
  });

  it('is bounded for each person', async () => {
    for (let i = 0; i < 20; i++) await ask(`check/crm-act.set_tier/${i}`);
    await expect(ask('tier/medium')).rejects.toThrow('has 20 open requests already');
    expect((await ask('tier/medium', 'k.lind@corp.example')).state).toBe('open');
    await expect(ask(' ')).rejects.toThrow('A rule is needed');
  });
});
