import { z } from 'zod';
import { duration, moment, who } from './words.ts';

const person = z.string().regex(/^(?!group:)[^\s:]{1,256}$/, 'Write the id of a person');
const group = z.string().regex(/^group:[^\s:]{1,128}$/, 'Write group:<name>');
const approvers = z
  .array(who)
  .min(1)
  .max(50)
  .describe('group:<name> or people; `manager` is the manager of the person who asks, as the directory has it');
const needs = z.int().min(1).max(20);
const distinct = z.array(group).min(1).max(10).describe('Groups of which each must be among those who approve, each by another person');

/** Who approves, how many of them, until when, and what becomes of it when nobody does. */
export const approvals = z.strictObject({
  approvers,
  needs: needs.default(1),
  expires: duration.default('1h').describe('Running out is never a yes'),
  distinct: distinct.optional(),
  delegates: z
    .record(person, z.strictObject({ to: person, until: moment }))
    .optional()
    .describe('Who decides in whose place, and until when'),
  escalate: z
    .strictObject({ after: duration, to: z.array(who).min(1).max(50) })
    .optional()
    .describe('These may decide too when nobody did in this time'),
  remind: duration.optional().describe('Those who are asked are reminded once after this time'),
  run: z
    .enum(['resume', 'approval'])
    .default('resume')
    .describe('resume: when the agent comes back for it; approval: at once, the result is kept'),
  grants: z
    .enum(['allowed', 'never'])
    .default('allowed')
    .describe('never: a person decides each time, no standing grant is made of it or used'),
  above: z
    .array(
      z.strictObject({
        reach: z.int().min(1),
        approvers: approvers.optional(),
        needs: needs.optional(),
        distinct: distinct.optional(),
        expires: duration.optional(),
      }),
    )
    .max(10)
    .optional()
    .describe('Stricter steps: where the pieces of one goal reach more than this together, a person is asked, and these hold'),
});
export type ApprovalsDocument = z.output<typeof approvals>;

/** Who may let a held call run alone in an emergency. */
export const breakGlass = z
  .array(who)
  .max(50)
  .default([])
  .describe('May let a held call run alone in an emergency: loud, for fifteen minutes, listed for review');
