import type { JsonObject } from '@trapkey/contract/json.ts';
import canonicalize from 'canonicalize';
import type { Approvals, Decision } from '../../../kernel/approvals.ts';
import type { Call } from '../../../kernel/call.ts';
import { UserError } from '../../../kernel/errors.ts';
import { parseIJson } from '../../../kernel/ijson.ts';
import type { Judged } from '../../../kernel/judge.ts';
import type { Sealed } from '../../../kernel/recorder.ts';
import { approvalText, storedApprovals } from '../approved-by.ts';
import type { Gated } from '../gated.ts';
import { togetherText } from '../goals/goal.ts';
import { boundRecipients } from '../recipients.ts';
import { frozenCall } from '../running/frozen.ts';
import { sentence } from '../sentence.ts';
import type { TicketChange, TicketRow } from '../store.ts';
import { listOf, ticketEntry } from '../view.ts';
import { approvedBy } from './approve.ts';
import { authorise, freshEnough, type Seat, stillAsSeen } from './authorise.ts';
import { actedBy, type Change, commitChange, type Deciding } from './commit.ts';
import { partOf } from './part.ts';
import { quorumOf } from './quorum.ts';

/** Cuts a list down and approves what is left. It is less than was asked for, so whoever cuts it down may approve it. */
export function partApprover(parts: Deciding): Approvals['approvePart'] {
  return async (act) => {
    const author = await parts.author();
    return await commitChange(parts, act.ticket, async (row, atMs) => {
      const policy = parts.policy();
      const seat = mayChange(parts, row, act, atMs);
      const frozen = await frozenNow(parts, row, atMs);
      const judged = await judgedAs(parts, row, frozen, partOf(frozen.args, act.part));
      const { reach } = judged.change;
      if (row.reach !== null && (reach === null || reach === undefined || reach > row.reach))
        throw new UserError(
          `That part would reach ${reach ?? 'nobody knows how many'}, which is not less than ${row.reach}. Nothing was changed.`,
        );
      const mine = { ...seat, atMs };
      const quorum = quorumOf(policy, { ...row, ...judged.change } as TicketRow, [mine], author);
      const change = changeOf(row, judged, act, seat);
      return {
        ...change,
        letsRun: true,
        change: { ...change.change, ...approvedBy([mine], quorum, atMs) },
        tells: 'approved',
        more: { by: seat.person, text: `a smaller part; ${quorum.says}` },
        also: async (_, changed) => [
          ticketEntry(changed, 'approved', atMs, {
            ...actedBy(act.by, act.via),
            approval: approvalText([mine]) ?? null,
            detail: `a smaller part; ${quorum.says}`,
          }),
        ],
      };
    });
  };
}

/** Replaces the arguments. It is another call than was asked for, so whoever changed it never approves it alone. */
export function editor(parts: Deciding): Approvals['edit'] {
  return async (act) =>
    await commitChange(parts, act.ticket, async (row, atMs) => {
      const seat = mayChange(parts, row, act, atMs);
      const frozen = await frozenNow(parts, row, atMs);
      const args = asIJson(act.arguments);
      if (canonicalize(args) === canonicalize(frozen.args))
        throw new UserError('These are the arguments that it has. Nothing was changed.');
      const change = changeOf(row, await judgedAs(parts, row, frozen, args), act, seat);
      const editors = JSON.stringify([...new Set([...listOf(row.editors), seat.person])]);
      return { ...change, change: { ...change.change, editors, decisions: storedApprovals([]) } };
    });
}

function mayChange({ policy, judge, bindings }: Deciding, row: TicketRow, { by, seen }: Decision, atMs: number): Seat {
  const seat = authorise(policy(), row, by, atMs);
  freshEnough(row, by, atMs);
  stillAsSeen(row, { seen });
  if (!judge || !bindings)
    throw new UserError('What changes cannot be decided anew from here. Nothing was changed.', 'Change it on the page of the ticket.');
  if (row.drill !== 0) throw new UserError(`Ticket ${row.id} cannot be changed. Nothing was changed.`, 'Approve or refuse it.');
  return seat;
}

async function frozenNow({ unseal }: Deciding, row: TicketRow, atMs: number): Promise<Call> {
  const frozen = await frozenCall(row, unseal, atMs);
  if (frozen?.method === 'tools/call') return frozen;
  if (frozen) throw new UserError(`Ticket ${row.id} holds no tool call, so there are no arguments to change. Nothing was changed.`);
  throw new UserError(`What ticket ${row.id} would send cannot be opened: it was erased, or its key is not here.`, 'Refuse it.');
}

interface Rejudged {
  readonly change: TicketChange;
  readonly sealed: Sealed;
}

/** Decides the changed call from the top, as its person's, before anybody may approve it. What would be refused is not accepted. */
async function judgedAs(parts: Deciding, row: TicketRow, frozen: Call, args: JsonObject): Promise<Rejudged> {
  const earlier = row.goal === null ? undefined : await parts.goals.earlier({ goal: row.goal, atMs: frozen.atMs, ticket: row });
  const call: Call = { ...frozen, id: row.call, attempt: row.attempt, args, ...(earlier && earlier.pieces > 0 && { earlier }) };
  const judged = await (parts.judge as NonNullable<Deciding['judge']>)(call);
  if ('ruling' in judged.end && judged.end.ruling.verdict === 'deny') {
    const { says, code, rule, detail } = judged.end.ruling;
    const entry = { action: 'ticket.change_refused', subject: row.id, code, detail: `${rule}: ${detail ?? says}`.slice(0, 500) };
    await parts.recorder.commit({ entries: [ticketEntry(row, 'admin', parts.clock(), entry)] });
    throw new UserError(`Changed like that it would be refused: ${says} (${code}, rule ${rule}). Nothing was changed.`);
  }
  const { recipients, account } = parts.bindings as NonNullable<Deciding['bindings']>;
  const bound = { recipients: boundRecipients(recipients, judged.facts.tiered?.recipients), account: account(row.connector) };
  return { change: { ...rowOf(judged, earlier), ...bound }, sealed: parts.recorder.seal(row.run, judged.inputs) };
}

function rowOf(judged: Judged, earlier: Call['earlier']): TicketChange {
  const { facts, end } = judged;
  const reach = facts.tiered?.reach ?? null;
  const asks = 'ruling' in end ? end.ruling.asks : undefined;
  const says = judged.sentence ?? sentence(facts as Gated);
  return {
    definition: facts.permitted?.pinned.digest ?? '',
    policy: judged.policy,
    reach,
    cumulative: reach === null ? null : reach + (earlier?.reach ?? 0),
    sentence: `${says}${earlier ? togetherText(earlier, reach) : ''}`,
    ...(judged.shown && { facts: JSON.stringify(judged.shown) }),
    effect: facts.tiered?.effect ?? null,
    tier: facts.tiered?.tier ?? null,
    ...(asks && {
      rule: asks.rule,
      approvers: JSON.stringify(asks.approvers),
      needs: Math.max(1, asks.needs),
      groups: JSON.stringify(asks.distinct ?? []),
    }),
  };
}

/** Both payloads stay sealed and on record; what the agent asked for first is never replaced. */
function changeOf(row: TicketRow, { change, sealed }: Rejudged, { by, via }: Decision, seat: Seat): Change {
  return {
    change: { ...change, arguments: sealed.digest, original: row.original ?? row.arguments },
    sealed: [sealed],
    kind: 'edited',
    entry: { ...actedBy(by, via), approval: approvalText([{ ...seat, atMs: 0 }]) ?? null, detail: `before: ${row.arguments}` },
    tells: 'edited',
    more: { by: seat.person },
  };
}

/** Arguments come from a form or a file: only what any reader reads the same. */
function asIJson(args: JsonObject): JsonObject {
  const parsed = parseIJson(JSON.stringify(args));
  if (parsed.ok && typeof parsed.value === 'object' && parsed.value !== null && !Array.isArray(parsed.value))
    return parsed.value as JsonObject;
  throw new UserError(
    `The arguments are not a JSON object as it is taken here: ${parsed.ok ? 'no object' : parsed.says}. Nothing was changed.`,
  );
}
