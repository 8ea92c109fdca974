import type { Code, Outcome } from '@trapkey/contract/codes.ts';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { Reader } from '@trapkey/contract/rows.ts';
import type { UpstreamReply } from '@trapkey/contract/upstream.ts';
import type { Screen, Screened } from '../effects/screen/effect.ts';
import { changedText } from '../kernel/changed.ts';
import { RecordUnavailable } from '../kernel/errors.ts';
import type { Facts, ProbeAnswer } from '../kernel/facts.ts';
import type { CallListeners, Handled } from '../kernel/handle.ts';
import type { Commit, Sealed, StepResult, Tx } from '../kernel/recorder.ts';
import { signInRule } from '../kernel/upstream-credentials.ts';
import { classesRead, inOrder, quarantined } from './data.ts';
import { type DecidedParts, executedEntry } from './entries.ts';
import type { Frame } from './frame.ts';
import { joined } from './joined.ts';
import { ledgerWords } from './outside-words.ts';
import { roundsOf } from './round.ts';

interface Settling {
  readonly facts: Facts;
  readonly parts: DecidedParts;
  readonly listeners: CallListeners;
  /** What was read for the decision; an answer to the upstream is decided with it too. */
  readonly probes: ReadonlyMap<string, ProbeAnswer>;
  readonly warnings: readonly string[];
}

/** What an upstream's reply amounts to, before it is recorded and released. */
interface Reading {
  readonly outcome: Outcome;
  readonly code: Code | undefined;
  readonly says: string | undefined;
  readonly detail: string | undefined;
  readonly release: JsonObject | undefined;
  /** The answer as it is remembered: screened, without marks. */
  readonly learned?: JsonObject;
  /** Classes of data that go out with it. */
  readonly classes?: readonly string[];
  /** Its connector told what is not ours. */
  readonly leak?: string | undefined;
  readonly payload: Json | undefined;
  readonly result: EntryFields['result'];
  readonly error: { readonly code: number; readonly message: string; readonly data?: Json } | undefined;
}

/** Runs an allowed call, screens the answer, records `executed`, and only then releases it. */
export async function settle(frame: Frame, settling: Settling): Promise<Handled> {
  const { facts, parts, listeners } = settling;
  const { call, subject } = facts;
  const { reply, rounds, upstreamMs, stopped } = await dispatch(frame, settling);
  const { reading, payload } = sealedSafely(
    frame,
    subject.run.id,
    await contained(frame, facts, answerable(facts, read(frame, facts, reply, stopped))),
  );
  const learned = reading.learned && frame.provenance?.learn({ facts, result: reading.learned, atMs: frame.clock() });
  const { connector } = call.endpoint;
  const sources = [`${connector}:${call.name}`, ...(facts.bounded.touched ?? []).map((table) => `${connector}:${table}`)];
  const came = { outcome: reading.outcome, code: reading.code, atMs: frame.clock(), upstreamMs, sources };
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
          detail: reading.detail,
        }),
      ],
      sealed: payload ? [payload] : [],
      ...finishing(frame, settling, reading, {
        digest: payload?.digest,
        learn: inOrder(learned?.steps, reading.classes && frame.memory?.learned(facts, reading.classes)),
      }),
    });
    if (committed.status !== 'committed') throw new RecordUnavailable(committed.status);
    learned?.committed();
  } catch (error) {
    if (!(error instanceof RecordUnavailable)) throw error;
    return refused(frame, facts, 'result_withheld', 'It was done, but the record could not be written, so the result is withheld', 'done');
  }
  if (reading.error) return { kind: 'protocol_error', call: call.id, ...reading.error };
  if (reading.release)
    return {
      kind: 'result',
      call: call.id,
      result: reading.release,
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

/** Sends it, unless a stop came first; each answer that the upstream asks for meanwhile is decided before it goes. */
async function dispatch(frame: Frame, settling: Settling) {
  const { facts, listeners, probes } = settling;
  const { call, subject } = facts;
  const release = `${call.endpoint.plugin}@${call.endpoint.version}`;
  const stop = frame.stopSignal({
    person: subject.person,
    plugin: subject.plugin.id,
    release,
    connector: subject.connector.id,
    tool: call.name,
    run: subject.run.id,
    connection: subject.connector.connection,
    agent: call.where?.agent.value,
    parent: call.where?.parent.value,
    effect: facts.tiered.effect,
  });
  const rounds = roundsOf(frame, facts, probes, listeners);
  // A client that goes away cancels its request, never a ticket: what was approved is finished, and its result is kept.
  const either =
    facts.released.ticket === undefined ? joined(listeners.signal, stop.signal) : { signal: stop.signal, done: () => undefined };
  const began = frame.stopwatch();
  const reply = stop.signal.aborted
    ? ({ kind: 'unsent', detail: 'not sent' } as const)
    : await frame.execute(
        { connector: subject.connector, person: subject.person, credential: call.credential.id, release },
        {
          method: call.method,
          params: paramsOf(facts),
          clientCapabilities: call.clientCapabilities,
          ...(facts.released.ticket !== undefined && { idempotencyKey: facts.released.ticket }),
          ...(subject.connector.bounds && { bounds: subject.connector.bounds }),
          reader: readerOf(facts),
        },
        { ...rounds.listeners, signal: either.signal },
      );
  const upstreamMs = frame.stopwatch() - began;
  either.done();
  stop.done();
  await rounds.end();
  return { reply, rounds, upstreamMs, stopped: stop.signal.aborted ? String(stop.signal.reason) : undefined };
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

/** Who told what is not ours is stopped before anybody hears of it; where that fails, nobody hears of it. */
async function contained(frame: Frame, facts: Facts, reading: Reading): Promise<Reading> {
  if (await quarantined(frame, facts, reading.leak)) return reading;
  const says = 'The answer holds what is not ours, and its connector could not be stopped, so it is withheld';
  return { ...reading, outcome: 'withheld', code: 'result_withheld', says, detail: says, release: undefined, payload: undefined };
}

/** What was approved answers nothing more: a connector that asks before it does it has not done it. */
function answerable(facts: Facts, reading: Reading): Reading {
  if (facts.released.ticket === undefined || reading.release?.['resultType'] !== 'input_required') return reading;
  const says = 'The connector asks for more before it does this, and an approved call answers nothing more';
  return { ...reading, outcome: 'failed', code: 'upstream_failed', says, detail: 'input_required', release: undefined };
}

/** For whom it is read, as identify and scope found out; nothing of it comes from the caller. */
function readerOf({ subject, permitted }: Facts): Reader {
  const { person, groups, region } = subject;
  return { person, groups, region, ...(permitted.rows && { rows: permitted.rows.pushed }) };
}

/** What goes upstream is made from the decided value, never from received bytes. */
function paramsOf(facts: Facts): JsonObject {
  const { call, permitted } = facts;
  const key = permitted.rules.idempotencyArgument;
  if (call.method !== 'tools/call')
    return call.method === 'prompts/get' ? { ...call.extra, name: call.name, arguments: call.args } : call.extra;
  const args = key !== undefined && facts.released.ticket !== undefined ? { ...call.args, [key]: facts.released.ticket } : call.args;
  return { ...call.extra, name: call.name, arguments: args };
}

function read(frame: Frame, facts: Facts, reply: UpstreamReply, stopped: string | undefined): Reading {
  const nothing = {
    code: undefined,
    says: undefined,
    detail: undefined,
    release: undefined,
    payload: undefined,
    result: undefined,
    error: undefined,
  };
  const abortedSays = stopped !== undefined ? 'A stop was engaged while it ran' : 'The connector gave no answer';
  switch (reply.kind) {
    case 'unsent':
      return {
        ...nothing,
        outcome: 'failed',
        code: stopped !== undefined ? 'stopped' : (reply.refusal?.code ?? 'upstream_failed'),
        says: stopped !== undefined ? 'A stop was engaged' : (reply.refusal?.says ?? 'The connector could not be reached'),
        ...wordsOf(marked(reply.detail, stopped)),
      };
    case 'refused':
      return {
        ...nothing,
        outcome: 'failed',
        code: reply.refusal.code,
        says: reply.refusal.says,
        detail: `refused by the connector (${reply.refusal.key})`,
      };
    case 'lost':
      return {
        ...nothing,
        outcome: 'unknown',
        code: stopped !== undefined ? 'stopped' : 'upstream_failed',
        says: `${abortedSays}, so whether it happened is not known`,
        ...wordsOf(marked(reply.detail, stopped)),
      };
    case 'garbage':
      return {
        ...nothing,
        outcome: 'withheld',
        code: 'upstream_invalid',
        says: 'The connector answered something that is not valid, so the answer is withheld',
        ...wordsOf(reply.detail),
      };
    case 'error':
      return {
        ...nothing,
        outcome: 'failed',
        code: 'upstream_failed',
        detail: `upstream error ${reply.code}`,
        // What went wrong may be told in values of any row.
        error: facts.permitted.rows
          ? {
              code: reply.code,
              message: 'The connector answered with an error. Its words are kept back: this person may have some rows only.',
            }
          : { code: reply.code, message: reply.message, ...(reply.data !== undefined && { data: reply.data }) },
        payload: { error: { code: reply.code, message: reply.message } },
      };
    case 'result':
      return readResult(frame, facts, reply, nothing);
  }
}

/** Which stop ended it stands in the record. */
function marked(detail: string, stopped: string | undefined): string {
  return stopped === undefined ? detail : `ended by ${stopped}`;
}

/** A result as it is released: screened, and only what was approved. */
function readResult(
  frame: Frame,
  { call, subject, permitted, released }: Facts,
  { result, bytes, rowsApplied }: Extract<UpstreamReply, { kind: 'result' }>,
  nothing: Omit<Reading, 'outcome'>,
): Reading {
  const asked = {
    method: call.method,
    call: call.id,
    connector: subject.connector,
    rules: permitted.rules,
    pinned: permitted.pinned,
    rows: permitted.rows,
    rowsApplied,
    seeing: subject.plugin,
    forModel: { hosts: frame.moment().organization.inside.hosts },
  };
  const screened = screenedSafely(frame, result, asked);
  if (!screened.ok) {
    const { says, code = 'upstream_invalid', screened: words = [], leak } = screened;
    return {
      ...nothing,
      outcome: 'withheld',
      code,
      says,
      detail: says,
      leak,
      ...(words.length > 0 && { result: { bytes, screened: words } }),
    };
  }
  const { payload } = screened;
  if (result['resultType'] === 'input_required' && released.ticket !== undefined) {
    const says = 'The connector asked for more than was approved, and nobody answers that';
    return {
      ...nothing,
      outcome: 'failed',
      code: 'upstream_failed',
      says,
      detail: says,
      payload,
      result: { bytes, screened: screened.screened },
    };
  }
  const isError = result['isError'] === true;
  return {
    ...nothing,
    outcome: isError ? 'failed' : 'done',
    code: isError ? 'upstream_failed' : undefined,
    release: screened.result,
    learned: payload as JsonObject,
    classes: classesRead({ permitted, subject }, screened.classes),
    leak: screened.leak,
    payload,
    result: {
      bytes,
      screened: screened.screened,
      ...(screened.rows !== undefined && { rows: screened.rows }),
      ...(isError && { is_error: true }),
    },
  };
}

/** An upstream's own words (its handshake, its stderr, the body of an HTTP error) may hold anything: they are payload, not ledger. */
function wordsOf(whole: string): Pick<Reading, 'detail' | 'payload' | 'result'> {
  const detail = ledgerWords(whole);
  if (detail === whole) return { detail, payload: undefined, result: undefined };
  return { detail, payload: { detail: whole }, result: { bytes: Buffer.byteLength(whole), screened: [] } };
}

/** It happened upstream: a failure to look at the answer must still leave an entry, and release nothing. */
function screenedSafely(frame: Frame, ...asked: Parameters<Screen>): Screened {
  try {
    return frame.screen(...asked);
  } catch {
    return { ok: false, says: 'The answer could not be screened, so it is withheld' };
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
