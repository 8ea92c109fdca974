import { z } from 'zod';
import { UserError } from '../../../kernel/errors.ts';
import { parseIJson } from '../../../kernel/ijson.ts';
import { type DecisionBody, decision } from './decide.ts';

const short = z.string().max(4_000).optional();

/** The fields of the page's forms; each form sends those that it has. */
export const decisionForm = z.strictObject({
  decision: z.enum(['approve', 'part', 'edit', 'ask', 'answer', 'refuse', 'refuse_and_stop', 'extend', 'withdraw', 'run', 'break_glass']),
  confirm: short,
  seen: short,
  runs: z.literal('approval').optional(),
  argument: short,
  first: short,
  arguments: z.string().max(6_000_000).optional(),
  text: short,
  reason: short,
  hours: z.enum(['1', '4', '24']).optional(),
});

/** A form as the decision that the API would take; what cannot be read is said in words. */
export function decisionOf(form: z.output<typeof decisionForm>): DecisionBody {
  const read = decision.safeParse(fields(form));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new UserError(`${issue?.message ?? 'That cannot be read'} (${issue?.path.join('.') || form.decision}). Nothing was changed.`);
}

function fields(form: z.output<typeof decisionForm>): unknown {
  switch (form.decision) {
    case 'approve':
      return { decision: 'approve', confirm: form.confirm, seen: form.seen, runs: form.runs };
    case 'part':
      return {
        decision: 'part',
        seen: form.seen,
        part: { argument: form.argument, first: Number((form.first ?? '').replaceAll(/[\s,]/g, '') || Number.NaN) },
      };
    case 'edit':
      return { decision: 'edit', seen: form.seen, arguments: jsonOf(form.arguments ?? '') };
    case 'refuse':
    case 'refuse_and_stop':
      return { decision: 'refuse', reason: form.reason, stop_run: form.decision === 'refuse_and_stop' };
    case 'extend':
      return { decision: 'extend', by_ms: Number(form.hours ?? '1') * 3_600_000 };
    case 'withdraw':
      return { decision: 'withdraw', ...(form.reason?.trim() && { reason: form.reason }) };
    case 'run':
      return { decision: 'run' };
    case 'break_glass':
      return { decision: 'break_glass', reason: form.reason, confirm: form.confirm, seen: form.seen };
    default:
      return { decision: form.decision, text: form.text };
  }
}

function jsonOf(text: string): unknown {
  const parsed = parseIJson(text);
  if (!parsed.ok) throw new UserError(`The changed arguments are not JSON as it is taken here: ${parsed.says}. Nothing was changed.`);
  return parsed.value;
}
