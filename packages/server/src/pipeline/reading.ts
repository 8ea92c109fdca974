import type { Code, Outcome } from '@trapkey/contract/codes.ts';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import type { UpstreamReply } from '@trapkey/contract/upstream.ts';
import type { Screen, ScreenContext, Screened } from '../effects/screen/effect.ts';
import type { Facts } from '../kernel/facts.ts';
import { classesRead, errorData, errorWords, quarantined } from './data.ts';
import type { Frame } from './frame.ts';
import { frozenKey } from './frozen.ts';
import { ledgerWords } from './outside-words.ts';

/** What an upstream's reply amounts to, before it is recorded and released. */
export interface Reading {
  readonly outcome: Outcome;
  /** It never left: nothing can have happened. */
  readonly unsent?: true;
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

/** What the reply of an upstream amounts to; nothing is released by it yet. */
export function read(frame: Frame, facts: Facts, reply: UpstreamReply, stopped: string | undefined): Reading {
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
        unsent: true,
        code: stopped !== undefined ? 'stopped' : (reply.refusal?.code ?? 'upstream_failed'),
        says: stopped !== undefined ? 'A stop was engaged' : (reply.refusal?.says ?? 'The connector could not be reached'),
        ...wordsOf(marked(reply.detail, stopped)),
      };
    case 'refused':
      return {
        ...nothing,
        outcome: 'failed',
        unsent: true,
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
        error: errorOf(frame, facts, reply),
        payload: { error: { code: reply.code, message: reply.message } },
      };
    case 'result':
      return readResult(frame, facts, reply, nothing);
  }
}

/** An upstream's error as it may be told: its words are screened like an answer. */
function errorOf(frame: Frame, facts: Facts, { code, message, data }: Extract<UpstreamReply, { kind: 'error' }>): Reading['error'] {
  // What went wrong may be told in values of any row.
  if (facts.permitted.rows)
    return { code, message: 'The connector answered with an error. Its words are kept back: this person may have some rows only.' };
  const asked = askedOf(frame, facts);
  return { code, message: errorWords(frame, message, asked), ...errorData(data, asked) };
}

/** What screening needs to know of the call. */
function askedOf(frame: Frame, { call, subject, permitted }: Facts): ScreenContext {
  return {
    method: call.method,
    call: call.id,
    connector: subject.connector,
    rules: permitted.rules,
    pinned: permitted.pinned,
    rows: permitted.rows,
    rowsApplied: undefined,
    seeing: subject.plugin,
    forModel: { hosts: frame.moment().organization.inside.hosts },
  };
}

/** Which stop ended it stands in the record. */
function marked(detail: string, stopped: string | undefined): string {
  return stopped === undefined ? detail : `ended by ${stopped}`;
}

/** A result as it is released: screened, and only what was approved. */
function readResult(
  frame: Frame,
  facts: Facts,
  { result, bytes, rowsApplied }: Extract<UpstreamReply, { kind: 'result' }>,
  nothing: Omit<Reading, 'outcome'>,
): Reading {
  const { subject, permitted } = facts;
  const screened = screenedSafely(frame, result, { ...askedOf(frame, facts), rowsApplied });
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
  if (result['resultType'] === 'input_required' && frozenKey(facts) !== undefined) {
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

/** Who told what is not ours is stopped before anybody hears of it; where that fails, nobody hears of it. */
export async function contained(frame: Frame, facts: Facts, reading: Reading): Promise<Reading> {
  if (await quarantined(frame, facts, reading.leak)) return reading;
  const says = 'The answer holds what is not ours, and its connector could not be stopped, so it is withheld';
  return { ...reading, outcome: 'withheld', code: 'result_withheld', says, detail: says, release: undefined, payload: undefined };
}

/** What was approved answers nothing more: a connector that asks before it does it has not done it. */
export function answerable(facts: Facts, reading: Reading): Reading {
  if (frozenKey(facts) === undefined || reading.release?.['resultType'] !== 'input_required') return reading;
  const says = 'The connector asks for more before it does this, and an approved call answers nothing more';
  return { ...reading, outcome: 'failed', code: 'upstream_failed', says, detail: 'input_required', release: undefined };
}
