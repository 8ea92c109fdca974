import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenRecorder, openRecorder } from '../../packages/server/src/effects/record/effect.ts';
import { openRecordReader } from '../../packages/server/src/effects/record/read.ts';
import { openUsual } from '../../packages/server/src/effects/record/usual-read.ts';
import { databases, type FreshDatabase } from '../support/databases.ts';
import { keys, startMs } from './desk.ts';
import { deletion, type Node, openNode } from './node.ts';

const dayMs = 24 * 3_600_000;

describe.each(databases)('what is usual on $name', ({ fresh }) => {
  let at: FreshDatabase;
  let node: Node;
  let recorder: OpenRecorder;
  beforeEach(async () => {
    at = await fresh();
    recorder = openRecorder({ database: at.database, keys });
    node = await openNode(at.address, () => startMs);
  });
  afterEach(async () => {
    await node.close();
    await recorder.close();
    await at.drop();
  });

  const ran = async (reaches: readonly (number | null)[], change: object = {}) =>
    await recorder.commit({
      entries: reaches.map((reach, i) => ({
        timestamp: new Date(startMs - dayMs - i * 1_000).toISOString(),
        kind: 'executed' as const,
        plugin: 'sales@2.0.9',
        connector: 'crm-act',
        tool: 'send_campaign',
        effect: 'send' as const,
        outcome: 'done' as const,
        reach,
        ...change,
      })),
    });
  const campaign = (emails: readonly string[]) => {
    node.upstream.answers.set('list_members', { emails: [...emails] });
    return node.handle({ ...deletion(startMs), name: 'send_campaign', args: { list_id: '77' } });
  };
  const people = (count: number) => Array.from({ length: count }, (_, i) => `p${i}@acme.com`);

  it('is the largest and the median of what ran in 30 days, of any release, and nothing else', async () => {
    await ran([5, 56, 12, 7]);
    await ran([9_000], { outcome: 'failed' });
    await ran([9_000], { effect: 'read' });
    await ran([9_000], { kind: 'decided' });
    await ran([9_000], { tool: 'other' });
    await ran([9_000], { connector: 'other' });
    await ran([9_000], { plugin: 'sales-eu@1' });
    await ran([9_000], { timestamp: new Date(startMs - 31 * dayMs).toISOString() });
    await ran([null]);
    const scope = { plugin: 'sales', connector: 'crm-act', tool: 'send_campaign', atMs: startMs };
    expect(await openUsual({ database: at.database })(scope)).toEqual({ days: 30, count: 4, largest: 56, median: 7, more: false });
    expect(await openUsual({ database: at.database })({ ...scope, tool: 'never' })).toMatchObject({ count: 0, largest: undefined });
  });

  it('stands in the sentence of a ticket and among its facts, with who is on a list', async () => {
    await ran([56, 12, 7]);
    const held = await campaign([...people(2_308), '4821', 'Flagged@ACME.com ']);
    expect(held).toMatchObject({ kind: 'held' });
    const [ticket] = await node.approvals.list({ state: 'open' });
    expect(ticket?.sentence).toBe(
      'crm-act.send_campaign would email 2,310 contacts of list 77 outside the company, in production. 1 of 2,310 is flagged-accounts. It cannot be undone. That is 41× the largest in 30 days, 56.',
    );
    expect(ticket?.facts).toEqual({
      environment: 'production',
      destination: 'outside',
      reversible: false,
      recipients: 2_310,
      lists: { flagged_accounts: 1 },
      usual: { days: 30, calls: 3, largest: 56, median: 12 },
    });
  });

  it('says nothing of what is within the usual, or where nothing ran before', async () => {
    await campaign(people(3));
    await ran([3]);
    await node.approvals.list({ state: 'open' });
    expect((await node.approvals.list({ state: 'open' }))[0]?.sentence).not.toContain('30 days');
  });

  it('is made from columns that the bytes bear out', async () => {
    await ran([56, null]);
    const rows = await openRecordReader({ database: at.database }).ledger.newer({ after: -1, limit: 10 });
    expect(rows.map(({ tool, reach }) => [tool, reach === null ? null : Number(reach)])).toEqual([
      ['send_campaign', 56],
      [null, null],
    ]);
  });
});
