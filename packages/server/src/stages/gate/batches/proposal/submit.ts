import type { AutonomyDoor } from '../../../../kernel/autonomy.ts';
import type { Clock } from '../../../../kernel/clock.ts';
import type { Tell } from '../../../../kernel/messages.ts';
import type { Recorder } from '../../../../kernel/recorder.ts';
import type { DecidingPolicy } from '../../deciding/people.ts';
import { draw, seedCommitment } from '../../sampling/draw.ts';
import { alsoShown, type Shown } from '../../sampling/strata.ts';
import { askedOf } from './asked.ts';
import { batchEntry } from './entry.ts';
import { beforeOf, planOf } from './history.ts';
import { batchNotice } from './notices.ts';
import { type Proposed, type Proposing, proposed } from './propose.ts';
import { rootOfChanges } from './root.ts';
import { type BatchDatabase, type BatchRow, batchById, moveBatch, setSample } from './store.ts';

const triesMax = 5;
/** Changes shown beside the sample, besides those that were wrong before. */
const extraMax = 12;

/** What submitting works with. */
export interface Submitting extends Omit<Proposing, 'policy'> {
  readonly database: BatchDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => DecidingPolicy & ReturnType<Proposing['policy']>;
  readonly tell: Tell;
  /** Hears what audits say of a workflow; without it no level follows from them. */
  readonly autonomy?: Pick<AutonomyDoor, 'lotAudited'> | undefined;
}

/** How a batch came to its end. */
export interface SubmittedBy {
  /** `trapkey` where nobody asked for it: the run was over. */
  readonly actor: string;
  readonly detail: string;
}

/**
 * Closes an open batch: looks at each change once, draws, and reveals the seed in the entry of it. Whoever adds a change
 * meanwhile makes it look again. Gives the batch as it is then; nothing where it is gone.
 */
export async function submit(parts: Submitting, id: string, by: SubmittedBy): Promise<BatchRow | undefined> {
  for (let attempt = 0; attempt < triesMax; attempt++) {
    const row = await batchById(parts.database, id);
    if (row?.state !== 'open') return row;
    const looked = await proposed(parts, row);
    if (looked.numbers.length === 0) return row;
    const done = await close(parts, row, looked, by);
    if (done) return done;
  }
  return await batchById(parts.database, id);
}

async function close(parts: Submitting, row: BatchRow, looked: Proposed, by: SubmittedBy): Promise<BatchRow | undefined> {
  const { database, recorder, clock, policy, tell } = parts;
  const atMs = clock();
  const { tools, numbers, digests, targets } = looked;
  const met = { targets: new Set(targets.filter((one) => one !== null)), digests: new Set(digests) };
  const before = await beforeOf(database, row, tools, met, atMs);
  const plan = await planOf(database, row, { tools, changes: numbers.length, attempt: before.attempt, atMs });
  const seed = seedOf(row);
  const root = rootOfChanges(digests);
  const drawn = draw({ seed, root, digests, size: plan.size });
  const extra = alsoShown(
    looked.strata.map((one, at) => ({ ...one, wrongBefore: before.wrong.has(targets[at] ?? '') || before.wrong.has(one.digest) })),
    new Set(drawn.map(({ index }) => index)),
    extraMax,
  );
  const summary = recorder.seal(row.run, looked.proposal);
  const asked = askedOf(policy(), { ...row, tools: JSON.stringify(tools), reach: looked.reach });
  let closed: BatchRow | undefined;
  await recorder.commit({
    entries: [],
    sealed: [summary],
    steps: async (tx) => {
      closed = await moveBatch(tx, row, {
        ...{ state: 'proposed', submitted_at_ms: atMs, root, summary: summary.digest, sample: drawn.length, reach: looked.reach },
        ...{ attempt: before.attempt, replaces: before.replaces, inspection: plan.inspection, because: plan.because, marked: 0, wrong: 0 },
        ...{ tools: JSON.stringify(tools), approvers: JSON.stringify(asked.names), needs: asked.needs },
        ...{ groups: JSON.stringify(asked.distinct), rule: asked.rule },
      });
      if (!closed) return { ok: false, conflict: 'changed meanwhile' };
      const numberOf = (index: number) => numbers[index] as number;
      await setSample(
        tx,
        row.id,
        drawn.map(({ index }) => numberOf(index)),
        extra.map((one) => ({ n: numberOf(one.index), because: becauseOf(one) })),
      );
      await tell(tx, [batchNotice(policy(), closed, 'proposed', { asked: asked.names })]);
      const detail = `${by.detail}; seed ${row.seed}, root ${root}, ${drawn.length} drawn of ${numbers.length}, ${plan.inspection} (${plan.because}), submission ${before.attempt}`;
      return { ok: true, entries: [batchEntry(closed, 'batch.submitted', atMs, { actor: by.actor, detail, arguments: summary.digest })] };
    },
  });
  return closed;
}

/** The seed as it was made when the batch began, and only if it is the one that the record committed to then. */
function seedOf({ id, seed, commitment }: BatchRow): Uint8Array {
  const bytes = seed === null ? undefined : Buffer.from(seed, 'hex');
  if (!bytes || commitment !== seedCommitment(bytes)) throw new Error(`The seed of batch ${id} is not the one that it committed to.`);
  return bytes;
}

function becauseOf({ because, stratum }: Shown): string {
  return stratum ? `stratum: ${stratum.by} ${stratum.value}`.slice(0, 300) : because;
}
