import type { AgentBatch, AgentBatches, BatchState, ChangeState } from '../../../../kernel/batches.ts';
import { endsOf, listOwn, notesOf, ownBatch } from './agent-store.ts';
import type { BatchRow } from './store.ts';
import { type Submitting, submit } from './submit.ts';
import { changeStateOf } from './tools.ts';
import { withdraw } from './withdraw.ts';

/** The agents' side of batches: of their own person and release only. */
export function openAgentBatches(parts: Submitting): AgentBatches {
  const { database } = parts;
  const seen = async (rows: readonly BatchRow[]): Promise<readonly AgentBatch[]> => {
    const ids = rows.map(({ id }) => id);
    const [ends, notes] = await Promise.all([endsOf(database, ids), notesOf(database, ids)]);
    return rows.map((row) => viewOf(row, ends, notes));
  };
  const found = async (row: BatchRow | undefined): Promise<AgentBatch | undefined> => (row ? (await seen([row]))[0] : undefined);
  return {
    list: async (whose) => await seen(await listOwn(database, whose)),
    find: async (id, whose) => await found(await ownBatch(database, id, whose)),
    async submit(id, whose, client) {
      const row = await ownBatch(database, id, whose);
      return await found(row && (await submit(parts, row.id, { actor: client, detail: 'by its agent' })));
    },
    async withdraw(id, whose, client) {
      const row = await ownBatch(database, id, whose);
      return await found(row && (await withdraw(parts, row, client)));
    },
  };
}

/** By what became of them. */
function endsIn(row: BatchRow, ends: Ends): AgentBatch['ends'] {
  const sums: Partial<Record<ChangeState, number>> = {};
  for (const { batch, state, changes } of ends) {
    if (batch !== row.id) continue;
    const shown = changeStateOf(row, state);
    sums[shown] = (sums[shown] ?? 0) + changes;
  }
  return sums;
}

type Ends = Awaited<ReturnType<typeof endsOf>>;
type Notes = Awaited<ReturnType<typeof notesOf>>;

/** What a reviewer said goes to the agent only when the batch was returned: before that, marks could tell what was drawn. */
function viewOf(row: BatchRow, ends: Ends, notes: Notes): AgentBatch {
  const told = row.state !== 'open' && row.state !== 'proposed';
  return {
    id: row.id,
    state: row.state as BatchState,
    changes: row.changes,
    reach: Number(row.reach),
    sampled: row.state === 'open' ? 0 : row.sample,
    marked: row.marked ?? 0,
    ends: endsIn(row, ends),
    attempt: row.attempt,
    notes: told ? notes.filter(({ batch }) => batch === row.id).map(({ n, note }) => ({ n, note: note ?? '' })) : [],
    reason: row.reason ?? undefined,
  };
}
