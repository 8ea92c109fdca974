import { type BatchDetail, batchProposal } from '@trapkey/contract/api/batches.ts';
import type { BatchAct, BatchDesk } from '../../../../kernel/batch-desk.ts';
import type { BatchState } from '../../../../kernel/batches.ts';
import { rfc3339 } from '../../../../kernel/clock.ts';
import { UserError } from '../../../../kernel/errors.ts';
import type { Stops } from '../../../../kernel/stops.ts';
import { batchFrozenBy, batchMustBeThawed } from '../applying/frozen-batch.ts';
import { askedOf } from '../proposal/asked.ts';
import { batchEntry } from '../proposal/entry.ts';
import { openedOf } from '../proposal/opened.ts';
import { type BatchRow, batchById } from '../proposal/store.ts';
import { wasTakenBack } from '../proposal/taken-back.ts';
import { toolsOf } from '../proposal/tools.ts';
import { approver, refuser } from './approve.ts';
import { authorise } from './authorise.ts';
import { type Auditing, noSuchBatch } from './commit.ts';
import { drawnWrong, listBatches, pageOf, undoneOf } from './list-read.ts';
import { marker } from './mark.ts';
import { approvalsOf, missingNow, quorum } from './quorum.ts';
import { markersOf } from './store.ts';
import { changeOf, cleanOf, sizeOf, statementOf, summaryOf } from './view.ts';

/** What the desk needs. Without `stops` nothing is shown as frozen: each change is refused where it would be made. */
export interface DeskParts extends Auditing {
  readonly stops?: Pick<Stops, 'covering'> | undefined;
}

const frozenIn: ReadonlySet<string> = new Set<BatchState>(['proposed', 'returned', 'ready', 'applying', 'paused']);

/** What people may do with proposals. Works without a server: everything it needs is the database and the policy. */
export function openBatchDesk(parts: DeskParts): BatchDesk {
  const { database, clock, policy } = parts;
  const frozenBy = batchFrozenBy(parts.stops?.covering, policy);
  const frozen = (row: BatchRow) => (frozenIn.has(row.state) ? frozenBy(row, toolsOf(row), clock()) : undefined);
  const shown = (row: BatchRow) => summaryOf(policy(), row, frozen(row));
  const must = async (id: string): Promise<BatchRow> => {
    const row = await batchById(database, id);
    if (!row) throw noSuchBatch(id);
    return row;
  };
  const mark = marker(parts);
  const approve = approver({ ...parts, mustBeThawed: (row) => batchMustBeThawed(frozen(row), row.id) });
  const refuse = refuser(parts);
  const eligible: BatchDesk['eligible'] = async (id, by) => mayDecide(parts, await must(id), by);
  return {
    list: async (filter) => (await listBatches(database, filter)).map(shown),
    async find(id) {
      const row = await batchById(database, id);
      return row && shown(row);
    },
    async show(id, by) {
      const row = await must(id);
      return {
        batch: shown(row),
        ...(await detailOf(parts, row)),
        undone: await undoneOf(database, row.id),
        eligible: mayDecide(parts, row, by),
      };
    },
    async changes(id, filter, by) {
      const row = await must(id);
      const page = await pageOf(database, row, filter);
      if (page.length === 0) return [];
      const numbers = `changes ${page[0]?.n} to ${page.at(-1)?.n} of ${filter.which}`;
      const reading = { on_behalf_of: by.person, assurance: { on_behalf_of: by.assurance }, detail: numbers };
      await parts.recorder.commit({ entries: [{ ...batchEntry(row, 'payload.read', clock(), reading), timestamp: rfc3339(clock()) }] });
      const opened = await openedOf(page, parts.unseal);
      return page.map((change, at) => changeOf(policy(), row, change, opened[at] ?? { args: undefined, before: undefined }));
    },
    eligible,
    mark: async (act) => shown(await mark(act)),
    approve: async (act) => shown(await approve(act)),
    refuse: async (act) => shown(await refuse(act)),
  };
}

function mayDecide({ policy, clock }: DeskParts, row: BatchRow, by: BatchAct['by']): Awaited<ReturnType<BatchDesk['eligible']>> {
  try {
    authorise(policy(), row, by, clock());
    return { may: true };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { may: false, says: error.message };
  }
}

/** Totals as they were sealed, and what the sample says: only once each drawn change is marked, for until then it is no draw. */
async function detailOf(parts: DeskParts, row: BatchRow) {
  const sealed = row.summary === null ? undefined : (await parts.unseal([row.summary])).get(row.summary);
  const size = sizeOf(row);
  const complete = row.submitted_at_ms !== null && row.sample > 0 && (row.marked ?? 0) >= row.sample;
  const wrong = complete && (row.wrong ?? 0) > 0 ? await drawnWrong(parts.database, row.id) : 0;
  return {
    proposal: sealed === undefined ? null : (batchProposal.safeParse(sealed).data ?? null),
    statement: complete ? statementOf({ size, sampled: row.sample, wrong }) : null,
    clean: row.submitted_at_ms === null ? null : cleanOf({ size, sampled: row.sample }),
    because: row.because,
    // The seed of an open batch is nobody's to know.
    draw: { commitment: row.commitment, seed: row.state === 'open' || row.submitted_at_ms === null ? null : row.seed, root: row.root },
    ...(await waitsFor(parts, row)),
  };
}

/** What is missing, in words, and whether an approval would count. */
async function waitsFor(parts: DeskParts, row: BatchRow): Promise<Pick<BatchDetail, 'waits_for' | 'approvable'>> {
  const { state } = row;
  const policy = parts.policy();
  if (state === 'ready' || state === 'paused') {
    const lacks = missingNow(policy, row, await parts.author());
    return {
      waits_for: lacks === undefined ? null : `approval of the whole, as the policy of now asks for it: ${lacks}`,
      approvable: lacks !== undefined,
    };
  }
  if (state !== 'proposed' && state !== 'returned') return { waits_for: null, approvable: false };
  const missing: string[] = [];
  const left = row.sample - (row.marked ?? 0);
  if (state === 'proposed' && left > 0) missing.push(`${left} of ${row.sample} drawn changes to be marked`);
  const whole = state === 'returned' || askedOf(policy, row).needs > 0;
  const deciders = { approvals: approvalsOf(row), markers: await markersOf(parts.database, row.id), author: await parts.author() };
  const counted = quorum(policy, row, deciders, state === 'returned' ? 1 : 0);
  const another = !whole && left <= 0 && !counted.complete;
  if (another) missing.push(`the approval of another person: ${counted.missing}`);
  if (whole && !counted.complete) missing.push(`approval of the whole: ${counted.says}`);
  if (state === 'returned')
    return {
      waits_for: `a person: to refuse it, or to approve it all the same (${missing.join('; ')})`,
      approvable: !wasTakenBack(row),
    };
  if (missing.length === 0) missing.push('changes that were wrong in an earlier submission, to be marked again');
  return { waits_for: missing.join('; '), approvable: another || (whole && !counted.complete) };
}
