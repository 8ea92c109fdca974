import { randomBytes } from 'node:crypto';
import type { Code, Outcome } from '@trapkey/contract/codes.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { databases, type FreshDatabase } from '../../../../../../../test/support/databases.ts';
import { type OpenRecorder, openRecorder } from '../../../../effects/record/effect.ts';
import type { ChangeState } from '../../../../kernel/batches.ts';
import type { Call } from '../../../../kernel/call.ts';
import type { ChangeView } from '../../../../kernel/changes.ts';
import type { StepResult, Tx } from '../../../../kernel/recorder.ts';
import { kyselyOf } from '../../../../storage/tx.ts';
import { readUndos } from '../../undo/read.ts';
import { openBatches } from '../door.ts';
import { batchById } from '../proposal/store.ts';
import type { MadeRow } from '../staging-store.ts';
import {
  claimBatch,
  dueBatches,
  endLeases,
  leaseMs,
  leaveClaim,
  moveBatch,
  releaseClaim,
  renewClaim,
  settleMade,
  takeUpLeft,
} from './applying-store.ts';
import { changeOf, changesIn, lastMade, maybeMade, repeatedTargets, tallyOf, unsureTargets } from './changes-read.ts';
import { beginChange, endSent, moveChange, refuseChange, stageAgain } from './changes-store.ts';
import { makeChange } from './make.ts';
import type { OnItsWay } from './parts.ts';
import { endedCount, madeCount } from './tallies.ts';

const at = Date.UTC(2026, 5, 6, 12);
const id = 'B-APPLYING01';

describe.each(databases)('what is stored of applying on $name', ({ fresh }) => {
  let db: FreshDatabase;
  let recorder: OpenRecorder;
  beforeEach(async () => {
    db = await fresh();
    const key = randomBytes(32);
    recorder = openRecorder({ database: db.database, keys: { master: key, names: key } });
  });
  afterEach(async () => {
    await recorder.close();
    await db.drop();
  });

  const within = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    let came: T | undefined;
    await recorder.commit({
      entries: [],
      steps: async (tx) => {
        came = await work(tx);
        return { ok: true };
      },
    });
    return came as T;
  };
  const put = (changes: readonly { readonly state: ChangeState; readonly target?: string | null }[], state = 'applying') =>
    within(async (tx) => {
      await kyselyOf(tx).insertInto('batches').values(batchRow(state, changes.length)).execute();
      const rows = changes.map((change, index) =>
        changeRow(index + 1, change.state, change.target === undefined ? `t${index}` : change.target),
      );
      if (rows.length > 0) await kyselyOf(tx).insertInto('batch_changes').values(rows).execute();
    });
  const claim = (by: string, nowMs = at) => within((tx) => claimBatch(tx, id, by, nowMs));
  const view = (n: number, sent = 0, by = 'one'): ChangeView => ({
    ...{ kind: 'apply', id, n, sent, approval: `batch:${id}`, image: undefined, definition: '', idempotencyKey: `${id}/${n}` },
    claim: by,
  });
  const begin = (n: number, sent = 0, by = 'one') =>
    within((tx) => beginChange(tx, view(n, sent, by), { id: `call-${n}-${sent}`, atMs: at }));
  const end = (n: number, outcome: Outcome, more: { readonly sent?: number; readonly left?: boolean; readonly code?: Code } = {}) =>
    within((tx) => endSent(tx, view(n, more.sent ?? 0), { outcome, code: more.code, sent: more.left ?? true, atMs: at + 5 }));
  const refuse = (n: number, code: Code, sent = 0): Promise<StepResult> => within((tx) => refuseChange(tx, view(n, sent), code, at));
  const stateOf = async (n: number) => (await changeOf(db.database, id, n))?.state;
  const counters = async () => {
    const { done, failed, conflicts, refused, unknown } = (await batchById(db.database, id)) as Record<string, unknown> & { done: number };
    return { done, failed, conflicts, refused, unknown };
  };

  it('gives a batch to one of many, until the lease is over or given back', async () => {
    await put([{ state: 'staged' }]);
    expect(await dueBatches(db.database, at, 5)).toEqual([id]);
    const all = await Promise.all(Array.from({ length: 32 }, (_, i) => claim(`p${i}`)));
    expect(all.filter(Boolean)).toHaveLength(1);
    const by = all.find(Boolean)?.claimed_by ?? '';
    expect(await dueBatches(db.database, at + leaseMs - 1, 5)).toEqual([]);
    expect(await claim('late', at + leaseMs - 1)).toBeUndefined();
    expect(await within((tx) => renewClaim(tx, id, by, at + 10_000))).toMatchObject({ claimed_by: by });
    expect(await claim('late', at + leaseMs)).toBeUndefined();
    expect(await dueBatches(db.database, at + 10_000 + leaseMs, 5)).toEqual([id]);
    expect(await claim('late', at + 10_000 + leaseMs)).toMatchObject({ claimed_by: 'late' });
    expect(await within((tx) => renewClaim(tx, id, by, at))).toBeUndefined();
    await within((tx) => releaseClaim(tx, id, by));
    expect(await batchById(db.database, id)).toMatchObject({ claimed_by: 'late' });
    await within((tx) => releaseClaim(tx, id, 'late'));
    expect(await dueBatches(db.database, at, 5)).toEqual([id]);
  });

  it('takes up a paused batch only where something was left running in it', async () => {
    await put([{ state: 'staged' }], 'paused');
    expect(await dueBatches(db.database, at, 5)).toEqual([]);
    expect(await claim('one')).toBeUndefined();
    await within((tx) => moveBatch(tx, id, ['paused'], { state: 'applying' }));
    await claim('one');
    await within((tx) => moveBatch(tx, id, ['applying'], { state: 'aborted' }));
    await within((tx) => leaveClaim(tx, id, 'one', at + 3_000));
    expect(await dueBatches(db.database, at + 2_999, 5)).toEqual([]);
    expect(await dueBatches(db.database, at + 3_000, 5)).toEqual([id]);
    await within((tx) => takeUpLeft(tx, id));
    expect(await dueBatches(db.database, at, 5)).toEqual([id]);
    await claim('two', at + 3_000);
    // What a process has is not taken from it.
    await within((tx) => takeUpLeft(tx, id));
    expect(await dueBatches(db.database, at + 3_000, 5)).toEqual([]);
    await within(endLeases);
    expect(await dueBatches(db.database, at + 3_000, 5)).toEqual([id]);
  });

  it('begins a change once, under the lease, in a batch that goes on', async () => {
    await put([{ state: 'staged' }, { state: 'staged' }]);
    await claim('one');
    expect(await begin(1, 0, 'another')).toMatchObject({ ok: false });
    const many = await Promise.all(Array.from({ length: 16 }, () => begin(1)));
    expect(many.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await changeOf(db.database, id, 1)).toMatchObject({ state: 'running', sent: 1, ran: 'call-1-0' });
    await within((tx) => moveBatch(tx, id, ['applying'], { state: 'paused' }));
    expect(await begin(2)).toMatchObject({ ok: false, conflict: expect.stringContaining('not being applied') });
    expect(await stateOf(2)).toBe('staged');
  });

  it('counts what ended in the same transaction, and leaves to reading back what did not end well', async () => {
    await put(Array.from({ length: 6 }, () => ({ state: 'staged' as const })));
    await claim('one');
    for (const n of [1, 2, 3, 4]) await begin(n);
    await end(1, 'done');
    await end(2, 'failed', { code: 'upstream_failed' });
    await end(3, 'unknown', { code: 'upstream_failed' });
    await end(4, 'failed', { left: false });
    await refuse(5, 'changed_since');
    await refuse(6, 'check_failed');
    expect(await changeOf(db.database, id, 2)).toMatchObject({ state: 'running', ended_at_ms: at + 5, code: 'upstream_failed' });
    expect(await changeOf(db.database, id, 3)).toMatchObject({ state: 'running', ended_at_ms: null, code: 'upstream_failed' });
    expect(await changeOf(db.database, id, 4)).toMatchObject({ state: 'staged', sent: 0, code: null });
    expect(await counters()).toEqual({ done: 1, failed: 0, conflicts: 1, refused: 1, unknown: 0 });
    const tally = await tallyOf(db.database, id);
    expect(tally).toEqual({ done: 1, running: 2, staged: 1, conflict: 1, refused: 1 });
    expect([madeCount(tally), endedCount(tally)]).toEqual([6, 3]);
    await within((tx) => moveChange(tx, { batch: id, n: 2, state: 'running', sent: 1 }, { state: 'unknown' }));
    await within((tx) => moveChange(tx, { batch: id, n: 2, state: 'unknown' }, { state: 'done' }));
    expect(await counters()).toEqual({ done: 2, failed: 0, conflicts: 1, refused: 1, unknown: 0 });
    expect((await changesIn(db.database, id, { state: 'running', after: 0, max: 10 })).map(({ n }) => n)).toEqual([3]);
  });

  it('lets a stop, a limit or a changed definition leave a change staged', async () => {
    await put([{ state: 'staged' }]);
    for (const code of ['stopped', 'limit_reached', 'definition_changed', 'release_not_current'] as const) await refuse(1, code);
    expect(await changeOf(db.database, id, 1)).toMatchObject({ state: 'staged', sent: 0 });
    expect(await counters()).toEqual({ done: 0, failed: 0, conflicts: 0, refused: 0, unknown: 0 });
  });

  it('never calls refused or dropped what may have been made when it was sent before', async () => {
    await put([{ state: 'staged' }, { state: 'staged' }, { state: 'staged' }]);
    await claim('one');
    for (const n of [1, 2]) {
      await begin(n);
      await end(n, 'unknown');
      await within((tx) => stageAgain(tx, { batch: id, n, state: 'running', sent: 1 }, { maybe: n === 1, atMs: at }));
    }
    await refuse(1, 'changed_since', 1);
    await refuse(2, 'changed_since', 1);
    expect([await stateOf(1), await stateOf(2)]).toEqual(['unknown', 'conflict']);
    await begin(3);
    await within((tx) => moveBatch(tx, id, ['applying'], { state: 'aborted' }));
    await within((tx) => stageAgain(tx, { batch: id, n: 3, state: 'running', sent: 1 }, { maybe: false, atMs: at }));
    expect(await stateOf(3)).toBe('dropped');
    expect(await unsureTargets(db.database, id, 10)).toEqual(new Set(['t0']));
  });

  it('finds what may have been made among what is staged', async () => {
    await put([{ state: 'staged' }, { state: 'staged' }, { state: 'done' }]);
    await claim('one');
    await begin(2);
    await within((tx) => stageAgain(tx, { batch: id, n: 2, state: 'running', sent: 1 }, { maybe: true, atMs: at }));
    expect(await maybeMade(db.database, id, 10)).toEqual([2]);
  });

  it('takes a late answer for what it says until the change is sent again', async () => {
    await put([{ state: 'staged' }, { state: 'staged' }]);
    await claim('one');
    for (const n of [1, 2]) {
      await begin(n);
      await within((tx) => stageAgain(tx, { batch: id, n, state: 'running', sent: 1 }, { maybe: false, atMs: at }));
    }
    await end(1, 'done');
    expect(await stateOf(1)).toBe('done');
    await begin(2, 1);
    await end(2, 'done');
    expect(await changeOf(db.database, id, 2)).toMatchObject({ state: 'running', sent: 2 });
  });

  it('counts how late it is from when a change leaves, not from when its call came', async () => {
    await put([{ state: 'staged' }]);
    await claim('one');
    const policy = () => ({}) as never;
    const batches = openBatches({ database: db.database, keys: { names: randomBytes(32) }, policy, clock: () => at + 9_000 });
    await within((tx) => batches.begin(tx, view(1), { id: 'call-1', atMs: at } as Call));
    expect(await changeOf(db.database, id, 1)).toMatchObject({ state: 'running', ran: 'call-1', started_at_ms: at + 9_000 });
  });

  it('leaves a change running whose end could not be written, whatever its caller was told', async () => {
    await put([{ state: 'staged' }]);
    await claim('one');
    const [batch, change] = await Promise.all([batchById(db.database, id), changeOf(db.database, id, 1)]);
    const ruling = {
      verdict: 'deny',
      code: 'result_withheld',
      rule: 'r',
      says: 'It was done, but the record could not be written',
      owner: '',
    };
    const handle = async (call: Call) => {
      await within((tx) => beginChange(tx, call.change as ChangeView, call));
      return { kind: 'refused', call: call.id, ruling, happened: 'done' };
    };
    const parts = { database: db.database, clock: () => at, outlived: async () => undefined, handle } as never;
    const payload = { arguments: {}, call: { method: 'tools/call' }, credential: {} };
    const on = { batch, change, payload, image: undefined, claim: 'one' } as OnItsWay;
    const came = await makeChange(parts, on, new AbortController().signal);
    expect(came).toMatchObject({ kind: 'doubt', answered: 'nothing', change: { state: 'running', sent: 1 } });
  });

  it('tells one sending of a change from the next', async () => {
    await put([{ state: 'staged', target: 'a' }]);
    await claim('one');
    await begin(1);
    await within((tx) => settleMade(tx, madeRow('call-1-0', 'unknown', null)));
    await within((tx) => stageAgain(tx, { batch: id, n: 1, state: 'running', sent: 1 }, { maybe: true, atMs: at }));
    await begin(1, 1);
    await within((tx) => settleMade(tx, madeRow('call-1-1', 'unknown', 'sha256:after')));
    await within((tx) => moveChange(tx, { batch: id, n: 1, state: 'running' }, { state: 'done' }));
    expect(await lastMade(db.database, { batch: id, target: 'a', before: 2 })).toEqual({ n: 1, after_sealed: 'sha256:after' });
    const made = await readUndos(db.database).made(['call-1-0', 'call-1-1']);
    expect([...made].map(([call, { state }]) => [call, state]).toSorted()).toEqual([
      ['call-1-0', 'unknown'],
      ['call-1-1', 'done'],
    ]);
  });

  it('knows the records with several changes', async () => {
    await put(['a', 'b', 'a', null, null].map((target) => ({ state: 'staged' as const, target })));
    expect(await repeatedTargets(db.database, id)).toEqual(new Set(['a']));
  });
});

function batchRow(state: string, changes: number) {
  return {
    ...{ id, state, person: 'ann@corp.example', plugin: 'sales', version: '1.0.0', run: 'R-1', run_key: id, client: 'test', changes },
    ...{ reach: changes, lasting: 0, created_at_ms: at, attempt: 1, sample: 1, approvers: '[]', needs: 0, groups: '[]', rule: 'stage' },
    ...{ approvals: '[]', step: 1, target: 1, done: 0, failed: 0, conflicts: 0, refused: 0, unknown: 0, changed: 0 },
  } as never;
}

function madeRow(call: string, state: string, after: string | null): MadeRow {
  return {
    ...{
      call,
      at_ms: at,
      run: 'R-1',
      person: 'ann@corp.example',
      plugin: 'sales',
      version: '1.0.0',
      connector: 'crm-act',
      tool: 'set_tier',
    },
    ...{ batch: id, n: 1, state, arguments: 'sha256:1', before_sealed: null, image: null, after_sealed: after, after_image: after },
    ...{ result: null, definition: 'sha256:d', reach: 1, reversible: 1, undone_by: null },
  };
}

function changeRow(n: number, state: ChangeState, target: string | null) {
  return {
    ...{ call: `staged-${n}`, batch: id, n, state, connector: 'crm-act', tool: 'set_tier', effect: 'write', digest: `d${n}` },
    ...{ arguments: `sha256:${n}`, target, definition: 'sha256:d', policy: 'sha256:p', reach: 1, destination: 'inside', lists: '[]' },
    ...{ staged_at_ms: at, sent: 0 },
  } as never;
}
