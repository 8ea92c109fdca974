import type { Commit, Committed } from '../kernel/recorder.ts';
import { provedSession } from '../kernel/runs.ts';
import type { Decided } from './decide.ts';
import type { Frame } from './frame.ts';

/** Commits a verdict; where it is the first of its run, the run becomes durable in the same transaction. */
export async function commitDecision(frame: Frame, known: Decided['facts'], commit: Commit): Promise<Committed> {
  const { subject, call } = known;
  if (!subject?.run.fresh) return await frame.recorder.commit(commit);
  const committed = await frame.recorder.commit({
    ...commit,
    steps: async (tx) => {
      await frame.runs.write(tx, subject, provedSession(call.where) ?? call.session);
      return commit.steps ? await commit.steps(tx) : { ok: true, quiet: true };
    },
  });
  if (committed.status === 'committed') frame.runs.written(subject.run.id);
  return committed;
}
