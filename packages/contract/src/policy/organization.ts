import { z } from 'zod';
import { alerts } from './alerts.ts';
import { approvals, breakGlass } from './approvals.ts';
import { blastRadius } from './blast-radius.ts';
import { limits } from './limits.ts';
import { waiting } from './waiting.ts';
import { autonomyLevel, effect, id, mode, moment, pattern, sentence, who } from './words.ts';

const holders = z.array(who).max(200).default([]);

const autoExecute = z.strictObject({
  tool: z.string().regex(/^[a-z0-9][a-z0-9_-]*\..+$/, 'Write connector.tool'),
  reach: z.int().min(1).describe('The most records or people that one call may touch'),
  together: z
    .int()
    .min(1)
    .optional()
    .describe('The most that the calls of one person with one release may touch together in eight hours; without it as many as one call'),
  because: sentence,
  owner: sentence,
  until: moment,
  release: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]*@.+$/, 'Write plugin@version')
    .optional()
    .describe('The release that earned it; another one asks a person again'),
  definition: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, 'Write sha256: and 64 hex digits, as `trapkey catalog list` shows them')
    .optional()
    .describe('The definition that earned it; a changed and accepted one asks a person again'),
});

/** What holds for everyone: what is inside, tiers, who approves, freezes, lists. One document a set. */
export const organization = z.strictObject({
  organization: id,
  owner: sentence.optional().describe('Who can change these rules; named in refusals'),
  solo: z.boolean().default(false).describe('One person runs this: approvals and policy changes need no second one'),
  inside: z
    .strictObject({
      domains: z.array(z.string().min(1)).default([]),
      hosts: z.array(z.string().min(1)).default([]),
      channels: z.array(pattern).default([]),
    })
    .default({ domains: [], hosts: [], channels: [] }),
  tiers: z
    .strictObject({ low: z.array(effect).default([]), medium: z.array(effect).default([]), high: z.array(effect).default([]) })
    .optional(),
  autonomy: z.strictObject({ start: autonomyLevel }).default({ start: 'approve' }),
  auto_execute: z.array(autoExecute).max(500).default([]),
  approvals: z
    .strictObject({ high: approvals.optional(), medium: approvals.optional(), low: approvals.optional() })
    .optional()
    .describe('Who approves, by tier, where the tool does not say; a tier that is left out has those of high'),
  break_glass: breakGlass,
  blast_radius: blastRadius,
  alerts: alerts.describe('Where people are told of what waits for them'),
  roles: z
    .strictObject({
      ...{ viewer: holders, approver: holders, owner: holders },
      ...{ operator: holders, administrator: holders, auditor: holders },
    })
    .optional()
    .describe('Who holds a role besides those who were enrolled with it; group:<name> as the identity provider or the directory names it'),
  lists: z.record(id, z.string().regex(/^[^/\\][^\\]*\.csv$/, 'A list is a .csv file inside the policy folder')).default({}),
  freeze: z
    .array(z.strictObject({ from: moment, to: moment, bars: z.array(effect).min(1) }))
    .max(100)
    .default([]),
  waiting,
  hooks: z
    .enum(['require', 'observe'])
    .optional()
    .describe(
      'require: a call that no hook announced is refused; observe: its entry says so. Without it, announcements are not looked for',
    ),
  limits: limits.describe('For every plugin that has none of the same measure'),
  prompts: z
    .enum(['claimed'])
    .optional()
    .describe('claimed: what a hook says that the person asked counts, though the agent may reach the hook; without it no prompt counts'),
  known_runs: z
    .array(effect)
    .max(7)
    .default([])
    .describe(
      'Effects that run without a person where every recipient, link, host, account, path and command is known from the prompt, the policy or trusted results',
    ),
  same_goal: mode
    .default('enforce')
    .describe('The same effect on the same target by another tool, after a refusal in the same run: refused, too'),
  mode: mode.optional(),
});
export type OrganizationDocument = z.output<typeof organization>;
