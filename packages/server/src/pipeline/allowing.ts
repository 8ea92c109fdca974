import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Call } from '../kernel/call.ts';
import type { Steps } from '../kernel/data-memory.ts';
import type { Facts } from '../kernel/facts.ts';
import type { Handled } from '../kernel/handle.ts';
import type { Reached } from '../kernel/limits.ts';
import type { Commit, Committed, Sealed, StepResult, Tx } from '../kernel/recorder.ts';
import type { Ruling } from '../kernel/stage.ts';
import { commitDecision } from './commit.ts';
import { inOrder } from './data.ts';
import { type DecidedParts, decidedEntry } from './entries.ts';
import type { Frame } from './frame.ts';

/** What is left is in blocks of other processes: how often it is asked again before that is a no. They come back within seconds. */
export const busyTriesMax = 60;

export type Allowed = Committed | { readonly status: 'limit'; readonly reached: Reached };

/**
 * Commits `decided: allow` together with everything that it uses up: budgets, a ticket, a grant, pieces of a goal. Either
 * all of it is taken, or nothing and the call does not run.
 */
export async function commitAllowed(frame: Frame, facts: Facts, commit: Omit<Commit, 'steps'>): Promise<Allowed> {
  for (let tries = 1; ; tries++) {
    const reservation = frame.limits?.reserve(facts);
    const taken = inOrder(reservation?.steps, frame.memory?.binding(facts));
    const steps = async (tx: Tx): Promise<StepResult> => {
      const reserved = taken && (await taken(tx));
      if (reserved && !reserved.ok) return reserved;
      return uses(facts) ? await use(frame, tx, facts) : { ok: true, quiet: true };
    };
    let committed: Committed;
    try {
      committed = await commitDecision(frame, facts, { ...commit, ...((taken || uses(facts)) && { steps }) });
    } catch (error) {
      reservation?.dropped();
      throw error;
    }
    if (committed.status === 'committed') {
      reservation?.committed();
      return committed;
    }
    reservation?.dropped();
    const reached = committed.status === 'conflict' ? reservation?.conflict() : undefined;
    if (!reached) return committed;
    if (!reached.busy || tries >= busyTriesMax) return { status: 'limit', reached };
    await frame.limits?.pause();
  }
}

/** Writes the refusal of a call that met a limit, in one transaction with what that trips. */
export async function refuseReached(
  frame: Frame,
  reached: Reached,
  parts: DecidedParts,
  written: { readonly requested: readonly EntryFields[]; readonly sealed: Sealed },
): Promise<Handled> {
  const { known } = parts;
  const { call, subject } = known;
  if (!frame.limits || !subject) throw new Error('a limit was met that nobody keeps');
  const refusal = frame.limits.refuse(reached, { call, subject });
  const { released: _, ...before } = known;
  const steps = inOrder(refusal.steps, changeRefused(frame, call, refusal.ruling));
  await commitDecision(frame, before, {
    entries: [...written.requested, decidedEntry({ ...parts, known: before }, refusal.ruling)],
    sealed: [written.sealed],
    ...(steps && { steps }),
  });
  return { kind: 'refused', call: call.id, ruling: await refusal.after(), happened: 'nothing' };
}

/** Writes a refusal, and counts it where refusals are counted. */
export async function commitDenied(frame: Frame, parts: DecidedParts, ruling: Ruling, commit: Omit<Commit, 'steps'>): Promise<void> {
  const steps = inOrder(frame.limits?.denied(parts.known, ruling), changeRefused(frame, parts.known.call, ruling));
  await commitDecision(frame, parts.known, { ...commit, ...(steps && { steps }) });
}

/** A change of a batch that is not made: it says so in the transaction of the refusal. */
function changeRefused({ batches, clock }: Frame, { change }: Call, ruling: Ruling): Steps | undefined {
  return change && batches && ((tx) => batches.refused(tx, change, ruling, clock()));
}

/** Whether something is used up by letting it run. */
function uses({ call, released }: Facts): boolean {
  const { ticket, grant, reachMax, counts } = released;
  const taken = ticket !== undefined || grant !== undefined || reachMax !== undefined || counts !== undefined;
  return taken || call.change !== undefined || byLevel(released);
}

/** Nobody says yes to it but the level of its workflow. */
function byLevel({ code, rule }: Facts['released']): boolean {
  return code === 'unattended' && rule.startsWith('autonomy/');
}

/** A grant, a batch or a count that nothing keeps here covers nothing. */
async function use(frame: Frame, tx: Tx, facts: Facts): Promise<StepResult> {
  const { call, tiered, released } = facts;
  const { ticket, grant, reachMax, counts } = released;
  if (call.change) return frame.batches ? await frame.batches.begin(tx, call.change, call) : notKept('changes are');
  if (ticket !== undefined) return await frame.tickets.consume(tx, ticket);
  if (byLevel(released) && frame.levels) {
    const workflow = { plugin: facts.subject.plugin.id, connector: facts.subject.connector.id, tool: call.name };
    const holds = await frame.levels.stillHolds(tx, workflow);
    if (!holds.ok || (counts === undefined && reachMax === undefined)) return holds;
  }
  let quiet = true;
  if (counts) {
    const counted = frame.batches ? await frame.batches.count(tx, facts) : notKept('calls of its kind are');
    if (!counted.ok) return counted;
    quiet &&= counted.quiet === true;
  }
  if (reachMax !== undefined) {
    const counted = await frame.tickets.count(tx, { call, reach: tiered.reach, reachMax });
    if (!counted.ok) return counted;
    quiet &&= counted.quiet === true;
  }
  if (grant === undefined) return quiet ? { ok: true, quiet } : { ok: true };
  const spent = frame.grants ? await frame.grants.spend(tx, grant, call.id) : notKept('grants are');
  return spent.ok && !quiet ? { ok: true } : spent;
}

function notKept(what: string): StepResult {
  return { ok: false, conflict: `${what} not counted here` };
}
