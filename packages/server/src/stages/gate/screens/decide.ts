import type { Json, JsonObject } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import type { Approvals, Part, ProvenPerson, TicketSummary } from '../../../kernel/approvals.ts';
import { HttpRefusal } from '../../../kernel/http.ts';
import { isFresh } from '../../../kernel/sessions.ts';
import { confirmation, isHigh } from './words.ts';

/** A changed payload comes back whole, and a form writes it longer than it is. */
export const decisionBytesMax = 8 * 2 ** 20;

const reason = z.string().trim().min(1, 'A reason is needed').max(2_000);
const text = z.string().trim().min(1, 'Write something').max(4_000);
/** `carries` of the ticket as it was looked at. */
const seen = z.string().max(200).optional();
const confirm = z.union([z.string().max(40), z.number()]).optional();
const json = z.json() as z.ZodType<Json>;
const part = z.union([
  z.strictObject({ argument: z.string().min(1).max(200), first: z.int().min(1).max(10_000_000) }),
  z.strictObject({ argument: z.string().min(1).max(200), only: z.array(json).min(1).max(100_000) }),
]);

/** What somebody does to a ticket; the closed list of the API and of the page's forms. */
export const decision = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('approve'), confirm, seen, runs: z.literal('approval').optional() }),
  z.strictObject({ decision: z.literal('part'), part, seen }),
  z.strictObject({ decision: z.literal('edit'), arguments: z.record(z.string(), json), seen }),
  z.strictObject({ decision: z.literal('ask'), text }),
  z.strictObject({ decision: z.literal('answer'), text }),
  z.strictObject({ decision: z.literal('refuse'), reason, stop_run: z.boolean().default(false) }),
  z.strictObject({
    decision: z.literal('extend'),
    by_ms: z
      .int()
      .min(60_000)
      .max(7 * 86_400_000),
  }),
  z.strictObject({ decision: z.literal('withdraw'), reason: reason.optional() }),
  z.strictObject({ decision: z.literal('run') }),
  z.strictObject({ decision: z.literal('break_glass'), reason, confirm, seen }),
]);
export type DecisionBody = z.output<typeof decision>;

interface Deciding {
  readonly approvals: Approvals;
  readonly ticket: TicketSummary;
  readonly by: ProvenPerson;
  readonly via: 'api' | 'page';
  readonly atMs: number;
}

/** Does it. Letting something of the high tier run needs more than a session: a credential just shown, and its number typed. */
export async function decide(deciding: Deciding, body: DecisionBody): Promise<void> {
  const { approvals, ticket, by, via } = deciding;
  const act = { ticket: ticket.id, by, via };
  switch (body.decision) {
    case 'approve':
      mustBeFresh(deciding);
      mustConfirm(ticket, body.confirm);
      await approvals.approve({ ...act, seen: body.seen, ...(body.runs && { runs: body.runs }) });
      return;
    case 'part':
      mustBeFresh(deciding);
      await approvals.approvePart({ ...act, seen: body.seen, part: body.part as Part });
      return;
    case 'edit':
      mustBeFresh(deciding);
      await approvals.edit({ ...act, seen: body.seen, arguments: body.arguments as JsonObject });
      return;
    case 'ask':
      await approvals.ask({ ...act, text: body.text });
      return;
    case 'answer':
      await approvals.answer({ ...act, text: body.text });
      return;
    case 'refuse':
      await approvals.refuse({ ...act, reason: body.reason, stopRun: body.stop_run });
      return;
    case 'extend':
      await approvals.extend({ ...act, byMs: body.by_ms });
      return;
    case 'withdraw':
      await approvals.withdraw({ ...act, ...(body.reason !== undefined && { reason: body.reason }) });
      return;
    case 'run':
      await approvals.run(act);
      return;
    case 'break_glass':
      mustBeFresh(deciding);
      mustConfirm(ticket, body.confirm);
      await approvals.breakGlass({ ...act, seen: body.seen, reason: body.reason });
  }
}

function mustBeFresh({ ticket, by, atMs }: Deciding): void {
  if (!isHigh(ticket) || isFresh(by, atMs)) return;
  throw new HttpRefusal(
    403,
    'step_up_needed',
    `Ticket ${ticket.id} is of the high tier: to let it run, ${by.person} must have shown a credential within the last 5 minutes. Nothing was changed.`,
    `Show it at /prove?to=/t/${ticket.id}, then decide.`,
  );
}

function mustConfirm(ticket: TicketSummary, typed: string | number | undefined): void {
  if (
    !isHigh(ticket) ||
    String(typed ?? '')
      .replaceAll(/[\s,.'’]/g, '')
      .toUpperCase() === confirmation(ticket)
  )
    return;
  throw new HttpRefusal(
    409,
    'confirmation_needed',
    `To approve ticket ${ticket.id}, type ${confirmation(ticket)}: ${ticket.reach === null ? 'the last four characters of its id' : 'how many it reaches'}. Nothing was changed.`,
  );
}
