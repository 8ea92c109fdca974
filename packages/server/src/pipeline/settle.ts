import type { Code } from '@trapkey/contract/codes.ts';
import type { ShownThrough } from '../kernel/batches.ts';
import { changedText } from '../kernel/changed.ts';
import { RecordUnavailable } from '../kernel/errors.ts';
import type { Facts } from '../kernel/facts.ts';
import type { Handled } from '../kernel/handle.ts';
import type { Commit, Sealed, StepResult, Tx } from '../kernel/recorder.ts';
import { signInRule } from '../kernel/upstream-credentials.ts';
import { inOrder } from './data.ts';
import { dispatch, type Settling } from './dispatch.ts';
import { executedEntry } from './entries.ts';
import type { Frame } from './frame.ts';
import { changeMade, seeAfter } from './made.ts';
import { answerable, contained, type Reading, read } from './reading.ts';

/** Runs an allowed call, screens the answer, records `executed`, and only then releases it. */
export async function settle(frame: Frame, settling: Settling): Promise<Handled> {
  const { facts, parts } = settling;
  const { call, subject } = facts;
  const { reply, rounds, upstreamMs, stopped } = await dispatch(frame, settling);
  const { reading, payload } = sealedSafely(
    frame,
    subject.run.id,
    await contained(frame, facts, answerable(facts, read(frame, facts, reply, stopped))),
  );
  const shown = await stagedShown(frame, facts, reading);
  const learned = reading.learned && frame.provenance?.learn({ facts, result: reading.learned, atMs: frame.clock() });
  const { connector } = call.endpoint;
  const sources = [`${connector}:${call.name}`, ...(facts.bounded.touched ?? []).map((table) => `${connector}:${table}`)];
  const came = { outcome: reading.outcome, code: reading.code, atMs: frame.clock(), upstreamMs, sources };
  const change = changeMade(frame, settling, reading, payload?.digest);
  try {
    const committed = await frame.recorder.commit({
      entries: [
        ...rounds.executed(came),
        executedEntry({
          ...came,
          facts,
          policy: parts.policy,
          sealedArguments: parts.sealedArguments,
          heldMs: call.ticket && call.ticket.state === 'approved' ? call.atMs - call.ticket.createdAtMs : undefined,
          result: reading.result && { ...reading.result, ...(payload && { digest: payload.digest }) },
          detail: reading.detail ?? shown?.notes.join(' '),
          before: change?.before?.digest,
        }),
      ],
      sealed: [...(payload ? [payload] : []), ...(change?.before ? [change.before] : [])],
      ...(learned && { seen: learned.seen }),
      ...finishing(frame, settling, reading, {
        digest: payload?.digest,
        learn: inOrder(reading.classes && frame.memory?.learned(facts, reading.classes), change?.steps),
      }),
    });
    if (committed.status !== 'committed') throw new RecordUnavailable(committed.status);
    learned?.committed();
  } catch (error) {
    if (!(error instanceof RecordUnavailable)) throw error;
    return refused(frame, facts, 'result_withheld', 'It was done, but the record could not be written, so the result is withheld', 'done');
  }
  if (change?.before && reading.unsent === undefined) await seeAfter(frame, facts);
  if (reading.error) return { kind: 'protocol_error', call: call.id, ...reading.error };
  if (reading.release)
    return {
      kind: 'result',
      call: call.id,
      result: shown?.result ?? reading.release,
      ...(shown && { notes: shown.notes }),
      warnings: settling.warnings,
      ...(call.asked && { told: changedText(call.args) }),
    };
  const happened = reading.outcome === 'failed' ? 'nothing' : reading.outcome === 'withheld' ? 'done' : 'unknown';
  return refused(frame, facts, reading.code ?? 'upstream_failed', reading.says ?? 'The connector did not answer', happened);
}

/** What else is true once it is over: its ticket has ended, its budgets are settled. */
function finishing(
  frame: Frame,
  { facts, listeners }: Settling,
  reading: Reading,
  { digest, learn }: { readonly digest: string | undefined; readonly learn: ((tx: Tx) => Promise<StepResult>) | undefined },
): Pick<Commit, 'steps'> {
  const { ticket } = facts.released;
  const settled = frame.limits?.settle(facts, { outcome: reading.outcome, rows: reading.result?.rows, bytes: reading.result?.bytes });
  const before =
    learn &&
    (async (tx: Tx): Promise<StepResult> => {
      const said = await learn(tx);
      return settled && said.ok ? await settled(tx) : said;
    });
  const first = before ?? settled;
  if (ticket === undefined) return first ? { steps: first } : {};
  const handedOver = !listeners.nobodyWaits && !listeners.signal.aborted;
  const steps = async (tx: Tx): Promise<StepResult> => {
    const said = await first?.(tx);
    return said && !said.ok ? said : await frame.tickets.finish(tx, ticket, reading.outcome, { digest, handedOver });
  };
  return { steps };
}

/** What no vault can hold (a number beyond JSON) must not cost the entry: it happened, and nothing of it is released. */
function sealedSafely(frame: Frame, run: string, reading: Reading): { readonly reading: Reading; readonly payload: Sealed | undefined } {
  if (reading.payload === undefined) return { reading, payload: undefined };
  try {
    return { reading, payload: frame.recorder.seal(run, reading.payload) };
  } catch {
    const says = 'The answer holds what JSON cannot, so it is withheld';
    const rest = { release: undefined, payload: undefined, result: undefined, error: undefined };
    return { reading: { ...reading, ...rest, outcome: 'withheld', code: 'upstream_invalid', says, detail: says }, payload: undefined };
  }
}

function refused(frame: Frame, facts: Facts, code: Code, says: string, happened: 'nothing' | 'unknown' | 'done'): Handled {
  const { connector } = facts.subject;
  const owner = connector.owner || frame.moment().organization.owner;
  return {
    kind: 'refused',
    call: facts.call.id,
    ruling: {
      verdict: 'deny',
      code,
      rule: code === 'not_signed_in' ? signInRule(connector.connection) : `connector/${connector.id}`,
      says,
      owner,
    },
    happened,
  };
}

/** A read of a run that staged changes; that they could not be looked at is said, and keeps nobody from the answer. */
async function stagedShown(frame: Frame, facts: Facts, { release }: Reading): Promise<ShownThrough | undefined> {
  if (!release || facts.call.via === 'batch' || facts.call.via === 'undo') return undefined;
  try {
    return await frame.batches?.through(facts, release, { ...frame.moment(), atMs: facts.call.atMs, probes: new Map() });
  } catch {
    return { result: release, notes: ['Staged changes of this run could not be looked at, so none of them is in this answer.'] };
  }
}
