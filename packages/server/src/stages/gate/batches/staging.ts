import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { ChangeDraft, StagedAs } from '../../../kernel/batches.ts';
import { rfc3339 } from '../../../kernel/clock.ts';
import type { Tx } from '../../../kernel/recorder.ts';
import { insertChanges } from './changes-store.ts';
import { runsBefore } from './earlier-store.ts';
import type { ChangeDigests } from './images.ts';
import { type KindPolicy, runKey } from './kinds.ts';
import { changeRow, newBatch, stricter } from './rows.ts';
import { type BatchRow, growBatch, insertBatch, leaveBatch, type OpenBatch, openBatchIn, type StagingDatabase } from './staging-store.ts';

/** So many changes are one batch; more of the same run begin another. */
const batchChangesMax = 100_000;

/** What staging works with. */
export interface StagingParts {
  readonly kind: StagingDatabase['kind'];
  readonly policy: () => KindPolicy;
  readonly digests: ChangeDigests;
  readonly changesMax?: number;
}

/** Puts frozen calls into the open batches of their runs, in the order in which they came: few statements for many calls. */
export async function stageAll(parts: StagingParts, tx: Tx, drafts: readonly ChangeDraft[]): Promise<readonly StagedAs[]> {
  const policy = parts.policy();
  const staged = new Map<ChangeDraft, StagedAs>();
  const byRun = Map.groupBy(drafts, ({ call }) => runKey(policy, call));
  for (const [key, ofRun] of byRun) {
    let rest: readonly ChangeDraft[] = ofRun;
    while (rest.length > 0) {
      const done = await stageSome(parts, tx, key, rest);
      for (const [draft, as] of done) staged.set(draft, as);
      rest = rest.slice(done.size);
    }
  }
  return drafts.map((draft) => staged.get(draft) ?? { moved: 'it was not staged' });
}

/** As many as still fit into the open batch; at least one. */
async function stageSome(
  { kind, digests, changesMax = batchChangesMax }: StagingParts,
  tx: Tx,
  key: string,
  drafts: readonly ChangeDraft[],
): Promise<ReadonlyMap<ChangeDraft, StagedAs>> {
  const found = await openBatchIn(tx, key);
  const full = found !== undefined && found.changes >= changesMax;
  if (full) await leaveBatch(tx, found.id);
  const open = found && !full ? { batch: found, entries: [] } : await begin(tx, key, drafts[0] as ChangeDraft);
  const { batch } = open;
  const some = drafts.slice(0, changesMax - Number(batch.changes));
  const first = Number(batch.changes) + 1;
  const rows = some.map((draft, at) => changeRow(draft, { batch: batch.id, n: first + at }, digests));
  await insertChanges(tx, kind, rows);
  let asks: Partial<BatchRow> = {};
  let reach = 0;
  for (const { ruling, facts } of some) {
    if (ruling.staging) asks = { ...asks, ...stricter({ ...batch, ...asks }, ruling.staging) };
    reach += facts.tiered?.reach ?? 0;
  }
  await growBatch(tx, batch.id, { changes: some.length, reach }, asks);
  await runsBefore(tx, batch.id, some);
  return new Map(some.map((draft, at) => [draft, { batch: batch.id, n: first + at, entries: at === 0 ? open.entries : [] }]));
}

async function begin(
  tx: Tx,
  key: string,
  { call, facts, ruling }: ChangeDraft,
): Promise<{ readonly batch: OpenBatch; readonly entries: readonly EntryFields[] }> {
  const { subject } = facts;
  if (!subject || !ruling.staging) throw new Error('a batch is of a run that is known');
  const row = newBatch(call, subject, key, ruling.staging);
  await insertBatch(tx, row);
  return { batch: row, entries: [openedEntry(row, call.atMs)] };
}

/** The commitment is on record before anything of the root is known, so that nobody can choose the sample afterwards. */
function openedEntry(row: BatchRow, atMs: number): EntryFields {
  return {
    timestamp: rfc3339(atMs),
    kind: 'admin',
    actor: 'trapkey',
    action: 'batch.opened',
    subject: row.id,
    batch: row.id,
    on_behalf_of: row.person,
    plugin: `${row.plugin}@${row.version}`,
    run: row.run,
    detail: `seed ${row.commitment}`,
  };
}
