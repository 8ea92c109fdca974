import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Tx } from '../../../../kernel/recorder.ts';
import type { BatchRow } from '../proposal/store.ts';
import type { Submitting } from '../proposal/submit.ts';
import { wasTakenBack } from '../proposal/taken-back.ts';
import { lotsIn } from './store.ts';

/**
 * Says what the audit showed of each workflow in it, once the draw is marked, as soon as something is wrong, and where its
 * agent took it back after the draw: that counts as one found wrong of each.
 */
export async function tellAudited(
  { autonomy }: Pick<Submitting, 'autonomy'>,
  tx: Tx,
  row: BatchRow,
  atMs: number,
): Promise<readonly EntryFields[]> {
  if (!autonomy) return [];
  const back = wasTakenBack(row);
  const entries: EntryFields[] = [];
  for (const { connector, tool, ...lot } of await lotsIn(tx, row.id)) {
    if (!back && lot.sampled === 0 && lot.wrong === 0) continue;
    const workflow = { plugin: row.plugin, connector, tool };
    const seen = back ? { ...lot, sampled: Math.max(1, lot.sampled), wrong: Math.max(1, lot.wrong), takenBack: true } : lot;
    const said = await autonomy.lotAudited(tx, { workflow, batch: row.id, attempt: row.attempt, atMs, ...seen });
    if (said.ok) entries.push(...(said.entries ?? []));
  }
  return entries;
}
